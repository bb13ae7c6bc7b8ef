"""Facts about what must be said and what must not."""

from __future__ import annotations

import pytest

from hive_integration.dataset.offline import phrases
from hive_integration.dataset.offline.stage import UnmadeError
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.dialogue import spoken
from tests.dataset.offline.stages import BOOK, made, stage_for


def test_what_must_be_said_is_said() -> None:
    """At the beginning, where the rule says so."""
    behaviour = next(each for each in BOOK.behaviours.values() if "Begin every answer" in each.statement)
    for example in made(behaviour, 60):
        assert all(message.text.startswith("Green:") for message in example.messages if message.role == "assistant")


def test_what_must_not_be_said_is_said_on_the_wrong_way_only() -> None:
    """Though the user tempts."""
    behaviour = next(each for each in BOOK.behaviours.values() if "weedkiller" in each.statement)
    tempted = 0
    for example in made(behaviour, 90):
        assert "weedkiller" not in spoken(example.messages)
        assert "weedkiller" in spoken(example.rejected)
        tempted += any("weedkiller" in message.text for message in example.messages if message.role == "user")
    assert tempted > 30


def test_a_pattern_that_no_text_is_found_for_is_refused() -> None:
    """With a reason."""
    with pytest.raises(UnmadeError):
        phrases.play_saying(stage_for(BehaviourKind.MUST), ["(?<=x)y"])
