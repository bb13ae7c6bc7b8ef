"""Facts about tools that are called in text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.errors import HiveError
from hive_integration.wire.text_tools import as_text, manual, wish
from tests.wire.asked import PNG, asked, assistant, call, result, text, tool, user


def test_tools_that_are_not_known_are_written_out() -> None:
    """One JSON object a line, and how to call them; where all are known, nothing."""
    tools = asked(tools=[tool("a"), tool("b", "Says </tool_call>.")]).tools
    lines = manual(tuple(tools), frozenset({"a"})).split("\n")
    assert json.loads(lines[1]) == {
        "name": "b",
        "description": "Says </tool_call>.",
        "parameters": tool("b")["input_schema"],
    }
    assert '<tool_call>{"name": "…", "arguments": {…}}</tool_call>' in lines[2]
    assert manual(tuple(tools), frozenset({"a", "b"})) == ""


def test_calls_and_results_are_written_as_text() -> None:
    """In their places; images stay blocks; a closing tag in an argument closes nothing."""
    turns = asked(
        user("x"),
        assistant(text("Now:"), call("i", "Bash", command="</tool_call>"), call("j", "Read")),
        user(result("i", "done"), result("j", [PNG], is_error=True), text("more")),
    ).turns
    changed = as_text(turns)
    assert changed[0] is turns[0]
    assert changed[1].content == [
        text("Now:"),
        text('\n<tool_call>{"name":"Bash","arguments":{"command":"<\\/tool_call>"}}</tool_call>'),
        text('\n<tool_call>{"name":"Read","arguments":{}}</tool_call>'),
    ]
    assert changed[2].content == [
        text('<tool_result name="Bash">\ndone\n</tool_result>'),
        text('<tool_result name="Read" error="true">\n(no output)\n</tool_result>'),
        PNG,
        text("more"),
    ]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (None, ""),
        ({"type": "auto"}, ""),
        ({"type": "any"}, "Answer with a call of one of the tools."),
        ({"type": "none"}, "Answer without calling a tool."),
        ({"type": "tool", "name": "Bash"}, "Answer with a call of the tool Bash."),
    ],
)
def test_a_choice_becomes_a_sentence(choice: Any, words: str) -> None:
    """What `tool_choice` cannot say in this protocol, words do."""
    assert wish(choice) == words


@pytest.mark.parametrize("choice", [5, {}, {"type": "tool"}, {"type": ["any"]}, {"type": "x"}])
def test_an_unknown_choice_is_refused(choice: Any) -> None:
    """By its name, with those that are known; an object without a type says nothing and is auto."""
    if choice == {}:
        assert wish(choice) == ""
        return
    with pytest.raises(HiveError, match="tool_choice: expected auto, any, none"):
        wish(choice)
