"""Facts about obligations."""

from __future__ import annotations

from hive_integration.units.behaviour import BehaviourKind
from tests.knowledge.samples import a_body, found


def test_a_sentence_that_says_so_is_one() -> None:
    """And a description beside it is none."""
    said = "Always run the whole suite."
    behaviours = found(a_body(f"The house is green and old. {said}"), BehaviourKind.MUST)
    assert [behaviour.statement for behaviour in behaviours] == [said]
