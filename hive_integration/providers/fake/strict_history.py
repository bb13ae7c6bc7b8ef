"""What Anthropic's Messages API refuses in a conversation: roles, blocks, tool pairs, thinking. Pure.

The wording is our own; what Claude Code's self-repair looks for is kept: an invalid thinking signature is called so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hive_integration.providers.fake.messages import redacted, sign

_ROLES = {"user", "assistant", "system"}
_MESSAGE = {"role", "content", "output_config"}
"""Claude Code 2.1.329 sets `output_config` on system messages, too (seen on the wire)."""
_FIELDS = {
    "text": {"text", "citations"},
    "image": {"source"},
    "document": {"source", "title", "context", "citations"},
    "search_result": {"source", "title", "content", "citations"},
    "thinking": {"thinking", "signature"},
    "redacted_thinking": {"data"},
    "tool_use": {"id", "name", "input", "caller"},
    "tool_result": {"tool_use_id", "content", "is_error"},
    "tool_reference": {"tool_name"},
    "server_tool_use": {"id", "name", "input", "caller"},
    "web_search_tool_result": {"tool_use_id", "content", "caller"},
    "web_fetch_tool_result": {"tool_use_id", "content", "caller"},
    "tool_search_tool_result": {"tool_use_id", "content"},
    "container_upload": {"file_id"},
}
_UNCACHED = {"thinking", "redacted_thinking"}
_ONLY_IN = {"tool_use": "assistant", "thinking": "assistant", "redacted_thinking": "assistant", "tool_result": "user"}
_ID = re.compile(r"[a-zA-Z0-9_-]+")

Block = Mapping[str, Any]


def refuse_turns(asked: Mapping[str, Any], signer: str) -> Iterator[str]:
    """Every reason to refuse the system prompt and the messages of a request."""
    for index, block in enumerate(_blocks(asked.get("system"))):
        yield from (f"system.{index}{reason}" for reason in _block(block, "system", signer))
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages:
        yield "messages: at least one message is required"
        return
    names = {tool.get("name") for tool in asked.get("tools") or []}
    for index, message in enumerate(messages):
        yield from (f"messages.{index}{reason}" for reason in _message(message, index == len(messages) - 1, signer))
        for block in _blocks(message.get("content")) if isinstance(message, dict) else ():
            yield from (f"messages.{index}: {reason}" for reason in _references(block, names))
    turns = [each for each in messages if isinstance(each, dict) and each.get("role") in {"user", "assistant"}]
    if not turns or turns[0]["role"] != "user":
        yield "messages: the first message must be the user's"
    yield from _pairs(turns)
    if (asked.get("thinking") or {}).get("type") == "enabled":
        yield from _head_of_loop(turns)


def _blocks(content: object) -> Sequence[Any]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return content if isinstance(content, list) else []


def _message(message: object, last: bool, signer: str) -> Iterator[str]:
    if not isinstance(message, dict):
        yield ": expected an object"
        return
    role = message.get("role")
    if role not in _ROLES:
        yield f".role: expected one of {', '.join(sorted(_ROLES))}"
    yield from (f".{name}: extra inputs are not permitted" for name in message.keys() - _MESSAGE)
    blocks = _blocks(message.get("content"))
    if not blocks and not (last and role == "assistant"):
        yield ": only a final assistant message may have empty content"
    for index, block in enumerate(blocks):
        yield from (f".content.{index}{reason}" for reason in _block(block, str(role), signer))
    if role == "assistant" and blocks and blocks[-1].get("type") in _UNCACHED:
        yield ": the final block of an assistant message cannot be thinking"


def _block(block: object, role: str, signer: str) -> Iterator[str]:
    if not isinstance(block, dict) or block.get("type") not in _FIELDS:
        kind = block.get("type") if isinstance(block, dict) else block
        yield f": the tag {kind!r} is none of those expected"
        return
    kind = block["type"]
    allowed = _FIELDS[kind] | {"type"} | ({"cache_control"} if kind not in _UNCACHED else set())
    yield from (f".{kind}.{name}: extra inputs are not permitted" for name in block.keys() - allowed)
    if _ONLY_IN.get(kind, role) != role:
        yield f": {kind} blocks may only stand in {_ONLY_IN[kind]} messages"
    if kind == "text" and not str(block.get("text", "")).strip():
        yield ": text content blocks must hold more than white space"
    if kind == "tool_use" and not isinstance(block.get("input"), dict):
        yield ".tool_use.input: expected an object"
    for name in ("id", "tool_use_id"):
        if name in block and not _ID.fullmatch(str(block[name])):
            yield f".{kind}.{name}: does not match ^[a-zA-Z0-9_-]+$"
    if kind == "thinking" and block.get("signature") != sign(str(block.get("thinking")), signer):
        yield ": invalid `signature` in `thinking` block"
    if kind == "redacted_thinking" and block.get("data") != redacted(signer)["data"]:
        yield ": invalid `data` in `redacted_thinking` block"
    if kind == "tool_result":
        for index, each in enumerate(_blocks(block.get("content"))):
            yield from (f".content.{index}{reason}" for reason in _block(each, "tool", signer))


def _references(block: Block, names: set[Any]) -> Iterator[str]:
    if block.get("type") == "tool_reference" and block.get("tool_name") not in names:
        yield f"tool reference {block.get('tool_name')!r} is not among the declared tools"
    if block.get("type") in {"tool_result", "tool_search_tool_result"}:
        content = block.get("content")
        inner = content.get("tool_references", []) if isinstance(content, dict) else _blocks(content)
        for each in inner:
            yield from _references(each, names)


def _ids(message: Block, kind: str, name: str) -> list[Any]:
    return [block.get(name) for block in _blocks(message.get("content")) if block.get("type") == kind]


def _pairs(turns: Sequence[Block]) -> Iterator[str]:
    """Each call is answered in the next message, and each answer has its call in the message before."""
    used = [call for turn in turns for call in _ids(turn, "tool_use", "id")]
    if len(set(used)) < len(used):
        yield "messages: tool_use ids must be unique"
    waiting: list[Any] = []
    for index, turn in enumerate([*turns, {}]):
        results = _ids(turn, "tool_result", "tool_use_id")
        if missing := [call for call in waiting if call not in results]:
            yield f"turn {index}: tool_use without a tool_result in the next message: {missing}"
        if extra := [result for result in results if result not in waiting]:
            yield f"turn {index}: tool_result without a tool_use in the message before: {extra}"
        if len(set(results)) < len(results):
            yield f"turn {index}: more than one tool_result for one tool_use"
        kinds = [block.get("type") == "tool_result" for block in _blocks(turn.get("content"))]
        if kinds != sorted(kinds, reverse=True):
            yield f"turn {index}: tool_result blocks must come first"
        waiting = _ids(turn, "tool_use", "id")


def _head_of_loop(turns: Sequence[Block]) -> Iterator[str]:
    """While tools are being used, the turn must still begin with its thinking."""
    if not turns or not _ids(turns[-1], "tool_result", "tool_use_id"):
        return
    begin = len(turns) - 1
    while begin > 0 and (turns[begin]["role"] == "assistant" or _ids(turns[begin], "tool_result", "tool_use_id")):
        begin -= 1
    own = [turn for turn in turns[begin:] if turn["role"] == "assistant"]
    first = next((block.get("type") for turn in own for block in _blocks(turn.get("content"))), None)
    if first not in _UNCACHED:
        yield f"expected `thinking` or `redacted_thinking`, but found `{first}`: a turn begins with its thinking"
