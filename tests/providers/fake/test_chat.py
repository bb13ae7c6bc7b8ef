"""The builders of chat answers say what OpenAI's API says."""

from __future__ import annotations

import json
from typing import Any

from hive_integration.providers.fake.chat import Call, Counts, chat_body, chat_error, chat_stream
from hive_integration.providers.fake.script import Answer


def chunks(answer: Answer) -> list[dict[str, Any]]:
    events = [line.removeprefix("data: ") for line in answer.body.decode().split("\n\n") if line]
    assert events[-1] == "[DONE]"
    return [json.loads(event) for event in events[:-1]]


def test_a_stream_says_text_then_calls_then_finish_then_usage() -> None:
    """Each in chunks of its own, the usage without choices."""
    found = chunks(chat_stream(["He", "llo"], [Call("Bash", {"command": "ls"}, size=5)], Counts(9, 4, 2)))
    deltas = [chunk["choices"][0]["delta"] for chunk in found[:-1]]
    assert "".join(delta.get("content", "") for delta in deltas) == "Hello"
    calls = [delta["tool_calls"][0] for delta in deltas if "tool_calls" in delta]
    assert calls[0] == {"index": 0, "id": "call_1", "type": "function", "function": {"name": "Bash", "arguments": ""}}
    assert json.loads("".join(call["function"]["arguments"] for call in calls)) == {"command": "ls"}
    assert found[-2]["choices"][0]["finish_reason"] == "tool_calls"
    assert found[-1]["choices"] == []
    assert found[-1]["usage"]["prompt_tokens_details"] == {"cached_tokens": 2}


def test_a_body_says_the_same() -> None:
    """Content is null where there are only calls; the arguments are text."""
    body = json.loads(chat_body(calls=[Call("Bash", {"a": 1})], reasoning="hm").body)
    message = body["choices"][0]["message"]
    assert message["content"] is None
    assert message["reasoning_content"] == "hm"
    assert message["tool_calls"][0]["function"] == {"name": "Bash", "arguments": '{"a": 1}'}
    assert body["usage"]["total_tokens"] == 843


def test_usage_may_be_missing() -> None:
    """Without counts neither form carries usage."""
    assert "usage" not in json.loads(chat_body("x", counts=None).body)
    assert all("usage" not in chunk for chunk in chunks(chat_stream("x", counts=None)))


def test_arguments_may_be_broken_text() -> None:
    """A call's arguments as text are sent as they stand; empty ones as one empty part."""
    assert Call("a", '{"x').parts == ['{"x']
    assert Call("a", "").parts == [""]


def test_an_error_has_its_kind() -> None:
    """Status, message and type."""
    answer = chat_error(429, "slow down", "rate_limit_exceeded")
    assert answer.status == 429
    assert json.loads(answer.body)["error"]["type"] == "rate_limit_exceeded"
