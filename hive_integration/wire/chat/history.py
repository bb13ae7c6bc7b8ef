"""Turns as chat messages: tool messages stand right behind the calls that they answer. Pure.

Expects the turns as `repaired` leaves them, of users, assistants and systems. Thinking is left out: chat upstreams
refuse it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hive_integration.wire.blocks import EMPTY_RESULT, kind_of, result_parts, text_of
from hive_integration.wire.chat.content import GAP, Part, joined, parts_of, plain, refused
from hive_integration.wire.chat.names import chat_id, chat_name
from hive_integration.wire.messages import Block, Turn

ChatMessage = dict[str, Any]
THINKING = frozenset({"thinking", "redacted_thinking"})


def chat_messages(turns: Sequence[Turn]) -> list[ChatMessage]:
    """The messages of a conversation. Raises `BlockRefused` for what a chat model cannot take."""
    out: list[ChatMessage] = []
    names: dict[str, str] = {}
    for turn in turns:
        if turn.role == "user":
            _user(turn, out, names)
        elif turn.role == "assistant":
            out.append(_assistant(turn, names))
        else:
            out.append({"role": "system", "content": plain(turn.blocks)})
    return out


def _assistant(turn: Turn, names: dict[str, str]) -> ChatMessage:
    if isinstance(turn.content, str):
        return {"role": "assistant", "content": turn.content}
    text = ""
    calls: list[Part] = []
    for block in turn.content:
        kind = kind_of(block)
        if kind == "text":
            text += (GAP if calls and text else "") + text_of(block)
        elif kind == "tool_use":
            names[block["id"]] = block["name"]
            calls.append(_call(block))
        elif kind not in THINKING:
            raise refused(block, " in an assistant's message")
    if not calls:
        return {"role": "assistant", "content": text}
    return {"role": "assistant", "content": text or None, "tool_calls": calls}


def _call(block: Block) -> Part:
    arguments = msgspec.json.encode(block["input"]).decode()
    return {
        "id": chat_id(block["id"]),
        "type": "function",
        "function": {"name": chat_name(block["name"]), "arguments": arguments},
    }


def _user(turn: Turn, out: list[ChatMessage], names: dict[str, str]) -> None:
    if isinstance(turn.content, str):
        out.append({"role": "user", "content": turn.content})
        return
    parts: list[Part] = []
    answers = 0
    for block in turn.content:
        if kind_of(block) == "tool_result":
            answers += 1
            out.append(_result(block, parts, names))
        else:
            parts += parts_of(block)
    if parts or not answers:
        out.append({"role": "user", "content": joined(parts)})


def _result(block: Block, parts: list[Part], names: dict[str, str]) -> ChatMessage:
    """The tool message. It takes text only: what else the result holds goes to `parts`, behind a line that names it."""
    text, others = result_parts(block)
    given = block["tool_use_id"]
    text = text or ("(in the message that follows)" if others else EMPTY_RESULT)
    if block.get("is_error") is True and not text.lower().startswith(("error", "<tool_use_error>")):
        text = f"Error: {text}"
    if others:
        parts.append({"type": "text", "text": f"From the result of {names.get(given, 'a tool')} ({chat_id(given)}):"})
        for each in others:
            parts += parts_of(each)
    return {"role": "tool", "tool_call_id": chat_id(given), "content": text}
