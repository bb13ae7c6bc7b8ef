"""Facts about the gates together: of hundreds of planted bad rows none is in the dataset, and good ones are.

Everything goes through a whole compilation of the offline generator. What a gate takes of the good rows is held against
a slow and simple search for what it says that it found.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from hive_integration.dataset.book import Book
from hive_integration.dataset.compile import Options, compiled, planned
from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.gates.duplicates import runs, words_of
from hive_integration.dataset.generators import GENERATORS, Settings
from hive_integration.dataset.openai_format import from_chat
from hive_integration.dataset.parts import Made, read_part
from hive_integration.dataset.task import Task
from hive_integration.units.behaviour import Behaviour
from hive_integration.units.dialogue import Call, Message
from tests.dataset import books
from tests.planted import PERSONAL, SECRETS

TOTAL = 1500
EVERY = 3
"""One task in so many is planted."""
Planter = Callable[[Example, random.Random], Example]


def placed(example: Example, text: str, rng: random.Random) -> Example:
    """A text, put into one of the places where one may stand."""
    messages = list(example.messages)
    places = [i for i, m in enumerate(messages) if m.role != "system"]
    i = rng.choice(places)
    message = messages[i]
    if message.calls and rng.random() < 0.8:
        call = replace(message.calls[0], arguments={**message.calls[0].arguments, "value": text})
        messages[i] = replace(message, calls=[call, *message.calls[1:]])
    else:
        messages[i] = replace(message, text=f"{message.text} {text}".strip())
    return replace(example, messages=tuple(messages))


def spoiled(example: Example, rng: random.Random) -> Example:
    """A call that its tool would not take."""
    messages = list(example.messages)
    places = [i for i, m in enumerate(messages) if m.calls]
    if not places:
        call = Call("call_planted", "mcp__shed__gone", {})
        return replace(example, messages=(*messages[:-1], Message("assistant", "", [call])))
    i = rng.choice(places)
    call = messages[i].calls[0]
    known = dict(call.arguments)
    first = next(iter(known), "bedId")
    wrong: Sequence[Call] = [
        replace(call, arguments={**known, first: {"not": ["what", "it", "takes"]}} if first != "value" else [known]),
        replace(call, name=call.name + "_now"),
        replace(call, name="mcp__shed__unknown"),
        replace(call, arguments={**known, first: float("inf")}),
        replace(call, arguments={**known, first: float("nan")}),
    ]
    messages[i] = replace(messages[i], calls=[rng.choice(wrong), *messages[i].calls[1:]])
    return replace(example, messages=tuple(messages))


def misshapen(example: Example, rng: random.Random) -> Example:
    """No conversation that a trainer takes."""
    system, *rest = example.messages
    user = rest[0]
    shapes: Sequence[Sequence[Message]] = [
        (system, *rest, user), (system, system, *rest), (*rest, system), (system, user, *rest), (system, *rest[1:]), (),
        (system, user, Message("assistant", " ")), (system, user, Message("tool", "x", answers="call_x"), *rest[1:]),
        (system, replace(user, text="half \ud83d"), *rest[1:]), (system, replace(user, text=""), *rest[1:]),
    ]  # fmt: skip
    return replace(example, messages=tuple(rng.choice(shapes)))


def forbidden(example: Example, rng: random.Random) -> Example:
    """Written by somebody who does not allow it."""
    names = ("claude-opus-5-5", "anthropic/claude-haiku-4", "gpt-5-mini", "openai/o3", "gemini-3.5-pro", "acme-13b")
    return replace(example, teacher=rng.choice(names), generator="teacher")


def _secret(kind: str) -> Planter:
    return lambda example, rng: placed(example, {**SECRETS, **PERSONAL}[kind](rng), rng)


ALONE: Mapping[str, Planter] = {
    **{kind: _secret(kind) for kind in (*SECRETS, *PERSONAL)},
    **{f"invalid {i}": spoiled for i in range(6)},
    **{f"misshapen {i}": misshapen for i in range(4)},
    **{f"forbidden {i}": forbidden for i in range(4)},
}
"""What one example shows by itself."""
TOGETHER = ("copy", "near copy", "leak")
"""What shows only beside another one."""


@dataclass
class Planting:
    """The offline generator, but for one task in EVERY."""

    inner: Any
    name: str = "offline"
    planted: dict[str, str] = field(default_factory=dict)
    """Key -> what was planted."""
    likes: dict[str, str] = field(default_factory=dict)
    """Key -> the key of the one that it repeats."""
    made: dict[str, Example] = field(default_factory=dict)
    earlier: list[Example] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        kinds = [*ALONE, *(each for each in TOGETHER for _ in range(24))]
        random.Random(1).shuffle(kinds)
        self._kinds = cycle(kinds)

    def cannot(self, behaviour: Behaviour, book: Book) -> str:
        """As it is."""
        return str(self.inner.cannot(behaviour, book))

    def make(self, task: Task, book: Book) -> Example | Refusal:
        """A good example, or a bad one of the next kind."""
        made = self.inner.make(task, book)
        self.count += 1
        if isinstance(made, Refusal):
            return made
        if self.count % EVERY:
            self.earlier.append(made)
        else:
            kind, rng = next(self._kinds), random.Random(task.key)
            made = ALONE[kind](made, rng) if kind in ALONE else self._repeated(kind, made, rng)
            self.planted[made.key] = kind
        self.made[made.key] = made
        return made

    def _repeated(self, kind: str, made: Example, rng: random.Random) -> Example:
        long = [each for each in self.earlier if len(words_of(each.messages)) > 60]
        if kind == "leak":
            long = [each for each in self.earlier if len(each.messages[1].text.split()) > 12]
        like = rng.choice(long)
        self.likes[made.key] = like.key
        if kind == "leak":  # the same request in another family, and all else as it would have been
            first = Message("user", f"Well then. {like.messages[1].text}")
            return replace(made, messages=(made.messages[0], first, *made.messages[2:]))
        last = like.messages[-1]
        said = last.text if kind == "copy" else f"{last.text} Done."
        return replace(like, key=made.key, messages=(*like.messages[:-1], replace(last, text=said)))


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    planting: Planting
    written: Mapping[str, str]
    """Key -> split."""
    refused: Mapping[str, str]
    """Key -> reason, of those that a part refused."""
    folder: Path


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A compilation with planted rows."""
    folder = tmp_path_factory.mktemp("planted")
    (folder / "units.jsonl").write_text(books.units_text())
    planting = Planting(GENERATORS["offline"](Settings()))
    plan = planned(folder / "units.jsonl", Options(total=TOTAL))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(GENERATORS, "offline", lambda settings: planting)  # type: ignore[arg-type]
        compiled(plan, folder / "out")
    told = [json.loads(line) for line in (folder / "out/provenance.jsonl").read_text().split("\n")[:-1]]
    rows = [row for path in (folder / "out/.parts").glob("*.gz") for row in read_part(path, 10_000)]
    return Outcome(planting, {row["key"]: row["split"] for row in told}, _reasons(rows), folder / "out")


def _reasons(rows: Sequence[Made]) -> Mapping[str, str]:
    return {row.key: row.reason for row in rows if row.reason}


def _looked_at(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Every planted row and its kind."""
    yield from outcome.planting.planted.items()


@pytest.mark.timeout(300)
def test_more_than_five_hundred_are_planted(outcome: Outcome) -> None:
    """Of every kind several."""
    counts = Counter(kind for _, kind in _looked_at(outcome))
    assert counts.total() >= 500
    assert set(counts) == {*ALONE, *TOGETHER}
    assert min(counts.values()) >= 5
    assert min(counts[kind] for kind in TOGETHER) >= 100


def test_none_that_is_bad_by_itself_gets_through(outcome: Outcome) -> None:
    """Each is refused, and by the gate that is there for it."""
    through = [key for key, kind in _looked_at(outcome) if kind in ALONE and key in outcome.written]
    assert [outcome.planting.made[key].messages for key in through] == []
    gates = {"forbidden": "licence", "misshapen": "format"}
    for key, kind in _looked_at(outcome):
        if kind in ALONE:
            reason = outcome.refused[key]
            word = kind.partition(" ")[0]
            if word in gates:
                assert reason.startswith(f"{gates[word]}: "), (kind, reason)
            elif word == "invalid":
                assert reason.startswith(("schema: ", "format: ")), reason


def test_none_is_told_twice(outcome: Outcome) -> None:
    """Of a copy, or nearly one, and what it is like, at most one is there."""
    likes = outcome.planting.likes
    for key, kind in _looked_at(outcome):
        if kind in ("copy", "near copy"):
            assert not (key in outcome.written and likes[key] in outcome.written), kind


def test_nothing_of_the_evaluation_is_said_in_training(outcome: Outcome) -> None:
    """A request of the one split is in no example of the other, wherever it was planted."""
    likes, written = outcome.planting.likes, outcome.written
    pairs = [(key, likes[key]) for key, kind in _looked_at(outcome) if kind == "leak"]
    assert pairs
    for pair in pairs:
        splits = [written[key] for key in pair if key in written]
        assert len(splits) < 2 or splits[0] == splits[1]


def test_good_ones_are_not_refused(outcome: Outcome) -> None:
    """Fewer than one in a hundred is, unless a slow search finds what the gate says."""
    good = [key for key in outcome.planting.made if key not in outcome.planting.planted]
    together = [json.loads(line) for line in (outcome.folder / "rejects.jsonl").read_text().split("\n")[:-1]]
    refused = {**outcome.refused, **{row["key"]: f"{row['gate']}: {row['reason']}" for row in together}}
    alarms = [refused[key] for key in good if key in refused and not _confirmed(outcome, key, refused[key])]
    assert len(good) > 1000
    assert len(alarms) < len(good) / 100, Counter(alarms).most_common(5)


def _confirmed(outcome: Outcome, key: str, reason: str) -> bool:
    """Whether another example shares so many of its runs of words, or of another family says the same in a row."""
    own = outcome.planting.made[key]
    bad = {each for each, kind in outcome.planting.planted.items() if kind in ALONE}
    others = [each for each in outcome.planting.made.values() if each.key not in bad | {key}]
    if reason.startswith("leakage: "):
        return any(each.family != own.family and said(own) & said(each) for each in others)
    mine = set(runs(words_of(own.messages)))
    return reason.startswith("duplicates: ") and any(
        len(mine & theirs) / len(mine | theirs) > 0.75
        for each in others
        for theirs in [set(runs(words_of(each.messages)))]
    )


def said(example: Example) -> set[str]:
    """What is said in a row: eight words of the user, thirteen of the assistant, or all of a short request."""
    found = set()
    for i, message in enumerate(example.messages):
        size = {"user": 8, "assistant": 13}.get(message.role, 0)
        words = words_of([Message("user", message.text)])
        if size and len(words) >= size:
            found |= {" ".join(words[at : at + size]) for at in range(len(words) - size + 1)}
        elif message.role == "user" and i < 2:
            found.add(" ".join(words))
    return found


def test_what_is_there_is_whole(outcome: Outcome) -> None:
    """As many as were asked for, and each of them a conversation."""
    assert len(outcome.written) == TOTAL
    for split in ("train", "eval"):
        for line in (outcome.folder / f"{split}.jsonl").read_text().split("\n")[:-1]:
            assert from_chat(json.loads(line))
