"""Tools that the client defers: declared once tool search has brought them up, and only then. Pure.

Only the Messages API itself reads `defer_loading` and `tool_reference`; to any other model a reference is a line of
text. The client's placeholder for deferral is never brought up, so it stays undeclared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from hive_integration.wire.blocks import text_of
from hive_integration.wire.messages import Block, MessagesRequest, Tool, Turn


def available(request: MessagesRequest) -> tuple[Tool, ...]:
    """The tools that a model may be told of: those not deferred, then those brought up, in that order, so that the
    declaration grows at its end."""
    tools = tuple(request.tools)
    if not any(tool.deferred for tool in tools):
        return tools
    return _available(tools, _named(request.turns))


@lru_cache(maxsize=64)
def _available(tools: tuple[Tool, ...], named: tuple[str, ...]) -> tuple[Tool, ...]:
    deferred = {tool.name: tool for tool in tools if tool.deferred}
    return (*(tool for tool in tools if not tool.deferred), *(deferred[name] for name in named if name in deferred))


def _named(turns: Sequence[Turn]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for turn in turns:
        for block in () if isinstance(turn.content, str) else turn.content:
            for each in (block, *_inner(block)):
                name = each.get("tool_name")
                if each.get("type") == "tool_reference" and isinstance(name, str):
                    names[name] = None
    return tuple(names)


def without_references(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The turns with each tool reference as text."""
    return [_without_references(turn) for turn in turns]


def _without_references(turn: Turn) -> Turn:
    if isinstance(turn.content, str):
        return turn
    content = [_with_inner(_as_text(block)) for block in turn.content]
    unchanged = all(a is b for a, b in zip(content, turn.content, strict=True))
    return turn if unchanged else replace(turn, content=content, raw=None)


def _as_text(block: Block) -> Block:
    return {"type": "text", "text": text_of(block)} if block.get("type") == "tool_reference" else block


def _with_inner(block: Block) -> Block:
    inner = _inner(block)
    if not any(each.get("type") == "tool_reference" for each in inner):
        return block
    return {**block, "content": [_as_text(each) for each in inner]}


def _inner(block: Block) -> Sequence[Block]:
    """The blocks within a tool result; none where it holds a string or something odd."""
    inner = block.get("content")
    return inner if isinstance(inner, list) and all(isinstance(each, dict) for each in inner) else ()
