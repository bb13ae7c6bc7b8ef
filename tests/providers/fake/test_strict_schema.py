"""The strict chat mode's view of a function's parameters."""

from __future__ import annotations

import pytest

from hive_integration.providers.fake.strict_schema import FORMATS, refuse_parameters

OBJECT = {"type": "object", "properties": {}}


def with_property(schema: object) -> dict[str, object]:
    return {"type": "object", "properties": {"a": schema}}


@pytest.mark.parametrize(
    "schema",
    [
        OBJECT,
        with_property({"type": ["string", "null"], "format": "date-time"}),
        with_property({"anyOf": [{"type": "string"}, {"type": "array", "items": True}]}),
        with_property({"$ref": "#/$defs/x"}) | {"$defs": {"x": {"type": "object"}}},
        with_property({"type": "object", "additionalProperties": False}),
    ],
)
def test_it_takes_proper_schemas(schema: object) -> None:
    """An object at the root, known types and formats below."""
    assert refuse_parameters(schema) == ""


@pytest.mark.parametrize(
    ("why", "schema"),
    [
        ("expected an object", None),
        ("got None", {}),
        ("got 'string'", {"type": "string"}),
        ("must not have anyOf", {**OBJECT, "anyOf": [OBJECT]}),
        ("lacks properties", {"type": "object"}),
        ("not a valid type", with_property({"type": None})),
        ("not a valid type", with_property({"type": "any"})),
        ("lacks items", with_property({"type": "array"})),
        ("'uri' is not a valid format", with_property({"type": "string", "format": "uri"})),
        ("array of strings", {**OBJECT, "required": None}),
        ("expected a schema", with_property("string")),
        ("not a valid format", with_property({"type": "array", "items": {"type": "string", "format": "int64"}})),
    ],
)
def test_it_refuses_and_says_why(why: str, schema: object) -> None:
    """Each refusal names its cause."""
    assert why in refuse_parameters(schema)


def test_there_are_nine_formats() -> None:
    """As the API lists them."""
    assert len(FORMATS) == 9
