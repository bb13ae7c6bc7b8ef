"""Facts about what the user says first."""

from __future__ import annotations

import random
from itertools import islice

from hive_integration.dataset.offline.purpose import purpose_of
from hive_integration.dataset.offline.requests import Wanted, capital, families, family_of, in_language, own, request
from hive_integration.dataset.task import cells, variants
from hive_integration.dataset.values.draw import Argument
from hive_integration.dataset.values.scene import scene_of
from hive_integration.units.behaviour import BehaviourKind
from tests.dataset.books import behaviour_of, book

PURPOSE = purpose_of("mcp__shed__soil_status", "Get the soil status of a bed.")


def test_there_are_at_least_sixty_families() -> None:
    """In English alone, each with a name of its own; other languages add theirs."""
    english, every = families(abroad=False), families(abroad=True)
    assert len(english) >= 60
    assert len({family.name for family in every}) == len(every) >= len(english) + 60


def test_a_behaviour_goes_through_all_families_before_any_comes_again() -> None:
    """Whatever its first task is."""
    behaviour = behaviour_of(book(), BehaviourKind.TOOL, "Call mcp__shed__soil_status")
    every = len(families(abroad=True))
    found = {family_of(task, abroad=True).name for task in islice(variants(behaviour, 5), every)}
    assert len(cells(behaviour)) == 6
    assert len(found) == every


def test_every_family_says_the_act_and_the_arguments() -> None:
    """In all registers and languages; nothing is left open."""
    scene = scene_of(random.Random(2))
    part = Argument("bedId", "bed-7", "id", required=True)
    for family in families(abroad=True):
        for seed in range(4):
            text = request(family, Wanted(purpose=PURPOSE, arguments=(part,)), scene, random.Random(seed))
            assert "bed-7" in text
            if family.register not in {"typos", "abroad"}:
                assert "soil" in text
            assert "{" not in text


def test_who_does_it_changes_the_verb() -> None:
    """`show me` is what one asks of another; oneself wants to see."""
    assert own("show me the beds") == "see the beds"
    assert own("plant a bed") == "plant a bed"
    assert capital("plant") == "Plant"
    assert in_language(PURPOSE, "de") == "soil status abrufen"
