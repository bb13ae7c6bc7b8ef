"""Facts about conversations in which nothing is called."""

from __future__ import annotations

import pytest

from hive_integration.dataset.offline import plain
from hive_integration.dataset.offline.shot import shot_of
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.dialogue import calls_of
from tests.dataset.books import STORE
from tests.dataset.offline.stages import BOOK, made, stage_for


@pytest.mark.parametrize("hard", ["simple", "moderate", "complex"])
def test_the_tempting_tool_is_called_on_the_wrong_way_only(hard: str) -> None:
    """In all variants."""
    for variant in range(30):
        stage = stage_for(BehaviourKind.NO_TOOL, "plain Write", hard, variant=variant)  # type: ignore[arg-type]
        plain.play(stage, shot_of(BOOK, STORE, stage.rng, stage.scene))
        assert stage.negative
        assert not calls_of(stage.talk.messages)
        assert [call.name for call in calls_of(stage.rejected)] == [STORE]


def test_the_simpler_means_are_named() -> None:
    """A description that says what is enough is heeded."""
    behaviour = next(each for each in BOOK.behaviours.values() if "plain Write" in each.statement)
    texts = ["\n".join(message.text for message in example.messages) for example in made(behaviour, 60)]
    assert sum("Write" in text for text in texts) > 10


def test_it_works_without_a_tool() -> None:
    """Where the tool is not in the book, there is only no wrong way."""
    stage = stage_for(BehaviourKind.NO_TOOL)
    plain.play(stage, None)
    assert stage.rejected == ()
