"""What is sent to a model in place of what the client sent."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from hive_integration.gateway.plan import LengthField, _usual_field, key_of, plan_for, tools_by_name
from hive_integration.providers.fake import refuse_chat
from hive_integration.registry.stored import StoredUnit
from hive_integration.units import Component
from hive_integration.wire.messages import Turn, decode_tools
from tests.gateway import idle
from tests.gateway.live import BASH, KEY, asked, holding
from tests.gateway.made import exchange, furniture

DIG = {"type": "object", "properties": {"where": {"type": "string"}}, "required": ["where"]}
STORED = '{"name":"mcp__shed__dig","description":"Digs.","input_schema":' + json.dumps(DIG) + "}"


def _body(plan: Any, **more: Any) -> Any:
    return json.loads(plan.body(stream=True, **more))


async def test_the_weights_units_are_not_sent(tmp_path: Path) -> None:
    """The minimal prompt stands for them; the user's words and the place stay; what went and what drifted is noted."""
    body = idle.body()
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, **holding(tmp_path, body))
        plan = plan_for(parts, exchange(parts, body), "finetuned")
        sent = plan.body(stream=True).decode()
    assert refuse_chat(sent.encode()) == ""
    assert "Be brief." in sent
    assert idle.WORDS in sent
    assert "/srv/shed" in sent
    assert "Mind the bees" not in sent
    assert {tool["function"]["name"] for tool in json.loads(sent)["tools"]} == {"Bash", "Read", "mcp__shed__dig"}
    assert len(plan.stripped.removed) > 5


async def test_the_same_conversation_gives_the_same_bytes(tmp_path: Path) -> None:
    """Prompt caches depend on it."""
    body = idle.body()
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, **holding(tmp_path, body))
        one, two = (plan_for(parts, exchange(parts, body), "finetuned").body(stream=True) for _ in range(2))
    assert one == two


async def test_a_tool_is_known_from_the_request_or_from_the_store(tmp_path: Path) -> None:
    """Declared; listed and stored; listed and unknown, which takes anything; neither, which is no tool."""
    turns = [{"role": "user", "content": [idle.text(idle.TAGGED), idle.text("Dig.")]}]
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        parts.store.put([StoredUnit("sha256:1", "mcp__shed__dig", Component.MCP_TOOLS, STORED, DIG)])
        plan = plan_for(parts, exchange(parts, asked(messages=turns, tools=[BASH])), "finetuned")
        assert plan.schema("Bash") == BASH["input_schema"]
        assert plan.schema("mcp__shed__dig") == DIG
        assert plan.schema("mcp__shed__water") == {}
        assert plan.schema("Bash2") is None
        assert set(plan.names) >= {"Bash", "mcp__shed__dig", "mcp__shed__water"}
        again = plan.again(frozenset({"mcp__shed__dig"}), [Turn("assistant", "Hm."), Turn("user", "Again.")])
        sent = _body(again)
    assert [tool["function"]["name"] for tool in sent["tools"]] == ["Bash", "mcp__shed__dig"]
    assert [message["content"] for message in sent["messages"][-2:]] == ["Hm.", "Again."]


async def test_paging_in_declares_the_whole_tool(tmp_path: Path) -> None:
    """Also for a model that calls in its text."""
    for mode in ("names", "none"):
        base = tmp_path / mode
        card = holding(base, asked(tools=[BASH]), tools=mode)
        async with AsyncExitStack() as stack:
            parts = furniture(stack, base, **card)
            plan = plan_for(parts, exchange(parts, asked(tools=[BASH])), "finetuned")
            assert "timeout" not in plan.body(stream=True).decode()
            assert "timeout" in plan.again(frozenset({"Bash"}), ()).body(stream=True).decode()


async def test_the_full_profile_is_not_stripped(tmp_path: Path) -> None:
    """It gets what the client sent, and no prompt of ours."""
    body = idle.body()
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, **holding(tmp_path, body))
        plan = plan_for(parts, exchange(parts, body, "full"), "full")
        sent = json.loads(plan.body(stream=False))
    assert sent == json.loads(body)
    assert (plan.prompt, plan.stripped.removed) == ("", ())


async def test_where_and_with_what_it_is_sent(tmp_path: Path) -> None:
    """The query goes to the Messages API only; each card has its own key."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        ex = exchange(parts, headers=[("x-hive-key", KEY), ("authorization", "Bearer sk-ant-x")])
        tuned = plan_for(parts, ex, "finetuned").sent(ex, stream=True)
        full = plan_for(parts, ex, "full").sent(ex, stream=True)
        assert key_of(parts, parts.config.cards["tuned"]) == "sk-tuned"
        assert key_of(parts, parts.config.cards["claude"]) == ""
    assert tuned.url == "http://127.0.0.1:9/v1/chat/completions"
    assert dict(tuned.headers)["authorization"] == "Bearer sk-tuned"
    assert full.url == "http://127.0.0.1:9/v1/messages?beta=true"
    assert dict(full.headers)["authorization"] == "Bearer sk-ant-x"
    assert KEY not in str([*tuned.headers, *full.headers])


@pytest.mark.parametrize(
    ("model", "field"),
    [("gpt-4.1", "max_tokens"), ("ft:gpt-4o-mini:acme::x", "max_tokens"), ("o3-mini", "max_completion_tokens"),
     ("ft:gpt-5-nano:acme::x", "max_completion_tokens"), ("openai/o4-mini", "max_completion_tokens"),
     ("qwen3", "max_tokens"), ("", "max_tokens")],
)  # fmt: skip
def test_the_length_field_by_the_models_name(model: str, field: LengthField) -> None:
    """Reasoning models of OpenAI's refuse the usual one."""
    assert _usual_field(model) == field


async def test_the_length_field_by_card_and_by_what_was_learned(tmp_path: Path) -> None:
    """The card's word stands; what an upstream said comes before what its model's name suggests."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path / "a", upstream={"max_tokens_field": "max_completion_tokens"})
        assert "max_completion_tokens" in _body(plan_for(parts, exchange(parts), "finetuned"))
        parts = furniture(stack, tmp_path / "b")
        plan = plan_for(parts, exchange(parts), "finetuned")
        assert "max_tokens" in _body(plan)
        parts.learned.add(plan.card.base_url + plan.card.model)
        assert "max_completion_tokens" in _body(plan)


def test_the_last_of_two_tools_of_a_name_counts() -> None:
    """As in the API's own reading of a declaration."""
    tools = decode_tools(json.dumps([BASH, {**BASH, "description": "Other."}]).encode())
    assert tools_by_name(tools)["Bash"] is tools[1]
