"""Events become one body of the Messages API, by the rules by which `answer.Writer` streams them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from hive_integration.wire.answer_rules import CallIds, stop_reason, usage_fields
from hive_integration.wire.events import (
    Event,
    Failure,
    Finish,
    Opaque,
    Seen,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolEnd,
    ToolPart,
    ToolStart,
    Usage,
)  # fmt: skip
from hive_integration.wire.failures import error_body
from hive_integration.wire.foreign import NOT_JSON, encode, whole
from hive_integration.wire.request import mended


def whole_message(events: Iterable[Event], *, id: str, model: str, before: Usage | None = None) -> bytes:
    """The body of a complete answer. `before`: what earlier arms used.

    An answer that broke off, or that holds a call whose arguments are not a JSON object, gives the body of an error."""
    content, usage, finish = _Content(id), Usage(), None
    for event in events:
        if isinstance(event, Failure):
            return error_body(event)
        if isinstance(event, Finish):
            finish = event
            break
        if isinstance(event, Seen):
            usage = usage.merged(event.usage)
        else:
            content.add(event)
    if finish is None:
        return error_body(Failure("api_error", "the answer has no end"))
    reason = stop_reason(finish, called=bool(content.called))
    try:
        return encode({
            "id": id, "type": "message", "role": "assistant", "model": model, "content": content.blocks(),
            "stop_reason": reason, "stop_sequence": finish.sequence if reason == "stop_sequence" else None,
            "usage": usage_fields(usage.added(before or Usage()), Usage()),
        })  # fmt: skip
    except ValueError as error:
        return error_body(Failure("api_error", f"the answer cannot be written: {error}"))


class _Content:
    """The blocks of an answer: each with the name of the field that grows, and its pieces."""

    __slots__ = ("_blank", "_blocks", "_calls", "_kind", "called")

    def __init__(self, id: str) -> None:
        self.called = CallIds(id)
        self._blocks: list[tuple[dict[str, Any], str, list[str]]] = []
        self._kind = ""  # of the block that grows
        self._blank: list[str] = []
        self._calls: dict[int, list[str]] = {}

    def add(self, event: Event) -> None:
        """One more event of content."""
        match event:
            case Text(text):
                self._text(text)
            case Thinking(text) if text:
                self._thinking()[2].append(text)
            case Signature(signature):
                if signature:
                    self._thinking()[0]["signature"] = signature
                self._kind = "" if self._kind == "thinking" else self._kind
            case Opaque(block):
                self._begin("opaque", dict(block))
            case ToolCall(id, name, arguments):
                self._call(id, name).append(arguments)
            case ToolStart(key, id, name):
                if key not in self._calls:
                    self._open(key, id, name)
            case ToolPart(key, json):
                (self._calls[key] if key in self._calls else self._open(key, "", "")).append(json)
            case ToolEnd(key):
                self._calls.pop(key, None)

    def blocks(self) -> list[dict[str, Any]]:
        """The content. Raises ValueError for a call whose arguments are not a JSON object."""
        for block, field, pieces in self._blocks:
            if field == "input":
                block["input"] = _object("".join(pieces), block["name"])
            elif field:
                block[field] = "".join(pieces)
        return [block for block, _, _ in self._blocks]

    def _begin(self, kind: str, block: dict[str, Any], field: str = "") -> tuple[dict[str, Any], str, list[str]]:
        self._kind, self._blank = kind, []
        self._blocks.append((block, field, []))
        return self._blocks[-1]

    def _text(self, text: str) -> None:
        if self._kind == "text":
            self._blocks[-1][2].append(text)
        elif not text or text.isspace():
            self._blank.append(text)
        else:
            blank = self._blank
            self._begin("text", {"type": "text", "text": ""}, "text")[2].extend([*blank, text])

    def _thinking(self) -> tuple[dict[str, Any], str, list[str]]:
        if self._kind == "thinking":
            return self._blocks[-1]
        return self._begin("thinking", {"type": "thinking", "thinking": "", "signature": ""}, "thinking")

    def _call(self, id: str, name: str) -> list[str]:
        block = {"type": "tool_use", "id": self.called.take(id), "name": name, "input": {}}
        return self._begin("tool", block, "input")[2]

    def _open(self, key: int, id: str, name: str) -> list[str]:
        self._calls[key] = self._call(id, name)
        return self._calls[key]


def _object(text: str, name: str) -> msgspec.Raw:
    raw = whole(text or "{}").encode()
    for each in (raw, mended(raw)):  # halves of characters, as escapes, are JSON to some readers only
        try:
            msgspec.json.decode(each, type=dict)
        except NOT_JSON:
            continue
        return msgspec.Raw(each)
    raise ValueError(f"the arguments of a call of {name!r} are not a JSON object")
