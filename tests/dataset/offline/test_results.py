"""Facts about what tools answer."""

from __future__ import annotations

import random

import pytest

from hive_integration.dataset.offline.purpose import Purpose, purpose_of
from hive_integration.dataset.offline.results import Fact, listing, result_of, shown
from hive_integration.dataset.offline.verbs import CONCEPTS
from hive_integration.dataset.values.scene import scene_of


@pytest.mark.parametrize("concept", CONCEPTS.values(), ids=lambda each: each.name)
def test_facts_and_items_stand_in_the_result(concept: object) -> None:
    """So what is answered is not made up."""
    for seed in range(40):
        rng = random.Random(seed)
        scene = scene_of(rng)
        purpose = Purpose(concept, "garden bed", ("do it",), (), True)  # type: ignore[arg-type]
        result = result_of(purpose, {"bedId": "bed-7", "limit": 3}, rng, scene)
        assert all(item in result.text for item in result.items)
        if not result.items:
            assert all(str(fact.value).lower() in result.text.lower() for fact in result.facts)


def test_a_listing_holds_what_is_looked_for() -> None:
    """Beside others, with what the user said of it."""
    rng = random.Random(4)
    purpose = purpose_of("bed_list", "")
    result = listing(purpose, "bed-7", "kale rows", rng, scene_of(rng))
    assert "bed-7" in result.text
    assert "kale rows" in result.text
    assert len(set(result.items)) > 1


def test_values_are_shown_as_they_are() -> None:
    """Texts in marks, numbers plain, truth as a word."""
    assert shown("bed-7") == "`bed-7`"
    assert shown(3) == "3"
    assert shown(True) == "yes"
    assert shown(None) == "nothing"
    assert Fact("id", "x").said() == "id `x`"
