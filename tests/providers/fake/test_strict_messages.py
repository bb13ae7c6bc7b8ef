"""The strict Messages mode takes what Anthropic's API takes and refuses what it refuses, beside the conversation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.providers.fake.strict_messages import refuse_messages

TOOL = {"name": "Bash", "description": "x", "input_schema": {"type": "object"}}
BETA = "oauth-2025-04-20,context-management-2025-06-27"
CACHED = {"cache_control": {"type": "ephemeral"}}
CLEAR = {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}


def refuse(betas: str = BETA, **fields: Any) -> str:
    asked = {"model": "m", "max_tokens": 4000, "messages": [{"role": "user", "content": "x"}], **fields}
    return refuse_messages(json.dumps(asked).encode(), betas)


@pytest.mark.parametrize(
    "fields",
    [
        {"thinking": {"type": "adaptive"}, "context_management": CLEAR, "output_config": {"effort": "high"}},
        {"thinking": {"type": "enabled", "budget_tokens": 1024}, "metadata": {"user_id": "u"}, "stream": True},
        {"tools": [TOOL, {"type": "web_search_20250305", "name": "web_search"}], "tool_choice": {"type": "auto"}},
        {
            "tools": [TOOL | CACHED, TOOL | {"name": "B", "defer_loading": True}],
            "system": [{"type": "text", "text": "a"} | CACHED] * 3,
        },
        {"tools": [{**TOOL, "input_schema": {"type": "object", "properties": {"cache_control": {}}}}]},
    ],
)
def test_it_takes_what_the_api_takes(fields: dict[str, Any]) -> None:
    """A proper request has no reason to be refused."""
    assert refuse(**fields) == ""


REFUSED = {
    "future: extra inputs": {"future": 1},
    "model: field required": {"model": ...},
    "none of enabled": {"thinking": {"type": "on"}},
    "at least 1024": {"thinking": {"type": "enabled", "budget_tokens": 500}},
    "greater than": {"thinking": {"type": "enabled", "budget_tokens": 5000}},
    "requires thinking": {"context_management": CLEAR},
    "forces tool use": {"thinking": {"type": "adaptive"}, "tools": [TOOL], "tool_choice": {"type": "any"}},
    "only allowed while tools": {"tool_choice": {"type": "auto"}},
    "not declared": {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "No"}},
    "must be unique": {"tools": [TOOL, TOOL]},
    "must not be deferred": {"tools": [TOOL | {"defer_loading": True}]},
    "1,128": {"tools": [TOOL | {"name": "a.b"}]},
    "input_schema: field required": {"tools": [{"name": "a"}]},
    "input_schema.type": {"tools": [TOOL | {"input_schema": {}}]},
    "not supported at the top": {"tools": [TOOL | {"input_schema": {"type": "object", "anyOf": []}}]},
    "custom.parameters: extra": {"tools": [TOOL | {"parameters": {}}]},
    "found 5": {"system": [{"type": "text", "text": "a"} | CACHED] * 5},
}


@pytest.mark.parametrize(("why", "fields"), REFUSED.items())
def test_it_refuses_and_says_why(why: str, fields: dict[str, Any]) -> None:
    """Each refusal names its cause."""
    asked = {"model": "m", "max_tokens": 4000, "messages": [{"role": "user", "content": "x"}], **fields}
    body = json.dumps({name: value for name, value in asked.items() if value is not ...}).encode()
    assert why in refuse_messages(body, BETA)


def test_a_beta_field_needs_its_header() -> None:
    """Without the paired beta the field is unknown."""
    fields = {"thinking": {"type": "adaptive"}, "context_management": CLEAR}
    assert "context_management: extra inputs" in refuse("", **fields)


def test_counting_needs_no_max_tokens() -> None:
    """`count_tokens` takes a request without it."""
    body = b'{"model": "m", "messages": [{"role": "user", "content": "x"}]}'
    assert refuse_messages(body, counting=True) == ""
    assert "max_tokens" in refuse_messages(body)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b'{"messages": [5], "tools": 1, "thinking": 2}'])
def test_it_refuses_what_is_no_request(body: bytes) -> None:
    """Whatever it is given, it answers."""
    assert refuse_messages(body)
