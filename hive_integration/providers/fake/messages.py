"""Answers of Anthropic's Messages API, whole and streamed, to build scripts from, and its signatures. Pure.

The fake signs its own thinking, so that it can tell it from anyone else's. `signer` is the secret: two upstreams with
different ones refuse one another's thinking, as two vendors' models do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hive_integration.providers.fake.chat import USUAL, Call, Counts
from hive_integration.providers.fake.script import Answer, stream, whole

MODEL = "fake-claude"
SIGNER = "fake"


def sign(thinking: str, signer: str = SIGNER) -> str:
    """The signature of a thinking block."""
    return base64.b64encode(hmac.digest(signer.encode(), thinking.encode(), hashlib.sha256)).decode()


def redacted(signer: str = SIGNER) -> dict[str, str]:
    """A block of redacted thinking."""
    return {"type": "redacted_thinking", "data": sign("redacted", signer)}


def thinking_block(text: str, signer: str = SIGNER) -> dict[str, str]:
    """A signed block of thinking."""
    return {"type": "thinking", "thinking": text, "signature": sign(text, signer)}


def event(value: Mapping[str, Any]) -> bytes:
    """One server-sent event of this API: its name is the value's type."""
    return f"event: {value['type']}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def message(content: Sequence[Mapping[str, Any]], counts: Counts = USUAL, stop: str | None = None) -> dict[str, Any]:
    """A message object. Without `stop` its stop reason says whether the content calls a tool."""
    called = any(block["type"] == "tool_use" for block in content)
    return {
        "id": "msg_fake", "type": "message", "role": "assistant", "model": MODEL, "content": list(content),
        "stop_reason": stop or ("tool_use" if called else "end_turn"), "stop_sequence": None, "usage": usage(counts),
    }  # fmt: skip


def usage(counts: Counts) -> dict[str, int]:
    """The usage object."""
    return {
        "input_tokens": counts.prompt - counts.cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": counts.cached,
        "output_tokens": counts.completion,
    }


def content(text: str = "", calls: Sequence[Call] = (), thinking: str = "", signer: str = SIGNER) -> list[Any]:
    """Content blocks: thinking, text, calls."""
    blocks: list[dict[str, Any]] = [thinking_block(thinking, signer)] if thinking else []
    blocks += [{"type": "text", "text": text}] if text else []
    for call in calls:
        blocks.append({"type": "tool_use", "id": call.id, "name": call.name, "input": json.loads(call.text or "{}")})
    return blocks


def messages_body(
    text: str = "", calls: Sequence[Call] = (), counts: Counts = USUAL, *, thinking: str = "", signer: str = SIGNER
) -> Answer:
    """A whole answer."""
    return whole(message(content(text, calls, thinking, signer), counts))


def messages_stream(
    text: str = "", calls: Sequence[Call] = (), counts: Counts = USUAL, *, thinking: str = "", signer: str = SIGNER
) -> Answer:
    """The same as a stream, with a ping after its start."""
    return blocks_stream(content(text, calls, thinking, signer), counts)


def blocks_stream(blocks: Sequence[Mapping[str, Any]], counts: Counts = USUAL, stop: str | None = None) -> Answer:
    """A stream of any content blocks; one of a type that has no deltas comes whole in its start."""
    end = message(blocks, counts, stop)
    start = {**end, "content": [], "stop_reason": None, "usage": {**end["usage"], "output_tokens": 1}}
    events: list[Mapping[str, Any]] = [{"type": "message_start", "message": start}, {"type": "ping"}]
    for index, block in enumerate(blocks):
        empty, deltas = _DELTAS.get(block["type"], _opaque)(block)
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": end["stop_reason"], "stop_sequence": None}
    events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": counts.completion}})
    return stream(*map(event, events), event({"type": "message_stop"}))


def messages_error(status: int, kind: str, text: str) -> Answer:
    """An error as Anthropic words it."""
    body = {"type": "error", "error": {"type": kind, "message": text}, "request_id": "req_fake"}
    return whole(body, status).with_headers(request_id="req_fake")


Parts = tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]


def _opaque(block: Mapping[str, Any]) -> Parts:
    return block, ()


def _text(block: Mapping[str, Any]) -> Parts:
    return {"type": "text", "text": ""}, [{"type": "text_delta", "text": part} for part in _halves(block["text"])]


def _thinking(block: Mapping[str, Any]) -> Parts:
    deltas = [{"type": "thinking_delta", "thinking": part} for part in _halves(block["thinking"])]
    return (
        {"type": "thinking", "thinking": "", "signature": ""},
        [*deltas, {"type": "signature_delta", "signature": block["signature"]}],
    )


def _tool_use(block: Mapping[str, Any]) -> Parts:
    parts = ["", *_halves(json.dumps(block["input"]))]
    return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": part} for part in parts]


def _halves(text: str) -> list[str]:
    middle = len(text) // 2
    return [half for half in (text[:middle], text[middle:]) if half]


_DELTAS = {"text": _text, "thinking": _thinking, "tool_use": _tool_use, "server_tool_use": _tool_use}
