"""Facts about Messages requests that are broken, on their way to a model."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

import msgspec
import pytest

from hive_integration.errors import HiveError
from hive_integration.wire.chat.left_out import left_out
from hive_integration.wire.chat.request import ChatOptions, render_chat
from hive_integration.wire.messages import MessagesRequest, decode_messages, encode_messages
from hive_integration.wire.messages_out import render_messages
from hive_integration.wire.provenance import for_model, mint_tool_id, signed
from tests.hostile.mutate import bytes_of, nested, value_of
from tests.wire.asked import PNG, assistant, call, result, text, tool, user

T = TypeVar("T")
COUNT = 20_000
OURS = mint_tool_id("card", "a", "m")
BODY: dict[str, Any] = {
    "model": "claude-x",
    "max_tokens": 64000,
    "stream": True,
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
    "output_config": {"effort": "high", "format": {"type": "json_schema", "schema": {"anyOf": [{"type": "object"}]}}},
    "metadata": {"user_id": "u"},
    "stop_sequences": ["stop"],
    "temperature": 1,
    "tool_choice": {"type": "tool", "name": "b", "disable_parallel_tool_use": True},
    "system": [text("x-anthropic-billing-header: a"), text("Be short.", cache_control={"type": "ephemeral"})],
    "tools": [
        tool("a", defer_loading=True),
        tool("b", strict=True, input_examples=[{"a": "x"}]),
        {
            "name": "mcp__s__" + "c" * 60,
            "description": "Does.",
            "input_schema": {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "oneOf": [{"$ref": "#/$defs/x"}, {"properties": {"k": {"const": 1}}, "additionalProperties": False}],
                "$defs": {"x": {"allOf": [{"properties": {"k": {"$ref": "#"}}}, {"required": ["k"]}]}},
                "properties": {"l": {"type": ["array", "null"], "prefixItems": [{"format": "uri"}], "maxItems": 1}},
            },
        },
        {"type": "web_search_20250305", "name": "web_search"},
    ],
    "messages": [
        user(text("<system-reminder>\nx\n</system-reminder>"), text("say hi"), PNG),
        {"role": "system", "content": [text("rules")]},
        assistant(
            {"type": "thinking", "thinking": "t", "signature": signed("card", "s")}, text("Now:"),
            call(OURS, "b", a="x"), call("toolu_" + "1" * 60, "ToolSearch"),
        ),
        user(
            result(OURS, [text("out"), PNG], is_error=True),
            result("toolu_" + "1" * 60, [{"type": "tool_reference", "tool_name": "a"}]),
            {"type": "document", "title": "d", "source": {"type": "text", "media_type": "text/plain", "data": "words"}},
        ),
        assistant(call("toolu_2", "b", a="y"), call("toolu_2", "b", a="z")),
        user(result("gone", "old"), result("toolu_2")),
    ],
}  # fmt: skip
OPTIONS = [
    ChatOptions("m", "You are.", frozenset({"a", "b"}), mode, late_system=role, reasoning=True)
    for mode, role in (("full", "system"), ("slim", "user"), ("names", "system"), ("none", "user"))
]  # type: ignore[misc]


def _mutant(rng: Random, sent: bytes) -> bytes:
    if rng.random() < 0.25:
        return bytes_of(sent, rng)
    return json.dumps(value_of(BODY, rng)).encode()


def _through(request: MessagesRequest, rng: Random) -> None:
    """Every way that a request may take: what comes out is a request again, or it is refused in one line."""
    left_out(request)
    decode_messages(encode_messages(for_model(request, rng.choice(("card", None)))))
    render = rng.choice((render_chat, render_messages))
    body = _or_refused(render, for_model(request, "card"), rng.choice(OPTIONS))
    if body is not None:
        whole = msgspec.json.decode(body)["messages"] if render is render_chat else decode_messages(body).turns
        assert isinstance(whole, list)


def _or_refused(step: Callable[..., T], *given: Any) -> T | None:
    """What a step makes of it; None where it is refused, in one line that says something."""
    try:
        return step(*given)
    except HiveError as error:
        line = str(error)
    assert line
    assert "\n" not in line
    return None


def test_a_broken_request_is_sent_or_refused_in_one_line() -> None:
    """20,000 mutations of bytes and values: a body or a HiveError, never another exception."""
    rng = Random(20260)
    sent = json.dumps(BODY).encode()
    decoded = 0
    for _ in range(COUNT):
        request = _or_refused(decode_messages, _mutant(rng, sent))
        if request is not None:
            decoded += 1
            _or_refused(_through, request, rng)
    assert COUNT // 2 < decoded < COUNT


@pytest.mark.parametrize("depth", [900, 4000, 50_000])
def test_a_value_may_be_nested_without_end(depth: int) -> None:
    """At each key of the request and of its parts: a body or a HiveError."""
    deep = b"[" * depth + b"]" * depth
    whole = json.dumps(BODY).encode()
    bodies = [whole.replace(at, deep, 1) for at in (b'"say hi"', b'"Does."', b'"out"', b'"rules"', b'"y"')]
    bodies += [json.dumps(BODY | {name: "mark"}).encode().replace(b'"mark"', deep, 1) for name in (*BODY, "mark")]
    for body in bodies:
        request = _or_refused(decode_messages, body)
        if request is not None:
            _or_refused(_through, request, Random(1))


def test_a_schema_may_be_nested_without_end() -> None:
    """It is cut where no upstream would read on."""
    tools = [tool("b", input_schema={"properties": {"a": nested(3000)}, "items": nested(3000), "enum": nested(3000)})]
    for options in OPTIONS:
        _through(decode_messages(msgspec.json.encode({"messages": [user("x")], "tools": tools})), Random(1))
        request = decode_messages(msgspec.json.encode({"messages": [user("x")], "tools": tools}))
        assert render_chat(request, options)
