"""Answers of upstreams, built by hand: chunks of Chat Completions, events of Messages, and what events amount to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any, Protocol

from hive_integration.wire.answer import Writer
from hive_integration.wire.events import Event, Failure, Finish
from tests.wire.legal import Message, assert_legal

Make = Callable[[str], bytes]
DONE = b"data: [DONE]\n\n"


class Reader(Protocol):
    """Bytes in, events out."""

    def feed(self, data: bytes) -> list[Event]:
        """What one read brought."""

    def close(self) -> list[Event]:
        """The connection ended."""


def data(value: Any, event: str = "") -> bytes:
    """One event."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(value)}\n\n".encode()


def chunk(delta: Any = None, finish: str | None = None, **more: Any) -> bytes:
    """A chunk with one choice, as servers send it; `more` beside the choices."""
    choice = {"index": 0, "delta": {} if delta is None else delta, "finish_reason": finish}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return data({**head, "choices": [choice], **more})


def text(content: Any, **more: Any) -> bytes:
    """A chunk of text."""
    return chunk({"content": content}, **more)


def calls(*fragments: dict[str, Any]) -> bytes:
    """A chunk with fragments of tool calls."""
    return chunk({"tool_calls": list(fragments)})


def call(index: int | None, arguments: Any = None, *, id: Any = None, name: Any = None) -> dict[str, Any]:
    """A fragment of a tool call; what is None is left out."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    fields = (("index", index), ("id", id), ("function", function))
    return {key: value for key, value in fields if value is not None}


def usage(prompt: int = 812, completion: int = 31, **more: Any) -> bytes:
    """The chunk that holds usage only."""
    return data({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion, **more}})


def event(kind: str, **fields: Any) -> bytes:
    """An event of a Messages stream."""
    return data({"type": kind, **fields}, kind)


def start(model: str = "m", **usage: int) -> bytes:
    """message_start."""
    message = {"id": "msg_u", "type": "message", "role": "assistant", "model": model, "content": []}
    return event("message_start", message={**message, "stop_reason": None, "usage": usage})


def block(index: int, begin: dict[str, Any], *deltas: dict[str, Any]) -> bytes:
    """A whole block."""
    grown = [event("content_block_delta", index=index, delta=delta) for delta in deltas]
    begun = event("content_block_start", index=index, content_block=begin)
    return begun + b"".join(grown) + event("content_block_stop", index=index)


def said(index: int, *texts: str) -> bytes:
    """A block of text."""
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": each} for each in texts))


def stop(reason: str | None = "end_turn", **usage: int) -> bytes:
    """message_delta and message_stop."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    return event("message_delta", delta=delta, usage=usage) + event("message_stop")


def read(reader: Reader, pieces: Iterable[bytes]) -> list[Event]:
    """All events of an answer that comes in pieces; they end in exactly one Finish or Failure, and nothing follows."""
    events = [event for piece in pieces for event in reader.feed(piece)]
    events += reader.close()
    assert isinstance(events[-1], Finish | Failure), events
    assert sum(isinstance(event, Finish | Failure) for event in events) == 1, events
    assert reader.feed(b"data: {}\n\n") == reader.close() == []
    return events


def pieces(raw: bytes, *cuts: int) -> list[bytes]:
    """Bytes cut at the given places."""
    edges = [0, *sorted(cuts), len(raw)]
    return [raw[begin:end] for begin, end in pairwise(edges)]


def written(events: Iterable[Event], *, broken_calls: bool = True) -> Message:
    """What a client reads where these events are written one after the other."""
    writer = Writer("msg_1", "model")
    return assert_legal(b"".join(writer.write([event]) for event in events), broken_calls=broken_calls)


def message(new: Callable[[], Reader], raw: bytes) -> Message:
    """What a client reads of an upstream's answer that comes in one read."""
    return written(read(new(), [raw]))
