"""Facts about the figures of an extraction."""

from __future__ import annotations

import json

from hive_integration.knowledge.extract import extracted
from hive_integration.knowledge.report import SCHEMA, summary
from hive_integration.units import Component, Load, unit_of

from .samples import Words, a_body, a_tool

SECRET = "ghp_" + "a1B2c3D4e5" * 4
UNITS = [
    a_tool("store", "Store a value."),
    a_body("Always run the tests."),
    a_body(f"Push with {SECRET}.", Component.SKILLS),
    unit_of("?", Component.OTHER, Load.ALWAYS, "Words that nobody knows."),
]


def test_the_tables_add_up() -> None:
    """Each unit is in one place and has one route; tokens and behaviours are their sums."""
    lines = list(extracted(UNITS, Words()))
    found = summary(lines)
    for table in (found.places, found.routes):
        assert sum(row.units for row in table) == found.units == len(lines)
        assert sum(row.tokens for row in table) == sum(line.tokens["words"] for line in lines)
    assert sum(kind.behaviours for kind in found.kinds) == sum(len(line.behaviours) for line in lines)
    assert all(kind.checked <= kind.behaviours for kind in found.kinds)


def test_what_a_person_must_look_at_is_listed() -> None:
    """Units that no rule could place, and units with a secret."""
    found = summary(extracted(UNITS, Words()))
    assert [line.unit.name for line in found.ambiguous] == ["?"]
    assert [line.unit.name for line in found.secrets] == ["it"]
    assert found.classified == 0.75


def test_the_json_is_for_scripts() -> None:
    """Its schema, category and level of each row, no secret."""
    shown = summary(extracted(UNITS, Words())).to_json()
    assert shown["schema"] == SCHEMA
    assert {"category", "level", "units", "tokens", "behaviours"} == set(shown["places"][0])
    assert SECRET not in json.dumps(shown)


def test_nothing_is_wholly_classified() -> None:
    """No units, no doubt."""
    assert summary([]).classified == 1.0
