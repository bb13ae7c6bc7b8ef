"""Answers of OpenAI's Chat Completions, whole and streamed, to build scripts from. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hive_integration.providers.fake.script import Answer, stream, whole

MODEL = "fake-chat"
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call. `arguments` is an object, or text sent as it stands, `size` characters at a time (0: at once)."""

    name: str
    arguments: Mapping[str, Any] | str
    id: str = "call_1"
    size: int = 0

    @property
    def text(self) -> str:
        """The arguments as the model wrote them."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)

    @property
    def parts(self) -> Sequence[str]:
        """That text in parts; never empty."""
        step = self.size or max(len(self.text), 1)
        return [self.text[i : i + step] for i in range(0, len(self.text), step)] or [""]


@dataclass(frozen=True, slots=True)
class Counts:
    """Tokens. `prompt` includes what was `cached`."""

    prompt: int = 812
    completion: int = 31
    cached: int = 0


USUAL = Counts()


def event(value: object) -> bytes:
    """One server-sent event of this API, characters beyond ASCII as UTF-8."""
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def chunk(delta: Mapping[str, Any] | None = None, finish: str | None = None, **more: object) -> bytes:
    """One chunk of a stream. Without a delta it has no choices, as the one that carries the usage."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    head = {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
    return event({**head, "choices": choices, **more})


def call_chunks(call: Call, index: int = 0) -> list[bytes]:
    """A call's chunks: its name first, then the parts of its arguments."""
    head = {"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}
    parts = [{"index": index, "function": {"arguments": part}} for part in call.parts]
    return [chunk({"tool_calls": [each]}) for each in (head, *parts)]


def usage(counts: Counts) -> dict[str, Any]:
    """The usage object."""
    return {
        "prompt_tokens": counts.prompt,
        "completion_tokens": counts.completion,
        "total_tokens": counts.prompt + counts.completion,
        "prompt_tokens_details": {"cached_tokens": counts.cached},
    }


def chat_stream(
    text: str | Sequence[str] = "",
    calls: Sequence[Call] = (),
    counts: Counts | None = USUAL,
    *,
    reasoning: str = "",
    finish: str = "",
) -> Answer:
    """A whole stream: text, calls, finish, usage in a chunk of its own (None: no usage), `[DONE]`."""
    pieces = [chunk({"role": "assistant", "content": ""})]
    pieces += [chunk({"reasoning_content": reasoning})] if reasoning else []
    pieces += [chunk({"content": part}) for part in ([text] if isinstance(text, str) else text) if part]
    for index, call in enumerate(calls):
        pieces += call_chunks(call, index)
    pieces.append(chunk({}, finish or ("tool_calls" if calls else "stop")))
    pieces += [chunk(usage=usage(counts))] if counts else []
    return stream(*pieces, DONE)


def chat_body(
    text: str = "",
    calls: Sequence[Call] = (),
    counts: Counts | None = USUAL,
    *,
    reasoning: str = "",
    finish: str = "",
) -> Answer:
    """The same, not streamed."""
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.text}}
            for call in calls
        ]
    if reasoning:
        message["reasoning_content"] = reasoning
    choice = {"index": 0, "message": message, "finish_reason": finish or ("tool_calls" if calls else "stop")}
    body = {"id": "chatcmpl-fake", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice]}
    return whole({**body, "usage": usage(counts)} if counts else body)


def chat_error(status: int, message: str, kind: str = "invalid_request_error", **more: object) -> Answer:
    """An error as OpenAI words it."""
    return whole({"error": {"message": message, "type": kind, "param": None, "code": None, **more}}, status)
