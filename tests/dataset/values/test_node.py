"""Facts about values for schema nodes."""

from __future__ import annotations

import random
from typing import Any

import jsonschema
import pytest

from hive_integration.dataset.values.node import Drawer, UnmetError, as_said
from hive_integration.dataset.values.scene import scene_of
from hive_integration.wire.resolve import Resolver

NODES: list[dict[str, Any]] = [
    {}, {"type": "string"}, {"type": ["string", "null"]}, {"const": 4}, {"enum": ["a", None, 3]}, {"type": "boolean"},
    {"type": "string", "minLength": 80}, {"type": "string", "maxLength": 4}, {"type": "string",
    "pattern": "^[A-Z]{2}[0-9]{3}$"},
    {"type": "string", "format": "date-time"}, {"type": "string", "format": "uuid"}, {"type": "string",
    "format": "uri"},
    {"type": "integer", "minimum": 5, "maximum": 6}, {"type": "array", "items": {"type": "integer"},
    "minItems": 3, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "string"},
    {"type": "boolean"}], "minItems": 2, "items": {"type": "number"}},
    {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 2}, {"type": "object"},
    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"$ref": "#/$defs/n"}}, "required": ["b"]},
    {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 2}]}, {"oneOf": [{"type": "null"},
    {"type": "boolean"}]},
    {"allOf": [{"type": "object", "properties": {"x": {"type": "integer"}}}, {"required": ["x"]}]}, {"type": "null"},
    {"properties": {"deep": {"type": "array", "items": {"type": "object", "properties": {"v": {"type": "number"}},
    "required": ["v"]}}}},
]  # fmt: skip


@pytest.mark.parametrize("node", NODES, ids=str)
def test_values_are_valid(node: dict[str, Any]) -> None:
    """For every common keyword, and jsonschema says so."""
    document = {"properties": {"key": node}, "$defs": {"n": {"type": "integer", "maximum": 3}}}
    check = jsonschema.Draft202012Validator(
        {**node, "$defs": document["$defs"]}, format_checker=jsonschema.FormatChecker()
    )
    for seed in range(40):
        rng = random.Random(seed)
        drawer = Drawer(rng, scene_of(rng), Resolver(document))
        check.validate(drawer.value(node, "key"))


def test_what_cannot_be_met_is_said() -> None:
    """A pattern beyond the subset, and a schema that takes nothing."""
    rng = random.Random(1)
    drawer = Drawer(rng, scene_of(rng), Resolver({}))
    with pytest.raises(UnmetError):
        drawer.value({"type": "string", "pattern": "(?!x)y\\b\\1"}, "key")
    with pytest.raises(UnmetError):
        drawer.value(False, "key")


def test_vectors_are_rows_of_small_numbers() -> None:
    """An embedding is a few numbers between -1 and 1, so that a user can say it."""
    rng = random.Random(1)
    made = Drawer(rng, scene_of(rng), Resolver({})).value({"type": "array", "items": {"type": "number"}}, "embedding")
    assert 3 <= len(made) <= 4
    assert all(-1 <= each <= 1 for each in made)
    assert as_said(made).startswith("[")
