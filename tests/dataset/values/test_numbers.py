"""Facts about numbers for properties."""

from __future__ import annotations

import random
from typing import Any

import pytest

from hive_integration.dataset.values.numbers import number_for


@pytest.mark.parametrize(
    "schema",
    [{"minimum": 3, "maximum": 4}, {"exclusiveMinimum": 0, "maximum": 1},
    {"minimum": 10, "multipleOf": 5, "maximum": 40},
     {"maximum": -5}, {"exclusiveMinimum": 7, "exclusiveMaximum": 9}, {"minimum": 1000000}],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_bounds_and_steps_hold(schema: dict[str, Any], whole: bool) -> None:
    """Whatever the name suggests; where no whole number fits, there is none."""
    for seed in range(30):
        value = number_for(random.Random(seed), schema, "port", whole=whole)
        if value is None:
            continue
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value)
        assert schema.get("exclusiveMinimum", value - 1) < value < schema.get("exclusiveMaximum", value + 1)
        assert value % schema.get("multipleOf", 1) == 0 or not whole
        assert isinstance(value, int) or not whole


def test_nothing_is_made_where_nothing_fits() -> None:
    """Bounds that exclude one another give no number."""
    assert number_for(random.Random(1), {"minimum": 3, "maximum": 2}, "x", whole=True) is None


def test_names_and_descriptions_tell_the_size() -> None:
    """A threshold lies between 0 and 1, a range that is described is kept."""
    for seed in range(50):
        assert 0 <= (number_for(random.Random(seed), {}, "minConfidence", whole=False) or 0) <= 1
        said = number_for(random.Random(seed), {"description": "Depth (2-6)"}, "depth", whole=False)
        assert said is not None
        assert 2 <= said <= 6
