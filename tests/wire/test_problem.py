"""Facts about the words in which a wrong call is described."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.wire.problem import Problem, one_line, shown
from hive_integration.wire.valid import problems


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"type": "integer"}, "x", 'a: is "x", expected integer'),
        ({"type": ["integer", "null"]}, [1, 2], "a: is a list of 2, expected integer or null"),
        ({"enum": ["x", 1]}, {}, 'a: is an object, expected one of ["x",1]'),
        ({"const": True}, False, "a: is false, expected true"),
        ({"minimum": 3}, 1, "a: is 1, expected at least 3"),
        ({"maxLength": 1}, "xy", 'a: is "xy", expected at most 1 characters'),
        ({"pattern": "^b"}, "xy", 'a: is "xy", expected text that matches "^b"'),
        ({"format": "uri"}, "xy", 'a: is "xy", expected a "uri"'),
        ({"anyOf": [{"minLength": 2}]}, "", 'a: is "", expected what fits any of [{"minLength":2}]'),
        (False, 1, "the arguments: is 1, expected nothing here"),
        ({"dependentRequired": {"x": ["y"]}}, {"x": 1}, 'a: is an object, expected dependentRequired {"x":["y"]}'),
    ],
)  # fmt: skip
def test_a_problem_says_where_what_is_and_what_was_expected(schema: object, value: object, said: str) -> None:
    """One line for each keyword, in the schema's words. (Where nothing is allowed, jsonschema forgets the path.)"""
    assert [str(each) for each in problems({"a": value}, {"properties": {"a": schema}})] == [said]


def test_missing_and_surplus_keys_are_named_one_by_one() -> None:
    """Each has its own problem, with the type that was expected or the names that there are."""
    schema = {
        "properties": {"a": {"type": "string"}, "b": {}, "c": {"type": ["integer", "null"]}},
        "required": ["a", "b", "c"],
        "additionalProperties": False,
    }
    assert [str(each) for each in problems({"x": 1}, schema)] == [
        "a: is missing, expected string",
        "b: is missing, expected a value",
        "c: is missing, expected integer or null",
        "x: is not an argument of this tool, expected only a, b, c",
    ]
    (surplus,) = problems({"x": 1}, {"additionalProperties": False})
    assert surplus.expected == "only none at all"


def test_a_problem_knows_whether_its_key_is_declared() -> None:
    """A property by name is; an entry of a map and an item of a list are not."""
    schema = {
        "properties": {"a": {"$ref": "#/$defs/number"}, "m": {"additionalProperties": {"type": "string"}}},
        "$defs": {"number": {"type": "integer"}},
    }
    found = {each.path: each.declared for each in problems({"a": None, "m": {"k": None}}, schema)}
    assert found == {("a",): True, ("m", "k"): False}


@given(st.text(), st.lists(st.text() | st.integers()))
def test_a_problem_is_one_printable_line(text: str, path: list[str | int]) -> None:
    """Whatever stands in values and keys, also line breaks and half surrogates, can be logged and sent."""
    said = str(Problem(tuple(path), f"is {shown(text)}", one_line(text)))
    assert len(said.splitlines()) == 1
    assert said.encode()
    assert len(said) < 700


def test_a_long_value_is_cut() -> None:
    """A file's content does not come back whole."""
    assert len(shown("x" * 10_000_000)) == 80
    assert len(one_line("x" * 10_000_000)) == 300
