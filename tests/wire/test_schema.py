"""Facts about JSON schemas on their way to a strict upstream."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hive_integration.wire.schema import FORMATS, acceptable, slimmed

KEYWORDS = {
    "type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "minimum", "maximum",
    "minLength", "maxLength", "minItems", "maxItems", "format", "title", "description", "default",
}  # fmt: skip
TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
NAMES = ("a", "b", "type", "description", "$ref")

_scalars = st.sampled_from([None, True, False, 0, 1, 2, -1, 1.0, 1.5, "", "a", "ab", "abc"])
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=5,
)
_objects = st.dictionaries(st.sampled_from(NAMES), _values, max_size=4)


def _keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    small, lists = st.integers(0, 3), st.lists(inner, min_size=1, max_size=3)
    maps = st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ref = st.sampled_from(["#", "#/$defs/x", "#/$defs/y", "#/$defs/none", "https://example.org/x", "#/properties/a"])
    words: dict[str, st.SearchStrategy[Any]] = {
        "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
        "properties": maps, "patternProperties": st.fixed_dictionaries({"^a": inner}), "additionalProperties": inner,
        "required": st.lists(st.sampled_from(NAMES), max_size=2, unique=True), "propertyNames": inner,
        "items": inner, "prefixItems": lists, "contains": inner, "minItems": small, "maxItems": small,
        "minLength": small, "maxLength": small, "pattern": st.sampled_from(["^a", "b$", "."]),
        "minimum": small, "maximum": small, "exclusiveMinimum": small, "exclusiveMaximum": small,
        "multipleOf": st.integers(1, 2), "enum": st.lists(_values, min_size=1, max_size=4), "const": _values,
        "anyOf": lists, "oneOf": lists, "allOf": lists, "not": inner, "if": inner, "then": inner, "else": inner,
        "$ref": ref, "format": st.sampled_from(["uri", "email"]), "minProperties": small, "maxProperties": small,
        "uniqueItems": st.booleans(), "unevaluatedProperties": st.booleans(), "dependentSchemas": maps,
        "$id": st.just("https://example.org/y"),
    }  # fmt: skip
    shape = st.lists(st.sampled_from(sorted(words)), min_size=1, max_size=4, unique=True)
    return shape.flatmap(lambda names: st.fixed_dictionaries({name: words[name] for name in names}))


_schemas = st.recursive(st.booleans() | st.just({}) | _keywords(st.booleans()), _keywords, max_leaves=8)
_roots = st.builds(
    lambda schema, defs, props: {**(schema if isinstance(schema, dict) else {}), **defs, **props},
    _schemas,
    st.fixed_dictionaries({"$defs": st.fixed_dictionaries({"x": _schemas, "y": _schemas})}),
    st.just({}) | st.fixed_dictionaries({"properties": st.dictionaries(st.sampled_from(NAMES), _schemas, max_size=3)}),
)


def _valid(schema: Any, value: Any) -> bool | None:
    """None where the schema itself leads nowhere (a reference into nothing, or round in a circle)."""
    try:
        return bool(Draft202012Validator(schema).is_valid(value))
    except Exception:  # noqa: BLE001 - the validator's own, of many kinds
        return None


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(_roots, _objects)
def test_what_was_valid_stays_valid(schema: dict[str, Any], value: dict[str, Any]) -> None:
    """Any object that is valid under a schema is valid under what is sent instead."""
    if _valid(schema, value):
        assert _valid(acceptable(schema), value), acceptable(schema)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(_roots)
def test_nothing_that_upstreams_refuse_is_left(schema: dict[str, Any]) -> None:
    """The root is an object with properties and no combination; only known keywords stand anywhere; the result is a
    schema."""
    result = acceptable(schema)
    assert (result["type"], type(result["properties"])) == ("object", dict)
    assert not {"anyOf", "enum"} & set(result)
    _assert_plain(result)
    Draft202012Validator.check_schema(result)


def _assert_plain(schema: Any) -> None:
    if isinstance(schema, bool):
        return
    assert set(schema) <= KEYWORDS
    kinds = schema.get("type", [])
    assert kinds is not None
    if "array" in kinds:
        assert "items" in schema
    assert set(schema.get("required", ())) <= set(schema.get("properties", ()))
    assert schema.get("format", "email") in FORMATS
    below = [schema[name] for name in ("items", "additionalProperties") if name in schema]
    for each in (*below, *schema.get("properties", {}).values(), *schema.get("anyOf", ())):
        _assert_plain(each)


CASES: dict[str, tuple[Any, Any]] = {
    "nothing": ({}, {"type": "object", "properties": {}, "additionalProperties": True}),
    "a tool without parameters": (
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {}},
    ),
    "any object below the root": (
        {"properties": {"a": {"type": "object"}, "b": {"type": "object", "additionalProperties": {}}}},
        {
            "type": "object",
            "properties": {"a": {"type": "object"}, "b": {"type": "object", "additionalProperties": True}},
        },
    ),
    "properties by a pattern": (
        {"properties": {"a": {"patternProperties": {"^x": {}}, "additionalProperties": False}}},
        {"type": "object", "properties": {"a": {"additionalProperties": True}}},
    ),
    "a type that is null": (
        {"type": "object", "properties": {"a": {"type": None, "description": "d"}}},
        {"type": "object", "properties": {"a": {"description": "d"}}},
    ),
    "a nullable type": (
        {"properties": {"a": {"type": ["string", "null"]}}},
        {"type": "object", "properties": {"a": {"type": ["string", "null"]}}},
    ),
    "a format that OpenAI refuses": (
        {"properties": {"a": {"type": "string", "format": "uri", "description": "Where."}}},
        {"type": "object", "properties": {"a": {"type": "string", "description": 'Where. (format: "uri")'}}},
    ),
    "a format that it takes": (
        {"properties": {"a": {"type": "string", "format": "email"}}},
        {"type": "object", "properties": {"a": {"type": "string", "format": "email"}}},
    ),
    "a constant": (
        {"properties": {"a": {"const": "x"}}},
        {"type": "object", "properties": {"a": {"type": "string", "enum": ["x"]}}},
    ),
    "an enum of numbers": (
        {"properties": {"a": {"enum": [1, 2]}}},
        {"type": "object", "properties": {"a": {"type": "integer", "enum": [1, 2]}}},
    ),
    "an enum of anything": (
        {"properties": {"a": {"enum": ["x", True]}}},
        {"type": "object", "properties": {"a": {"description": '(enum: ["x", true])'}}},
    ),
    "a list without items": (
        {"properties": {"a": {"type": "array"}}},
        {"type": "object", "properties": {"a": {"type": "array", "items": {}}}},
    ),
    "a pair": (
        {"properties": {"a": {"type": "array", "prefixItems": [{"type": "number"}] * 2, "minItems": 2, "maxItems": 2}}},
        {
            "type": "object",
            "properties": {"a": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}}},
        },
    ),
    "draft 4's exclusive bound": (
        {"properties": {"a": {"type": "number", "minimum": 1, "exclusiveMinimum": True}}},
        {"type": "object", "properties": {"a": {"type": "number", "minimum": 1}}},
    ),
    "an exclusive bound": (
        {"properties": {"a": {"type": "integer", "exclusiveMinimum": 0}}},
        {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}},
    ),
    "a required property that is not described": (
        {"properties": {"b": True}, "required": ["a", 5, "a"]},
        {"type": "object", "properties": {"b": {}, "a": {}}, "required": ["a"]},
    ),
    "a reference": (
        {"$defs": {"x": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/x", "description": "d"}}},
        {"type": "object", "properties": {"a": {"type": "string", "description": "d"}}},
    ),
    "a reference out of the document": (
        {"properties": {"a": {"$ref": "https://example.org/x"}}},
        {"type": "object", "properties": {"a": {}}},
    ),
    "a root that is a reference": (
        {"$schema": "x", "$ref": "#/definitions/x", "definitions": {"x": {"properties": {"a": True}}}},
        {"type": "object", "properties": {"a": {}}},
    ),
    "allOf below the root": (
        {"properties": {"a": {"allOf": [{"type": "string"}, {"minLength": 1}]}}},
        {"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}},
    ),
    "a union at the root": (
        {
            "oneOf": [
                {
                    "properties": {"kind": {"const": "x"}, "a": {"type": "string"}},
                    "required": ["kind", "a"],
                    "additionalProperties": False,
                },
                {
                    "properties": {"kind": {"const": "y"}},
                    "required": ["kind"],
                    "additionalProperties": False,
                },
            ]
        },
        {
            "type": "object",
            "properties": {
                "kind": {"anyOf": [{"type": "string", "enum": ["x"]}, {"type": "string", "enum": ["y"]}]},
                "a": {"type": "string"},
            },
            "required": ["kind"],
            "additionalProperties": False,
        },
    ),
    "a union of open objects at the root": (
        {"anyOf": [{"properties": {"a": {"type": "string", "description": "d"}}}, {"properties": {}}]},
        {"type": "object", "properties": {"a": {"description": "d (type: string)"}}},
    ),
    "either of two must be there": (
        {"properties": {"a": {"type": "string"}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ),
    "a tree": (
        {"$defs": {"n": {"type": "object", "properties": {"c": {"type": "array", "items": {"$ref": "#/$defs/n"}}}}},
         "properties": {"a": {"$ref": "#/$defs/n"}}},
        {"type": "object", "properties": {"a": {"type": "object", "properties": {
            "c": {"type": "array", "items": {"type": "object"}}}}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_schemas_of_every_day(name: str) -> None:
    """What servers really write, and what is sent."""
    schema, wanted = CASES[name]
    assert acceptable(schema) == wanted


def test_a_schema_that_grows_without_end_is_cut() -> None:
    """References that double at each step, lists 3,000 deep: the result is small and there is no error."""
    steps = {f"d{i}": {"properties": {n: {"$ref": f"#/$defs/d{i + 1}"} for n in "ab"}} for i in range(60)}
    assert len(str(acceptable({"$defs": steps, "properties": {"a": {"$ref": "#/$defs/d0"}}}))) < 1_000_000
    chain = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(3000)}
    assert acceptable({"$defs": chain, "$ref": "#/$defs/d0"})["properties"] == {}
    for word in ("items", "allOf", "anyOf", "additionalProperties", "default", "examples", "enum"):
        deep: Any = {"type": "string"}
        for _ in range(3000):
            deep = {word: [deep] if word in {"allOf", "anyOf"} else deep}
        acceptable(deep)
        acceptable({"properties": {"a": deep}})
        slimmed(deep)


def test_the_schema_that_came_is_not_changed() -> None:
    """Both functions leave their argument as it is."""
    for schema, _ in CASES.values():
        before = repr(schema)
        acceptable(schema)
        slimmed(schema)
        assert repr(schema) == before


def test_slim_leaves_names_and_structure() -> None:
    """Prose goes at every depth; a property called description, enums and what is required stay."""
    prose = {"title": "t", "description": "words", "default": 1, "examples": ["words"], "$comment": "words"}
    schema = {
        **prose,
        "$schema": "x",
        "type": "object",
        "properties": {
            "description": {"type": "string", **prose},
            "default": {"type": "array", "items": {"anyOf": [{"enum": ["title"], **prose}, {"type": "null"}]}, **prose},
        },
        "required": ["description", "default"],
        "$defs": {"title": {"const": {"description": "kept"}, **prose}},
        "additionalProperties": False,
    }
    assert slimmed(schema) == {
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "default": {"type": "array", "items": {"anyOf": [{"enum": ["title"]}, {"type": "null"}]}},
        },
        "required": ["description", "default"],
        "$defs": {"title": {"const": {"description": "kept"}}},
        "additionalProperties": False,
    }
