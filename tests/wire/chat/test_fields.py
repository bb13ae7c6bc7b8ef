"""Facts about the top-level fields in a chat request."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.errors import HiveError
from hive_integration.wire.chat.fields import MEANINGLESS
from tests.wire.asked import asked, chat, tool, user

BASE = {"model": "m", "stream": False, "max_tokens": 1000, "messages": [user("x")]}


def _sent(fields: Any, **options: Any) -> dict[str, Any]:
    return chat(asked(user("x"), **fields), stream=False, **options)


CLOSED = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


@pytest.mark.parametrize(
    ("fields", "more"),
    [
        ({"temperature": 0.5, "top_p": 1}, {"temperature": 0.5, "top_p": 1}),
        ({"temperature": None, "stop_sequences": None, "tool_choice": None}, {}),
        ({"stop_sequences": ["a", "b"]}, {"stop": ["a", "b"]}),
        ({"stop_sequences": []}, {}),
        ({"max_tokens": 10}, {"max_tokens": 10}),
        ({"max_tokens": 10**9}, {"max_tokens": 64_000}),
        ({"max_tokens": None}, {"max_tokens": 64_000}),
        ({"output_config": {"effort": "high"}}, {}),
        ({name: {"x": 1} for name in MEANINGLESS}, {}),
        ({"mcp_servers": [], "container": None}, {}),
        ({"unheard_of": 1}, {}),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": CLOSED}}},
            {"response_format": {"type": "json_schema",
                                 "json_schema": {"name": "answer", "schema": CLOSED, "strict": True}}},
        ),
        (
            {"output_format": {"type": "json_schema", "schema": {"properties": {}}}},
            {"response_format": {"type": "json_schema",
                                 "json_schema": {"name": "answer", "schema": {"type": "object", "properties": {}}}}},
        ),
    ],
)  # fmt: skip
def test_what_becomes_of_a_field(fields: Any, more: Any) -> None:
    """Translated, or left out because it means nothing there."""
    assert _sent(fields) == {**BASE, **more}


def test_effort_is_passed_on_to_models_that_reason() -> None:
    """Claude's two highest are OpenAI's highest."""
    for effort, wanted in (("low", "low"), ("high", "high"), ("xhigh", "high"), ("max", "high")):
        assert _sent({"output_config": {"effort": effort}}, reasoning=True)["reasoning_effort"] == wanted
    for effort in ("unheard of", 5, []):
        assert "reasoning_effort" not in _sent({"output_config": {"effort": effort}}, reasoning=True)


REFUSED: list[tuple[Any, str]] = [
    ({"mcp_servers": [{"name": "s"}]}, "mcp_servers: servers that the Messages API itself would call"),
    ({"container": "c"}, "container: a container of the Messages API"),
    ({"temperature": "hot"}, "temperature: expected a number, found a string"),
    ({"top_p": True}, "top_p: expected a number, found a boolean"),
    ({"stop_sequences": ["a"] * 5}, "stop_sequences: 5 of them; an openai-chat model takes at most 4"),
    ({"stop_sequences": [5]}, "stop_sequences: expected a list of strings"),
    ({"max_tokens": 0}, "max_tokens: expected a positive integer, found 0"),
    ({"max_tokens": "5"}, "max_tokens: expected a positive integer, found a string"),
    ({"output_config": 5}, "output_config: expected an object, found a number"),
    ({"output_config": {"format": {"type": "x"}}}, "output_config.format: expected type json_schema and a schema"),
    ({"tool_choice": {"type": "any"}}, "tool_choice: a call is forced, but no tool can be declared to this model"),
    ({"tool_choice": {"type": "tool", "name": "b"}}, "tool_choice.name: 'b' is not among the tools declared"),
    ({"tool_choice": {"type": "tool"}}, "tool_choice.name: nothing is not among the tools declared"),
    ({"tool_choice": {"type": ["any"]}}, "tool_choice: expected type auto, any, tool or none, found a list"),
    ({"tool_choice": "any"}, "tool_choice: expected type auto, any, tool or none, found 'any'"),
    ({"tool_choice": {"type": "x"}}, "tool_choice: expected type auto, any, tool or none, found 'x'"),
]


@pytest.mark.parametrize(("fields", "reason"), REFUSED)
def test_what_cannot_be_asked_for_is_refused_by_its_name(fields: Any, reason: str) -> None:
    """With what was expected there."""
    with pytest.raises(HiveError) as caught:
        _sent(fields)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        ({"type": "auto"}, {"tool_choice": "auto"}),
        ({"type": "any"}, {"tool_choice": "required"}),
        ({"type": "none"}, {"tool_choice": "none"}),
        ({"type": "tool", "name": "a"}, {"tool_choice": {"type": "function", "function": {"name": "a"}}}),
        (
            {"type": "auto", "disable_parallel_tool_use": True},
            {"tool_choice": "auto", "parallel_tool_calls": False},
        ),
        (None, {}),
    ],
)
def test_a_choice_of_tools(choice: Any, wanted: Any) -> None:
    """Under the chat API's names; without tools nothing is said, because OpenAI refuses it."""
    sent = _sent({"tools": [tool("a")], "tool_choice": choice})
    assert {name: sent[name] for name in sent if "tool_" in name} == wanted
    assert set(_sent({"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}})) == set(BASE)
