"""Facts about the limits inside of jsonschema's keywords."""

from __future__ import annotations

import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.wire import keywords
from hive_integration.wire.valid import fault, problems

SLOW = "^(a|aa)+$"
"""Takes time without end on SLOW_TEXT, with the `regex` package too."""
SLOW_TEXT = "a" * 60 + "!"


def keys(schema: dict[str, Any], arguments: dict[str, Any]) -> list[str]:
    return [each.keyword for each in problems(arguments, schema)]


def test_a_pattern_that_never_ends_counts_as_met() -> None:
    """After its time is over, and from then on at once."""
    schema = {"properties": {"a": {"pattern": SLOW}}}
    begin = time.perf_counter()
    assert keys(schema, {"a": SLOW_TEXT}) == []
    first = time.perf_counter() - begin
    assert keys(schema, {"a": SLOW_TEXT}) == []
    assert first < 1
    assert time.perf_counter() - begin - first < 0.02


@pytest.mark.parametrize("below", [{"type": "integer"}, False])
def test_a_key_pattern_that_never_ends_asks_nothing(below: object) -> None:
    """Neither does its schema apply, nor is the key surplus, nor does jsonschema's own matcher run beside it."""
    schema = {"patternProperties": {SLOW: below}, "additionalProperties": False, "unevaluatedProperties": False}
    begin = time.perf_counter()
    assert keys(schema, {SLOW_TEXT: "text"}) == []
    assert time.perf_counter() - begin < 1


def test_many_slow_patterns_end_with_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is one for all of a check; arguments that need more are refused."""
    monkeypatch.setattr(keywords, "CHECK_SECONDS", 0.05)
    schema = {"properties": {f"k{i}": {"pattern": f"^(a|aa)+{i}$"} for i in range(50)}}
    begin = time.perf_counter()
    (found,) = problems({f"k{i}": SLOW_TEXT for i in range(50)}, schema)
    assert found.found.startswith("took over")
    assert time.perf_counter() - begin < 1


def test_a_schema_that_doubles_at_every_reference_is_given_up() -> None:
    """Thirty small definitions can ask for a billion steps."""
    defs: dict[str, Any] = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(30)}
    schema = {"$defs": {**defs, "d30": {}}, "properties": {"a": {"$ref": "#/$defs/d0"}}}
    begin = time.perf_counter()
    assert [each.keyword for each in problems({"a": 1}, schema)] == ["limit"]
    assert time.perf_counter() - begin < 1


def test_a_remote_reference_is_not_followed() -> None:
    """It counts as met; what stands beside it is checked. (The suite forbids sockets, so a fetch would be seen.)"""
    schema = {
        "properties": {"a": {"$ref": "https://example.com/schema.json"}, "b": {"$ref": "#/nowhere"}},
        "required": ["c"],
    }
    assert keys(schema, {"a": 1, "b": 2}) == ["required"]
    assert fault(schema) == ""


@pytest.mark.parametrize(
    ("pattern", "text", "met"),
    [
        ("^[a-z]+$", "abc\n", False),
        ("^[a-z]+$", "abc", True),
        (r"^\d+$", "٣", False),
        (r"^[\d.]+$", "1.٣", False),
        (r"^\w+$", "é", False),
        (r"^\p{L}+$", "é", True),
        (r"\$", "$", True),
        ("[$]", "$", True),
        (r"\/a", "/a", True),
        ("(", "anything: a pattern that cannot be read asks nothing", True),
        ("x" * 3000, "nor does one that is longer than any that was meant", True),
    ],
)
def test_patterns_are_read_as_the_client_reads_them(pattern: str, text: str, met: bool) -> None:
    """ECMAScript: `$` is the very end, digits and word characters are ASCII; a pattern may match anywhere."""
    assert (keys({"properties": {"a": {"pattern": pattern}}}, {"a": text}) == []) is met


@pytest.mark.parametrize(
    ("text", "met"), [("https://a.b/c", True), ("mailto:a@b", True), ("a.b/c", False), ("a: b", False)]
)
def test_a_uri_needs_a_scheme(text: str, met: bool) -> None:
    """Of the formats only this one is asserted; a date stays what the tool makes of it."""
    assert (keys({"properties": {"a": {"format": "uri"}}}, {"a": text}) == []) is met
    assert keys({"properties": {"a": {"format": "date"}}}, {"a": text}) == []


def test_pattern_properties_apply_and_leave_the_rest_to_additional() -> None:
    """As the specification has it, for a forbidding and for a describing `additionalProperties`."""
    schema: dict[str, Any] = {"properties": {"a": {}}, "patternProperties": {"^x": {"type": "integer"}}}
    forbidding = schema | {"additionalProperties": False}
    assert keys(forbidding, {"a": 1, "x1": 1}) == []
    assert [each.path for each in problems({"x1": "", "y": 1}, forbidding)] == [("x1",), ("y",)]
    assert keys(schema | {"additionalProperties": {"type": "string"}}, {"y": 1, "z": ""}) == ["type"]
    assert keys(schema | {"additionalProperties": True}, {"y": 1}) == []


def test_unevaluated_properties_are_forbidden_where_no_pattern_stands_by() -> None:
    """The usual way to close an object that is put together from parts."""
    schema = {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False}
    assert keys(schema, {"a": 1}) == []
    assert keys(schema, {"b": 1}) == ["unevaluatedProperties"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.0, 1.0, 1.5])
    | st.sampled_from(["", "a", "bool"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)


@given(st.lists(JSON, max_size=5))
def test_unique_items_are_those_of_jsonschema(items: list[Any]) -> None:
    """True is not 1, but 1 is 1.0, at any depth; only the time differs."""
    schema = {"properties": {"a": {"uniqueItems": True}}}
    assert (keys(schema, {"a": items}) == []) is jsonschema.Draft202012Validator(schema).is_valid({"a": items})


def test_unique_items_take_linear_time() -> None:
    """Objects are not compared pair by pair."""
    begin = time.perf_counter()
    assert keys({"properties": {"a": {"uniqueItems": True}}}, {"a": [{"i": i} for i in range(4_900)]}) == []
    assert time.perf_counter() - begin < 1
