"""Facts about which conversation shows which behaviour."""

from __future__ import annotations

import random

from hive_integration.dataset.offline.ways import fitting, lacking, tools_of, way_of, wish_of
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check, CheckKind
from hive_integration.units.dialogue import calls_of
from tests.dataset.books import PLANT, TOOLS
from tests.dataset.offline.stages import BOOK, made, stage_for


def test_every_kind_of_check_has_a_way() -> None:
    """A behaviour without a check has none."""
    for kind in CheckKind:
        behaviour = Behaviour(BehaviourKind.MUST, "x", ("sha256:a",), checks=(Check(kind, ("Bash",)),))
        assert way_of(behaviour) is not None
    assert way_of(Behaviour(BehaviourKind.MUST, "x", ("sha256:a",))) is None


def test_a_missing_specification_is_named() -> None:
    """Only of tools that must be called."""
    checks = (Check(CheckKind.CALLED, ("nowhere",)), Check(CheckKind.NOT_CALLED, ("elsewhere",)))
    behaviour = Behaviour(BehaviourKind.PREFER, "x", ("sha256:a",), checks=checks)
    assert lacking(behaviour, BOOK) == "nowhere"
    assert tools_of(behaviour) == ["nowhere", "elsewhere"]


def test_a_value_fits_pattern_and_schema() -> None:
    """Of the values that the schema lists, one that the check takes."""
    schema = TOOLS[PLANT][1]
    assert fitting("^kale$", schema, "crop", random.Random(1)) == "kale"
    assert fitting("^oak$", schema, "crop", random.Random(1)) is None
    assert fitting("^oak$", schema, "bedId", random.Random(1)) == "oak"


def test_a_taught_default_is_left_out_half_of_the_time() -> None:
    """And given otherwise, since the user asks for something else."""
    behaviour = next(each for each in BOOK.behaviours.values() if "depth" in each.statement)
    given = ["depth" in calls_of(example.messages)[0].arguments for example in made(behaviour, 80)]
    assert 20 < sum(given) < 60


def test_wishes_follow_from_the_checks() -> None:
    """What a check looks at is given."""
    wish = wish_of(stage_for(BehaviourKind.TOOL, "crop of"), PLANT)
    assert wish.fixed["crop"] in {"beans", "kale", "leek"}
