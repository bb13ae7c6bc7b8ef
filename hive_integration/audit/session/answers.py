"""The shortest legal answers of the model APIs that a recorder stands in for. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Event = tuple[str, Mapping[str, Any]]
WORDS = "ok"


def answer(path: str, asked: Mapping[str, Any]) -> tuple[str, bytes]:
    """(content type, body) for a request `asked` of one of `PATHS`, streamed where it asks for a stream."""
    whole, events = PATHS[path](str(asked.get("model", "")))
    if not asked.get("stream"):
        return "application/json", json.dumps(whole).encode()
    return "text/event-stream", "".join(f"{name}data: {json.dumps(data)}\n\n" for name, data in events).encode()


def _messages(model: str) -> tuple[Mapping[str, Any], Sequence[Event]]:
    """Anthropic Messages."""
    usage = {"input_tokens": 1, "output_tokens": 1}
    whole = {
        "id": "msg_hive_ctx", "type": "message", "role": "assistant", "model": model,
        "content": [{"type": "text", "text": WORDS}], "stop_reason": "end_turn", "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    data: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": WORDS}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
         "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]  # fmt: skip
    return whole, [(f"event: {event['type']}\n", event) for event in data]


def _chat(model: str) -> tuple[Mapping[str, Any], Sequence[Event]]:
    """OpenAI Chat Completions."""
    head = {"id": "chatcmpl-hive-ctx", "created": 0, "model": model}
    message = {"role": "assistant", "content": WORDS}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    choice = {"index": 0, "finish_reason": "stop"}
    whole = {**head, "object": "chat.completion", "choices": [{**choice, "message": message}], "usage": usage}
    chunk = {**head, "object": "chat.completion.chunk", "choices": [{**choice, "delta": message}]}
    return whole, [("", chunk)]


def _responses(model: str) -> tuple[Mapping[str, Any], Sequence[Event]]:
    """OpenAI Responses."""
    content = [{"type": "output_text", "text": WORDS, "annotations": []}]
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}
    whole = {
        "id": "resp_hive_ctx", "object": "response", "created_at": 0, "model": model, "status": "completed",
        "output": [item], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
    }  # fmt: skip
    done = {"type": "response.completed", "sequence_number": 0, "response": whole}
    return whole, [("event: response.completed\n", done)]


PATHS: Mapping[str, Callable[[str], tuple[Mapping[str, Any], Sequence[Event]]]] = {
    "/v1/messages": _messages,
    "/v1/chat/completions": _chat,
    "/v1/responses": _responses,
}
