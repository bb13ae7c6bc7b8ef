"""Facts about the generator that needs no model."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.gates import Limits, refused
from hive_integration.dataset.generators import SYSTEM
from hive_integration.dataset.offline.generator import Offline
from hive_integration.dataset.task import Task, variants
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check, CheckKind
from tests.dataset.books import book
from tests.dataset.offline.stages import BOOK, made

OFFLINE = Offline(SYSTEM)
SHOWN = [each for each in BOOK.behaviours.values() if not OFFLINE.cannot(each, BOOK)]


def test_every_behaviour_with_a_check_is_shown() -> None:
    """All kinds of the invented book but the rule that only a judge can see."""
    reasons = {each.statement: OFFLINE.cannot(each, BOOK) for each in BOOK.behaviours.values() if each not in SHOWN}
    assert list(reasons) == ["Be kind to worms."]
    assert "teacher" in reasons["Be kind to worms."]


def test_every_example_passes_every_gate() -> None:
    """Format, schema, behaviour, length, secrets: each variant of each behaviour."""
    for behaviour in SHOWN:
        for example in made(behaviour, 48):
            assert refused(example, BOOK, Limits()) == ""


def test_the_same_task_gives_the_same_example() -> None:
    """From another book with the same units, and with no other task made before."""
    again = Offline(SYSTEM)
    other = book()
    for behaviour in SHOWN[::3]:
        for task in islice(variants(behaviour, 9), 30, 36):
            assert OFFLINE.make(task, BOOK) == again.make(task, other)


def test_a_tool_is_asked_for_in_sixty_families() -> None:
    """As soon as it has so many examples; no family comes twice before all have come."""
    behaviour = SHOWN[0]
    families = [example.family for example in made(behaviour, 120)]
    assert len(set(families)) == 120


def test_requests_do_not_name_the_tool() -> None:
    """Of a thousand at most fifty; here none does."""
    named = 0
    for behaviour in SHOWN:
        for example in made(behaviour, 12):
            used = {call.name.rpartition("__")[2] for message in example.messages for call in message.calls}
            asked = " ".join(message.text for message in example.messages if message.role == "user")
            named += any("_" in name and name in asked for name in used)
    assert named == 0


def test_what_is_in_play_holds_what_is_called() -> None:
    """Called tools, those of the wrong way, and some that nobody needs; in an order of their own."""
    sizes: Counter[int] = Counter()
    for example in made(SHOWN[0], 60):
        called = {call.name for message in (*example.messages, *example.rejected) for call in message.calls}
        assert called <= set(example.tools)
        assert len(set(example.tools)) == len(example.tools)
        sizes[len(example.tools) - len(called)] += 1
    assert len(sizes) > 2


def test_what_cannot_be_shown_is_refused_with_a_reason() -> None:
    """An unknown tool, an argument that no value fits, a pattern beyond the subset."""
    digest = next(iter(BOOK.units))
    unknown = Behaviour(BehaviourKind.TOOL, "x", (digest,), checks=(Check(CheckKind.CALLED, ("nowhere",)),))
    assert "nowhere" in OFFLINE.cannot(unknown, BOOK)
    assert isinstance(OFFLINE.make(Task(unknown, "simple", False, 0), BOOK), Refusal)
    unsayable = Behaviour(BehaviourKind.MUST, "x", (digest,), checks=(Check(CheckKind.SAYS, pattern="(?<=a)b"),))
    assert "teacher" in OFFLINE.cannot(unsayable, BOOK)
    made_ = OFFLINE.make(Task(unsayable, "simple", False, 0), BOOK)
    assert isinstance(made_, Refusal)
    assert not isinstance(made_, Example)
    assert made_.reason
