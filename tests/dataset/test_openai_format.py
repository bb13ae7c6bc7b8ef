"""Facts about OpenAI's chat format: what goes in comes back, and what is none is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.dataset.example import Declared
from hive_integration.dataset.openai_format import declared_in, from_chat, text_of, to_chat, value_of
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Call, Message
from tests.dataset.talks import talks


def test_what_goes_in_comes_back() -> None:
    """Conversations with nested arguments, odd characters and messages that are not learned survive the files."""
    for messages in talks(300):
        line = text_of(to_chat(messages))
        assert from_chat(value_of(line)) == tuple(messages)
        assert len(line.splitlines()) == 1


def test_arguments_are_a_json_text_and_weight_marks_what_is_not_learned() -> None:
    """As the API wants it: no content beside calls without words, weight only where it is 0."""
    call = Call("c1", "store", {"a": ["ü", None]})
    made = to_chat([Message("assistant", "", (call,)), Message("assistant", "No.", learn=False)])["messages"]
    assert made[0] == {
        "role": "assistant",
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "store", "arguments": '{"a":["ü",null]}'}}
        ],
    }
    assert made[1] == {"role": "assistant", "content": "No.", "weight": 0}


def test_tools_are_declared_only_where_there_are_some() -> None:
    """And come back as they were."""
    tool = Declared("store", "Keeps it.", {"type": "object", "properties": {}})
    line = to_chat([Message("user", "Hi.")], [tool])
    assert declared_in(json.loads(text_of(line))) == (tool,)
    assert "tools" not in to_chat([Message("user", "Hi.")])


@pytest.mark.parametrize("text", ["\u2028", "\u2029", "\x85", "\ud800", "a\nb", "\x7f", "ü"])
def test_a_line_is_one_line_whoever_splits_it(text: str) -> None:
    """Characters that end a line for some readers are escaped, and half a surrogate pair has an escape, too."""
    line = text_of({"a": text})
    assert line.encode("utf-8").decode().splitlines() == [line]
    assert json.loads(line) == {"a": text}


def test_what_is_no_json_is_not_written_or_read() -> None:
    """Python's NaN and Infinity are no JSON, and nesting has an end."""
    with pytest.raises(ValueError, match="JSON"):
        text_of({"a": float("nan")})
    for text in ("NaN", "[Infinity]", "[" * 100_000):
        with pytest.raises(ValueError, match=r"JSON|deep"):
            value_of(text)


CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ({}, "has no messages"),
        ({"messages": []}, "has no messages"),
        ({"messages": ["hi"]}, "messages[0] has no role"),
        ({"messages": [{"role": "developer", "content": "x"}]}, "messages[0] has no role"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content is not a text"),
        ({"messages": [{"role": "user", "content": "x", "name": "me"}]}, "'name'"),
        ({"messages": [{"role": "user", "content": "x", "weight": 0}]}, "'weight'"),
        ({"messages": [{"role": "assistant", "content": "x", "weight": 2}]}, "weight is 2"),
        ({"messages": [{"role": "assistant", "tool_calls": "x"}]}, "tool_calls are not a list"),
        ({"messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]}]}, "tool_calls[0] is not a function call"),
        ({"messages": [{"role": "assistant", "tool_calls": [{**CALL, "type": "custom"}]}]}, "not a function call"),
        ({"messages": [{"role": "assistant", "tool_calls": [{**CALL, "id": ""}]}]}, "tool_calls[0].id is not a text"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "tool_call_id is not a text"),
    ],
)
def test_what_is_no_conversation_is_refused_with_its_place(line: dict[str, Any], what: str) -> None:
    """The message says which message and which key."""
    with pytest.raises(HiveError) as caught:
        from_chat(line)
    assert what in str(caught.value)


@pytest.mark.parametrize("arguments", ["", "[]", "{", "NaN", '"x"', {"a": 1}])
def test_arguments_must_be_the_text_of_an_object(arguments: object) -> None:
    """Neither an object itself nor another value."""
    call = {**CALL, "function": {"name": "f", "arguments": arguments}}
    with pytest.raises(HiveError, match="arguments"):
        from_chat({"messages": [{"role": "assistant", "tool_calls": [call]}]})


@pytest.mark.parametrize(
    "tools", [{}, [1], [{"function": {"name": ""}}], [{"function": {"name": "f", "parameters": 1}}]]
)
def test_declared_tools_must_be_functions(tools: object) -> None:
    """With a name and an object for parameters."""
    with pytest.raises(HiveError, match="tools"):
        declared_in({"tools": tools})
