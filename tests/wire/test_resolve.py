"""Facts about schemas without references and `allOf`."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.wire.resolve import Resolver, kinds_of, merged

DOCUMENT: dict[str, Any] = {
    "type": "object",
    "$defs": {
        "a/b": {"type": "string"},
        "self": {"type": "array", "items": {"$ref": "#/$defs/self"}},
        "circle": {"$ref": "#/$defs/circle"},
        "elsewhere": {"$id": "https://example.org/", "properties": {"x": {"$ref": "#/$defs/a~1b"}}},
    },
}


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"$ref": "#/$defs/a~1b", "minLength": 5, "title": "t"}, {"type": "string", "title": "t"}),
        ({"$ref": "#/$defs/none"}, {}),
        ({"$ref": "#anchor"}, {}),
        ({"$ref": "other.json#/x"}, {}),
        ({"$ref": 5}, {"$ref": 5}),
        ({"$ref": "#/$defs/circle"}, {}),
        ({"allOf": [{"$ref": "#/$defs/a~1b"}, {"minLength": 1}], "title": "t"},
         {"type": "string", "minLength": 1, "title": "t"}),
        (True, {}),
        ([], {}),
    ],
)  # fmt: skip
def test_what_stands_for_a_schema(schema: Any, wanted: Any) -> None:
    """References are followed within the document, members of `allOf` become one; anything else takes anything."""
    assert Resolver(DOCUMENT).resolved(schema, frozenset(), 0)[0] == wanted


def test_a_circle_is_left_at_its_type() -> None:
    """The second time round a reference says its type only."""
    at = Resolver(DOCUMENT)
    found, refs = at.resolved({"$ref": "#/$defs/self"}, frozenset(), 0)
    assert at.resolved(found["items"], refs, 1)[0] == {"type": "array"}
    assert at.resolved({"$ref": "#"}, frozenset(), 0)[0] == DOCUMENT


def test_a_part_with_an_id_of_its_own_points_elsewhere() -> None:
    """Its references do not lead into our document."""
    at = Resolver(DOCUMENT)
    found, refs = at.resolved({"$ref": "#/$defs/elsewhere"}, frozenset(), 0)
    assert at.resolved(found["properties"]["x"], refs, 1)[0] == {}


def test_what_two_say_of_one_property_both_say() -> None:
    """Properties, what is required, and a type where only one has it; of other keywords the first."""
    one = {"properties": {"a": {"type": "string"}}, "required": ["a"], "type": "x", "minimum": 1}
    two = {"properties": {"a": {"minLength": 1}, "b": True}, "required": ["b"], "type": "object", "minimum": 2}
    assert merged([one, two]) == {
        "properties": {"a": {"allOf": [{"type": "string"}, {"minLength": 1}]}, "b": True},
        "required": ["a", "b"],
        "type": "object",
        "minimum": 1,
    }


def test_a_type_is_one_of_seven() -> None:
    """Anything else names no type."""
    kinds = [kinds_of({"type": kind}) for kind in ("null", ["string", "x", "null"], None, "String", {"a": 1}, [[]])]
    assert kinds == [["null"], ["string", "null"], [], [], [], []]
