"""The strict chat mode takes what OpenAI takes and refuses what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.providers.fake.strict_chat import refuse_chat

USER = {"role": "user", "content": "x"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "Bash", "arguments": "{}"}}
CALLED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "done"}
TOOL = {"type": "function", "function": {"name": "Bash", "parameters": {"type": "object", "properties": {}}}}
PIXEL = "data:image/png;base64,AAAA"


def refuse(*messages: object, **fields: Any) -> str:
    return refuse_chat(json.dumps({"model": "gpt-4.1", "messages": [USER, *messages], **fields}).encode())


def user(*parts: object) -> dict[str, object]:
    return {"role": "user", "content": list(parts)}


def image(url: str) -> dict[str, object]:
    return {"type": "image_url", "image_url": {"url": url}}


TAKEN = [
    refuse(CALLED, RESULT, USER, tools=[TOOL], tool_choice="required", parallel_tool_calls=False),
    refuse(user({"type": "text", "text": "a"}, image(PIXEL))),
    refuse({"role": "developer", "content": [{"type": "text", "text": "a"}]}, max_completion_tokens=5, stop=["a"] * 4),
    refuse(stream=True, stream_options={"include_usage": True}, user="u" * 64, max_tokens=1),
    refuse(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "Bash"}}),
]


@pytest.mark.parametrize("why", TAKEN)
def test_it_takes_what_the_api_takes(why: str) -> None:
    """A proper request has no reason to be refused."""
    assert why == ""


REFUSED = {
    "unrecognized": {"context_management": {}},
    "both": {"max_tokens": 1, "max_completion_tokens": 1},
    "max_completion_tokens": {"model": "o4-mini", "max_tokens": 5},
    "1 to 4": {"stop": ["a"] * 5},
    "only allowed when stream": {"stream_options": {}},
    "at most 64": {"user": "u" * 65},
    "temperature": {"temperature": 2.5},
    "at least 1": {"max_tokens": 0},
    "only allowed with tools": {"tool_choice": "auto"},
    "array of at least one": {"tools": []},
    "expected type 'function'": {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
    "unknown parameter cache_control": {"tools": [{**TOOL, "cache_control": {"type": "ephemeral"}}]},
    "1,64": {"tools": [{"type": "function", "function": {"name": "a" * 65}}]},
    "function that is declared": {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "No"}}},
    "missing required": {"model": ""},
}


@pytest.mark.parametrize(("why", "fields"), REFUSED.items())
def test_it_refuses_fields(why: str, fields: dict[str, Any]) -> None:
    """Each refusal names its cause."""
    assert why in refuse(**fields)


ODD = {
    "must answer a call": [RESULT],
    "not answered": [CALLED, USER],
    "role 'tool' must answer": [CALLED, RESULT, RESULT],
    "not unique": [{**CALLED, "tool_calls": [CALL, CALL]}, RESULT],
    "1 to 40": [{**CALLED, "tool_calls": [{**CALL, "id": "c" * 41}]}],
    "arguments: expected a string": [{**CALLED, "tool_calls": [{**CALL, "function": {"name": "a", "arguments": {}}}]}],
    "got null": [{"role": "assistant", "content": None}],
    "tool_calls: expected an array": [{"role": "assistant", "content": "a", "tool_calls": []}],
    "role: expected one of": [{"role": "human", "content": "a"}],
    "at least one part": [user()],
    "type: expected one of": [user({"type": "image", "source": {}})],
    "unknown parameter cache_control": [user({"type": "text", "text": "a", "cache_control": {}})],
    "image_url.url": [user(image("data:image/tiff;base64,AAAA"))],
    "unknown parameter reasoning_content": [{"role": "assistant", "content": "a", "reasoning_content": "b"}],
    "expected one of text": [CALLED, {**RESULT, "content": [image(PIXEL)]}],
}


@pytest.mark.parametrize(("why", "messages"), ODD.items())
def test_it_refuses_messages(why: str, messages: list[Any]) -> None:
    """Each refusal names its cause."""
    assert why in refuse(*messages)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"model": 1, "messages": 5}', b"[" * 100_000, b'{"tools": [1]}'])
def test_it_refuses_what_is_no_request(body: bytes) -> None:
    """Whatever it is given, it answers."""
    assert refuse_chat(body)
