"""Facts about checking arguments against a stranger's schema."""

from __future__ import annotations

import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.wire import valid
from hive_integration.wire.valid import checker, fault, problems

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"path": {"type": "string"}, "limit": {"type": "integer", "minimum": 1}},
    "required": ["path"],
    "additionalProperties": False,
}


def test_valid_arguments_have_no_problems() -> None:
    """An empty list, also for a schema that takes anything."""
    assert problems({"path": "a", "limit": 2}, SCHEMA) == []
    assert problems({"what": "ever"}, {}) == []


def test_each_problem_has_its_place() -> None:
    """Paths lead from the root through lists and objects."""
    schema = {"properties": {"a": {"items": {"properties": {"b": {"type": "string"}}}}}}
    assert [each.path for each in problems({"a": [{}, {"b": 1}]}, schema)] == [("a", 1, "b")]


@pytest.mark.parametrize(
    ("dialect", "wrong"),
    [
        ("http://json-schema.org/draft-03/schema#", 1),
        ("http://json-schema.org/draft-04/schema#", 1),
        ("http://json-schema.org/draft-06/schema#", 0),
        ("http://json-schema.org/draft-07/schema#", 0),
        ("https://json-schema.org/draft/2019-09/schema", 0),
        ("https://json-schema.org/draft/2020-12/schema", 0),
        ("https://example.com/my-own-dialect", 0),
    ],
)
def test_the_schemas_own_dialect_is_respected(dialect: str, wrong: int) -> None:
    """1.0 is no integer up to draft 4 and one since draft 6; an unknown dialect is read as the newest."""
    schema = {"$schema": dialect, "properties": {"a": {"type": "integer"}}}
    assert len(problems({"a": 1.0}, schema)) == wrong
    assert len(problems({"a": "x"}, schema)) == 1


def test_items_of_draft_7_and_of_2020_are_told_apart() -> None:
    """A list under `items` describes places in draft 7; in 2020-12 it is no schema, so nothing is checked."""
    schema = {"properties": {"a": {"items": [{"type": "string"}]}}}
    assert len(problems({"a": [1]}, {"$schema": "http://json-schema.org/draft-07/schema#", **schema})) == 1
    assert fault(schema)
    assert problems({"a": [1]}, schema) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strnig"},
        {"properties": []},
        {"required": "a"},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#/allOf/0"}]},
        {"x": object()},
        {"x": "y" * valid.MAX_SCHEMA},
        {"properties": {"a": {"$schema": "http://json-schema.org/draft-07/schema#", "minLength": "many"}}},
    ],
)  # fmt: skip
def test_a_schema_that_is_not_valid_checks_nothing_and_says_why(schema: dict[str, Any]) -> None:
    """The reason is one line; the call may pass, as it would without a gateway."""
    assert len(fault(schema).splitlines()) == 1
    assert problems({"a": 1}, schema) == []


def test_a_schema_of_any_depth_raises_nothing() -> None:
    """One that is nested beyond the stack is refused like any other that is not valid."""
    schema: dict[str, Any] = {}
    for _ in range(100_000):
        schema = {"not": schema}
    assert fault(schema)
    while schema:  # taken apart by hand: the interpreter would do it by recursion
        schema = schema["not"]


def test_another_dialect_inside_does_not_escape_the_limits() -> None:
    """jsonschema would go on with the class that an embedded `$schema` names, whose patterns have no time limit."""
    inner = {"$schema": "http://json-schema.org/draft-07/schema#", "pattern": "^(a|aa)+$"}
    schema = {"properties": {"$schema": inner, "b": {"const": {"$schema": "kept"}}}}
    begin = time.perf_counter()
    assert problems({"$schema": "a" * 60 + "!", "b": {"$schema": "kept"}}, schema) == []
    assert time.perf_counter() - begin < 1
    assert len(problems({"b": {}}, schema)) == 1


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    "arguments", [nested(64), nested(5000), {"a": [[0] * 200] * 60}, {"a": dict.fromkeys(map(str, range(10_001)))}]
)
@pytest.mark.parametrize("schema", [SCHEMA, {}, {"type": "strnig"}])
def test_too_deep_or_too_much_is_refused_before_it_is_checked(
    arguments: dict[str, Any], schema: dict[str, Any]
) -> None:
    """One problem, whatever the schema: it protects the gateway, not the tool."""
    begin = time.perf_counter()
    assert [each.keyword for each in problems(arguments, schema)] == ["limit"]
    assert time.perf_counter() - begin < 0.1


def test_a_recursive_schema_follows_the_arguments() -> None:
    """A tree is checked to its leaves, as deep as arguments may be."""
    schema = {"properties": {"a": {"$ref": "#"}, "b": {"type": "string"}}, "additionalProperties": False}
    tree: dict[str, Any] = {"b": 1}
    for _ in range(40):
        tree = {"a": tree}
    assert [each.path for each in problems(tree, schema)] == [(*["a"] * 40, "b")]


def test_the_number_of_problems_is_limited() -> None:
    """A list of wrong items does not become a report of thousands of lines."""
    schema = {"properties": {"a": {"items": {"type": "string"}}}}
    assert len(problems({"a": [1] * 5000}, schema)) == valid.MAX_PROBLEMS


def test_a_library_that_fails_refuses_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """What jsonschema makes of a strange schema at the last moment is no reason to let a call through."""
    ready = checker(dict(SCHEMA))

    def fails(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ready, "_validator", type("Fails", (), {"iter_errors": staticmethod(fails)}))
    assert [each.found for each in ready.problems({})] == ["cannot be checked (ZeroDivisionError)"]


def test_a_schema_is_made_ready_once() -> None:
    """The same object, or the same bytes, gives the same checker; the memory for it is limited."""
    schema = {"properties": {"once": {}}}
    assert checker(schema) is checker(schema) is checker({"properties": {"once": {}}})
    assert checker({}) is checker({})
    for i in range(valid.REMEMBERED + 1):
        checker({"title": str(i)})
    assert len(valid._SEEN) <= valid.REMEMBERED


SCHEMAS = st.recursive(
    st.sampled_from([
        {}, {"type": "string"}, {"type": ["integer", "null"]}, {"enum": [1, "a"]}, {"minimum": 1}, {"maxLength": 1},
        {"pattern": "^a"}, {"const": None}, {"required": ["a"]}, {"additionalProperties": False}, {"uniqueItems": True},
    ]),
    lambda inner: st.fixed_dictionaries({}, optional={
        "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "b$"]), inner, max_size=1),
        "additionalProperties": inner,
        "items": inner, "anyOf": st.lists(inner, min_size=1, max_size=2), "not": inner, "propertyNames": inner,
        "oneOf": st.lists(inner, min_size=1, max_size=2), "allOf": st.lists(inner, min_size=1, max_size=2),
    }),
    max_leaves=5,
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a", "bb"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "ab"]), inner, max_size=2),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "ab"]), VALUES), SCHEMAS)
def test_the_verdict_is_that_of_jsonschema(arguments: dict[str, Any], schema: dict[str, Any]) -> None:
    """The limits change no verdict on what stays within them."""
    assert (problems(arguments, schema) == []) is jsonschema.Draft202012Validator(schema).is_valid(arguments)


def test_a_small_call_costs_little() -> None:
    """At most 30 µs when the machine is idle; the test allows for one that is not."""
    rounds = 300
    begin = time.perf_counter()
    for _ in range(rounds):
        problems({"path": "a", "limit": 2}, SCHEMA)
    assert (time.perf_counter() - begin) / rounds < 300e-6
