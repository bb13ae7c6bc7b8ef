"""Facts about sorting a system prompt's sections."""

from __future__ import annotations

import pytest

from hive_integration.units import Category, Level
from hive_integration.units.classify import classify_section


@pytest.mark.parametrize(
    ("heading", "category"),
    [
        ("Tone and style", Category.COMMUNICATION_PATTERNS),
        ("Doing tasks", Category.OPERATIONAL_RULES),
        ("Release workflow", Category.METHODOLOGIES),
        ("identity", Category.SYSTEM_PROMPTS),
    ],
)
def test_a_heading_decides_the_category(heading: str, category: Category) -> None:
    """Each rule of the table has a heading that it sorts."""
    assert classify_section(heading)[0] is category


def test_methodologies_are_level_one() -> None:
    """The level follows the category."""
    assert classify_section("Planning method")[1] is Level.METHODOLOGIES
