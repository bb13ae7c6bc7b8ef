"""Facts about the stage of one example."""

from __future__ import annotations

from hive_integration.dataset.offline.requests import Wanted
from hive_integration.dataset.offline.stage import stage_of
from hive_integration.dataset.task import Task
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.dialogue import Message
from tests.dataset.books import behaviour_of, book

BOOK = book()
TASK = Task(behaviour_of(BOOK, BehaviourKind.TOOL), "simple", False, 1)


def test_a_stage_follows_from_its_task() -> None:
    """Another attempt draws anew, but for the family."""
    first, same = (stage_of(TASK, BOOK, "S", abroad=True) for _ in range(2))
    other = stage_of(TASK, BOOK, "S", abroad=True, attempt=1)
    assert first.scene == same.scene != other.scene
    assert first.family == other.family
    assert first.talk.messages == [Message("system", "S")]


def test_what_stands_around_a_request_is_kept() -> None:
    """A lead in its own paragraph, an aside behind a full stop."""
    stage = stage_of(TASK, BOOK, "S", abroad=False)
    stage.ask(Wanted(act="dig"), lead="Look.", tail="Not now.")
    text = stage.talk.messages[1].text
    assert text.startswith("Look.\n\n")
    assert text.endswith("Not now.")
    stage.wrong(Message("assistant", "no"))
    assert stage.rejected == (Message("assistant", "no"),)
    assert stage.behaviour is TASK.behaviour
