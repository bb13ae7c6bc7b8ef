"""Facts about tools that the client defers."""

from __future__ import annotations

from typing import Any

from hive_integration.wire.deferred import available, without_references
from tests.wire.asked import asked, assistant, call, result, text, tool, user


def _reference(name: Any) -> dict[str, Any]:
    return {"type": "tool_reference", "tool_name": name}


TOOLS = [
    tool("x", defer_loading=True),
    tool("a"),
    tool("y", defer_loading=True),
    tool("Placeholder", defer_loading=True),
]


def _names(*messages: Any) -> list[str]:
    return [each.name for each in available(asked(*messages, tools=TOOLS))]


def test_a_deferred_tool_is_told_of_once_it_was_brought_up() -> None:
    """Those brought up stand last, in the order in which they were, so that the declaration grows at its end."""
    found = [
        assistant(call("s", "ToolSearch")),
        user(result("s", [_reference("y")]), _reference(5), _reference("gone")),
    ]
    more = [assistant(call("t", "ToolSearch")), user(result("t", [_reference("x"), _reference("y")]))]
    assert _names(user("hi")) == ["a"]
    assert _names(user("hi"), *found) == ["a", "y"]
    assert _names(user("hi"), *found, *more) == ["a", "y", "x"]


def test_without_deferral_nothing_is_looked_for() -> None:
    """The tools are the very same."""
    request = asked(user(_reference("x")), tools=[tool("a")])
    assert available(request) is request.tools


def test_a_reference_becomes_a_line_of_text() -> None:
    """Inside a result and outside; other turns are the same objects."""
    turns = asked(user("x"), user(text("y"), result("s", "z")), user(result("s", [_reference("x"), text("t")]))).turns
    changed = without_references(turns)
    assert all(a is b for a, b in zip(changed[:2], turns[:2], strict=True))
    assert changed[2].content == [result("s", [text("The tool x is now available."), text("t")])]
    assert without_references(asked(user(_reference("x"))).turns)[0].content == [text("The tool x is now available.")]
