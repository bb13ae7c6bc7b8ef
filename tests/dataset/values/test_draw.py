"""Facts about the arguments of a call."""

from __future__ import annotations

import random
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.dataset.values.draw import Wish, drawn
from hive_integration.dataset.values.scene import scene_of
from tests.dataset.books import TOOLS

LEAVES = st.sampled_from([
    {"type": "string"}, {"type": "integer", "minimum": 1}, {"type": "number", "maximum": 1}, {"type": "boolean"},
    {"enum": ["a", "b"]}, {"type": "string", "format": "date"}, {"type": "string", "minLength": 12}, {},
    {"type": "string", "pattern": "^[a-f0-9]{6}$"}, {"const": "x"},
])  # fmt: skip
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda each: {"type": "array", "items": each, "minItems": 1}),
        st.dictionaries(st.sampled_from(["id", "path", "limit", "message"]), inner, max_size=3).map(
            lambda each: {"type": "object", "properties": each, "required": sorted(each)[:1]}
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each}),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["key", "query", "tags", "options", "count"]), NODES, max_size=4), st.integers())
def test_arguments_are_valid_for_any_schema(properties: dict[str, Any], seed: int) -> None:
    """A law: what is drawn is valid, and what is required is there."""
    schema = {"type": "object", "properties": properties, "required": sorted(properties)[:2]}
    rng = random.Random(seed)
    found = drawn(schema, rng, scene_of(rng), Wish(0.5))
    assert found is not None
    jsonschema.Draft202012Validator(schema).validate(found.arguments)
    assert [part.key for part in found.parts] == list(found.arguments)


def test_wishes_are_heeded() -> None:
    """What is needed is given, what is fixed is as it is, what is left out is not there."""
    schema = TOOLS["mcp__shed__bed_plant"][1]
    for seed in range(20):
        rng = random.Random(seed)
        wish = Wish(0.5, need=("depth",), fixed={"crop": "kale"}, left=("tags",))
        found = drawn(schema, rng, scene_of(rng), wish)
        assert found is not None
        assert found.arguments["crop"] == "kale"
        assert "depth" in found.arguments
        assert "tags" not in found.arguments
        assert {part.key for part in found.without({"crop"})} == {*found.arguments} - {"crop"}


def test_where_nothing_fits_there_is_nothing() -> None:
    """A property that no value fits, and a rule across properties that draws do not meet."""
    rng = random.Random(1)
    assert drawn({"type": "object", "properties": {"a": False}, "required": ["a"]}, rng, scene_of(rng)) is None
    assert drawn({"type": "object", "not": {}}, rng, scene_of(rng)) is None
