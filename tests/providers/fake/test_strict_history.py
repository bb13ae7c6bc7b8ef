"""The strict Messages mode's view of a conversation."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.providers.fake.messages import redacted, thinking_block
from hive_integration.providers.fake.strict_history import refuse_turns

USER = {"role": "user", "content": "x"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}
TEXT = {"type": "text", "text": "a"}
THOUGHT = thinking_block("hm")
CACHED = {"cache_control": {"type": "ephemeral"}}


def ours(*blocks: object) -> dict[str, object]:
    return {"role": "assistant", "content": list(blocks)}


def theirs(*blocks: object) -> dict[str, object]:
    return {"role": "user", "content": list(blocks)}


def refuse(*messages: Any, **fields: Any) -> str:
    return next(refuse_turns({"messages": [*messages], **fields}, "fake"), "")


THINKS = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
REFERENCE = {"type": "tool_reference", "tool_name": "Read"}


@pytest.mark.parametrize(
    ("messages", "fields"),
    [
        ([USER, ours(TEXT), USER], {}),
        ([USER, {"role": "system", "content": "s", "output_config": {}}, ours(USE), theirs(RESULT, TEXT)], {}),
        ([USER, ours(THOUGHT, redacted(), TEXT, USE), theirs(RESULT | CACHED)], THINKS),
        (
            [USER, ours(THOUGHT, USE), theirs(RESULT), ours(USE | {"id": "b"}), theirs(RESULT | {"tool_use_id": "b"})],
            THINKS,
        ),
        ([USER, ours(USE), theirs(RESULT), ours(TEXT), USER], THINKS),
        ([USER, ours(USE), theirs(RESULT | {"content": [REFERENCE]})], {"tools": [{"name": "Read"}]}),
        ([USER, ours()], {}),
    ],
)
def test_it_takes_proper_conversations(messages: list[Any], fields: dict[str, Any]) -> None:
    """What the real client sends has no reason to be refused."""
    assert refuse(*messages, **fields) == ""


@pytest.mark.parametrize(
    ("why", "messages"),
    [
        ("at least one message", []),
        ("first message", [ours(TEXT), USER]),
        ("role: expected one of", [USER, {"role": "tool", "content": "x"}]),
        ("x: extra inputs", [{**USER, "x": 1}]),
        ("empty content", [USER, theirs(), USER]),
        ("more than white space", [theirs({"type": "text", "text": " "})]),
        ("none of those expected", [theirs({"type": "reasoning", "text": "a"})]),
        ("invalid `signature`", [USER, ours(thinking_block("hm", "another"), TEXT), USER]),
        ("invalid `signature`", [USER, ours(THOUGHT | {"thinking": "changed"}, TEXT), USER]),
        ("invalid `signature`", [USER, ours(THOUGHT | {"signature": ""}, TEXT), USER]),
        ("invalid `data`", [USER, ours(redacted("another"), TEXT), USER]),
        ("cannot be thinking", [USER, ours(TEXT, THOUGHT), USER]),
        ("thinking.cache_control: extra", [USER, ours(THOUGHT | CACHED, TEXT), USER]),
        ("without a tool_result", [USER, ours(USE), USER]),
        ("without a tool_result", [USER, ours(USE)]),
        ("without a tool_use", [theirs(RESULT)]),
        ("without a tool_use", [USER, ours(USE), theirs(RESULT), ours(TEXT), theirs(RESULT)]),
        ("ids must be unique", [USER, ours(USE, USE), theirs(RESULT)]),
        ("more than one tool_result", [USER, ours(USE), theirs(RESULT, RESULT)]),
        ("must come first", [USER, ours(USE), theirs(TEXT, RESULT)]),
        ("id: does not match", [USER, ours(USE | {"id": "functions.Bash:0"}), theirs(RESULT)]),
        ("input: expected an object", [USER, ours(USE | {"input": "{}"}), theirs(RESULT)]),
        ("may only stand in assistant", [theirs(USE)]),
        ("not among the declared", [USER, ours(USE), theirs(RESULT | {"content": [REFERENCE]})]),
        ("none of those expected", [USER, ours(USE), theirs(RESULT | {"content": [{"type": "video"}]})]),
    ],
)
def test_it_refuses_and_says_why(why: str, messages: list[Any]) -> None:
    """Each refusal names its cause."""
    assert why in refuse(*messages)


def test_a_tool_loop_begins_with_thinking() -> None:
    """With thinking enabled the turn that uses tools must begin with it; without, it need not."""
    loop = [USER, ours(TEXT, USE), theirs(RESULT)]
    assert "expected `thinking`" in refuse(*loop, **THINKS)
    assert refuse(*loop, thinking={"type": "adaptive"}) == ""


def test_the_system_prompt_is_looked_at_too() -> None:
    """Its blocks are held to the same rules."""
    assert "more than white space" in refuse(USER, system=[{"type": "text", "text": ""}])
