"""Facts about hand-overs."""

from __future__ import annotations

from hive_integration.units.behaviour import BehaviourKind
from tests.knowledge.samples import a_body, found


def test_a_sentence_that_says_so_is_one() -> None:
    """And a description beside it is none."""
    behaviours = found(
        a_body("The house is green and old. Hand the finished plan off to the tester."), BehaviourKind.HANDOVER
    )
    assert [behaviour.statement for behaviour in behaviours] == ["Hand the finished plan off to the tester."]
