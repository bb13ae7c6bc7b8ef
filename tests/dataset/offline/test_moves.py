"""Facts about the moves of a conversation."""

from __future__ import annotations

import pytest

from hive_integration.dataset.offline import moves
from hive_integration.dataset.offline.shot import Shot, shot_of
from hive_integration.dataset.offline.stage import Stage
from hive_integration.dataset.values.draw import Argument, Wish
from hive_integration.units.behaviour import BehaviourKind
from tests.dataset.books import PLANT, REMOVE
from tests.dataset.offline.stages import BOOK, stage_for


def _set(name: str, variant: int) -> tuple[Stage, Shot]:
    stage = stage_for(BehaviourKind.TOOL, f"Call {name}", variant=variant)
    shot = shot_of(BOOK, name, stage.rng, stage.scene, Wish(0.3))
    assert shot is not None
    moves.ask(stage, shot, "")
    return stage, shot


@pytest.mark.parametrize("variant", range(20))
def test_a_failure_keeps_the_wrong_way(variant: int) -> None:
    """The wrong way claims a result; the right one tells, mends or tries again."""
    stage, shot = _set(PLANT, variant)
    failure = moves.fail(stage, shot)
    moves.recover(stage, shot, failure)
    assert stage.rejected[-1].role == "assistant"
    assert stage.talk.messages[-1].role == "assistant"
    if failure.cure == "none":
        assert failure.said.rstrip(".") in stage.talk.messages[-1].text


@pytest.mark.parametrize("variant", range(20))
def test_what_removes_is_not_tried_on_another_thing_unasked(variant: int) -> None:
    """An error that names another bed is told, and ends a simple conversation."""
    stage, shot = _set(REMOVE, variant)
    failure = moves.fail(stage, shot, "mend")
    moves.recover(stage, shot, failure)
    assert failure.mended is not None
    assert stage.talk.calls == 1


@pytest.mark.parametrize("variant", range(20))
def test_a_correction_changes_one_argument_that_is_said(variant: int) -> None:
    """The second call has the user's new value, and is otherwise the first."""
    stage, shot = _set(PLANT, variant)
    moves.use(stage, shot)
    after = moves.correct(stage, shot)
    differing = [key for key in after.arguments if after.arguments[key] != shot.arguments.get(key)]
    assert len(differing) == 1
    said = after.arguments[differing[0]]
    text = "\n".join(message.text for message in stage.talk.messages if message.role == "user")
    assert all(str(each) in text for each in (said if isinstance(said, list) else [said]))


def test_long_and_switching_arguments_are_not_asked_for() -> None:
    """Nobody says a page in passing."""
    assert moves.sayable(Argument("a", "x", "word"))
    assert not moves.sayable(Argument("a", "x" * 200, "text"))
    assert not moves.sayable(Argument("a", True, "toggle"))
    assert moves.told(Argument("bedId", "b", "id")) == "bed id `b`"
