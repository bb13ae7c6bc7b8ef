"""Facts about planned calls."""

from __future__ import annotations

import random

from hive_integration.dataset.offline.shot import companions, distractors, reads, shot_of
from hive_integration.dataset.values.draw import Argument, Wish
from hive_integration.dataset.values.scene import scene_of
from tests.dataset.books import LIST, PLANT, REMOVE, SEARCH, STORE, book


def test_a_shot_is_changed_without_changing_the_first() -> None:
    """One argument gets another value, in what is called and in what is said."""
    rng = random.Random(1)
    shot = shot_of(book(), PLANT, rng, scene_of(rng), Wish(0.0))
    assert shot is not None
    other = shot.with_part(Argument("bedId", "bed-99", "id", required=True))
    assert other.arguments["bedId"] == "bed-99" != shot.arguments["bedId"]
    assert [part.value for part in other.parts if part.key == "bedId"] == ["bed-99"]
    assert shot_of(book(), "unknown", rng, scene_of(rng)) is None


def test_companions_only_look() -> None:
    """And belong to the same group, judged by names alone."""
    assert companions(book(), PLANT) == [LIST]
    assert companions(book(), STORE) == [SEARCH]
    assert companions(book(), "unknown") == ()
    assert reads(LIST)
    assert not reads(REMOVE)


def test_distractors_are_tools_that_nobody_needs() -> None:
    """Never one that is used, each once."""
    for seed in range(40):
        found = distractors(book(), {PLANT}, random.Random(seed), 5, PLANT)
        assert PLANT not in found
        assert len(set(found)) == len(found) <= 6
