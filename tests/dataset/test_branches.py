"""Facts about the branches of a schema: what a call may decide, and which decisions were seen."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.dataset.branches import MOST, Branches

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "kind": {"enum": ["a", "b"]},
        "force": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"deep": {"type": "string"}}}},
        "size": {"type": ["integer", "null"]},
    },
    "required": ["name"],
}


def seen(*calls: dict[str, Any], schema: dict[str, Any] = SCHEMA) -> tuple[int, int]:
    """Branches gone down, and in all."""
    branches = Branches()
    for arguments in calls:
        branches.add("f", schema, arguments)
    return branches.covered, branches.possible


def test_every_decision_is_a_branch() -> None:
    """Given or left out (kind, force, tags, deep, size), each value, true and false, empty and filled, each type."""
    assert seen({"name": "x"})[1] == 10 + 2 + 2 + 2 + 2


def test_a_call_goes_down_the_branches_that_it_takes() -> None:
    """One that gives nothing leaves four out; two can cover all of an enumeration."""
    assert seen({"name": "x"})[0] == 4
    assert seen({"name": "x", "kind": "a"})[0] == 5
    everything = [
        {"name": "x", "kind": "a", "force": True, "tags": [{"deep": "y"}, {}], "size": 1},
        {"name": "x", "kind": "b", "force": False, "tags": [], "size": None},
        {"name": "x"},
    ]
    assert seen(*everything) == (18, 18)


def test_what_is_not_in_the_schema_covers_nothing() -> None:
    """Another value or another property."""
    assert seen({"name": "x", "kind": "z", "more": 1})[0] == seen({"name": "x"})[0]


def test_tools_are_counted_apart() -> None:
    """The same schema of another tool is another set of branches."""
    branches = Branches()
    branches.add("f", SCHEMA, {"name": "x"})
    branches.add("g", SCHEMA, {"name": "x"})
    assert (branches.tools, branches.possible, branches.covered) == (2, 36, 8)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": 3},
        {"properties": []},
        {"type": "array", "items": [1]},
        {"required": "x", "properties": {"x": 1}},
    ],
)
def test_an_odd_schema_is_no_error(schema: dict[str, Any]) -> None:
    """It has fewer branches."""
    assert seen({"x": [1, {"y": None}]}, schema=schema)[1] <= 3


def test_a_huge_or_endless_schema_has_an_end() -> None:
    """Strangers write them."""
    wide = {"type": "object", "properties": {f"p{i}": {"type": "boolean"} for i in range(5_000)}}
    assert seen({}, schema=wide)[1] == MOST
    endless: dict[str, Any] = {"type": "object", "properties": {}}
    endless["properties"]["again"] = endless
    assert seen({"again": {"again": {}}}, schema=endless)[1] <= 14
