"""Upstream streams to break, the ways to break them, and what a broken one still says by a reading of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.hostile import mutate
from tests.wire import upstreams as up
from tests.wire.upstreams import DONE, block, call, calls, chunk, data, event, said, start, stop, text, usage

_JSON = '{"command": "ls -la \\"é😀\\"", "n": [1, 2]}'
_ROLE = chunk({"role": "assistant", "content": ""})
_TOOL = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {}}
_DELTAS = [{"type": "input_json_delta", "partial_json": _JSON[at : at + 9]} for at in range(0, len(_JSON), 9)]
CHAT: tuple[list[bytes], ...] = (
    [_ROLE, text("Hel"), text("lo é"), text("😀."), chunk({}, "stop"), usage(), DONE],
    [_ROLE, text("I look.\n\n"), calls(call(0, "", id="call_1", name="Bash")),
     *(calls(call(0, _JSON[at : at + 7])) for at in range(0, len(_JSON), 7)), chunk({}, "tool_calls"), usage(), DONE],
    [chunk({"reasoning_content": "Hm"}), chunk({"reasoning_content": "m. "}), text("Yes"),
     calls(call(0, '{"a":', id="a", name="A"), call(1, '{"b":', id="b", name="B")),
     calls(call(1, "2}"), call(0, "1}")), chunk({}, "tool_calls", usage={"prompt_tokens": 5, "completion_tokens": 9}),
     DONE],
    [calls(call(0, _JSON, id="x", name="A")), calls(call(0, "{}", id="y", name="A")), chunk({}, "stop"), usage(), DONE],
    [b": hi\n\n", *(text(f" w{n}", usage={"prompt_tokens": 5, "completion_tokens": n}) for n in range(8)),
     chunk({}, "length")],
    [text("a "), chunk({"refusal": "I will not."}, "content_filter"), usage(), DONE],
    [_ROLE, *(text(f" wörd{n}") for n in range(40)), chunk({}, "stop"), usage(), DONE],
    [text("I <tool"), text('_call>{"name": "A", "arguments": {"x": "</tool_'), text('call>"}}</tool_call> and'),
     text(" more."),
     chunk({}, "stop"), DONE],
)  # fmt: skip
MESSAGES: tuple[list[bytes], ...] = tuple(
    [each + b"\n\n" for each in stream.split(b"\n\n") if each]
    for stream in (
        start(input_tokens=9, output_tokens=1) + said(0, "Hel", "lo é", "😀.") + stop(output_tokens=5),
        start(input_tokens=9) + block(
            0, {"type": "thinking", "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": "Hmm. "},
            {"type": "signature_delta", "signature": "sig="},
        ) + event("ping") + said(1, "I look.") + block(2, _TOOL, *_DELTAS) + stop("tool_use", output_tokens=5),
        start(input_tokens=9) + block(0, {**_TOOL, "input": {"a": 1}}) + block(1, {**_TOOL, "id": "t2"}, *_DELTAS)
        + said(2, "End") + stop("tool_use"),
        start(input_tokens=9) + block(0, {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
         *_DELTAS)
        + block(1, {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"title": "é"}]})
        + block(2, {"type": "text", "text": "", "citations": []},
         {"type": "citations_delta", "citation": {"cited_text": "x"}},
                {"type": "text_delta", "text": "So."}) + said(3, " Then.") + stop("pause_turn", output_tokens=5),
        start() + said(0, *(f" wörd{n}" for n in range(40))) + stop(output_tokens=41),
    )
)  # fmt: skip
_ODD = (
    b": comment\n\n", b"\n", b"data:\n\n", DONE, b"data: {}\n\n", b"data: null\n\n", b"data: {oops\n\n",
    b"event: ping\ndata: {}\n\n",
    b"id: 1\nretry: 5\n\n", data({"error": {"message": "Boom", "code": 503}}), b"event: error\ndata: it broke\n\n",
    usage(1, 2),
    event("error", error={"type": "overloaded_error", "message": "Busy"}), event("ping"), event("message_stop"),
    stop("max_tokens"),
    chunk({}, "stop"), b"\xef\xbb\xbf", b"<html>\n\n", b"data: {}\rdata: {}\r\r", text(" more"), said(7, "more"),
)  # fmt: skip


def broken(frames: list[bytes], rng: Random) -> bytes:
    """A stream after one to three changes: of its events, of the values in one, or of its bytes."""
    frames = list(frames)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(_CHANGES)(frames, rng)
    raw = b"".join(frames)
    if rng.random() < 0.1:
        raw = raw.replace(b"\n", rng.choice((b"\r\n", b"\r")))
    return mutate.bytes_of(raw, rng) if rng.random() < 0.2 else raw


def _drop(frames: list[bytes], rng: Random) -> None:
    if frames:
        del frames[rng.randrange(len(frames))]


def _duplicate(frames: list[bytes], rng: Random) -> None:
    if frames:
        frames.insert(rng.randrange(len(frames) + 1), rng.choice(frames))


def _swap(frames: list[bytes], rng: Random) -> None:
    if frames:
        a, b = rng.randrange(len(frames)), rng.randrange(len(frames))
        frames[a], frames[b] = frames[b], frames[a]


def _truncate(frames: list[bytes], rng: Random) -> None:
    del frames[rng.randrange(len(frames) + 1) :]


def _insert(frames: list[bytes], rng: Random) -> None:
    frames.insert(rng.randrange(len(frames) + 1), rng.choice(_ODD))


def _garble(frames: list[bytes], rng: Random) -> None:
    if frames:
        at = rng.randrange(len(frames))
        frames[at] = mutate.bytes_of(frames[at], rng)


def _other_values(frames: list[bytes], rng: Random) -> None:
    if not frames:
        return
    at = rng.randrange(len(frames))
    head, mark, tail = frames[at].partition(b"data: {")
    try:
        other = json.dumps(mutate.value_of(json.loads(b"{" + tail), rng))
    except (ValueError, RecursionError):  # broken before, or nested twice over
        return
    frames[at] = head + mark[:-1] + other.encode() + b"\n\n"


_CHANGES: tuple[Callable[[list[bytes], Random], None], ...] = (
    _drop, _duplicate, _swap, _truncate, _insert, _garble, _other_values, _other_values, _other_values,
)  # fmt: skip


def pieces(raw: bytes, rng: Random) -> list[bytes]:
    """The same bytes as they may be read."""
    return up.pieces(raw, *(rng.randint(0, len(raw)) for _ in range(rng.choice((1, 3, 10)))))


def values(raw: bytes) -> Iterator[Any]:
    """The JSON values of a stream's events, by a simple reading; raises ValueError where one is none."""
    text = raw.decode("utf-8").removeprefix("\ufeff")
    for frame in re.split(r"\n\n+", re.sub(r"\r\n?", "\n", text)):
        lines = [line[5:].removeprefix(" ") for line in frame.split("\n") if line.startswith("data:")]
        if frame.startswith("event: error"):
            raise ValueError("an error")
        if "".join(lines).strip():
            if (body := "\n".join(lines).strip()) == "[DONE]":
                return
            yield json.loads(body)


def chat_content(raw: bytes) -> tuple[str, str, str] | None:
    """Text, thinking and all arguments of a Chat Completions stream; None where something in it is not plain."""
    texts, thoughts, arguments = [], [], []
    try:
        for value in values(raw):
            for choice in value["choices"]:
                delta = choice["delta"]
                if type(choice["index"]) is not int or value.get("error") or "message" in choice:
                    return None
                if choice["index"]:
                    continue
                thoughts.append(_text(delta.get("reasoning_content")))
                texts += [_text(delta.get("content")), _text(delta.get("refusal"))]
                arguments += [_text(part["function"].get("arguments")) for part in delta.get("tool_calls") or ()]
                if delta.get("reasoning") or delta.get("function_call"):
                    return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return "".join(texts), "".join(thoughts), "".join(arguments)


def messages_content(raw: bytes) -> str | None:
    """All text of a Messages stream; None where something in it is not plain."""
    texts: list[str] = []
    begun: dict[int, str] = {}
    try:
        for value in values(raw):
            if not isinstance(value["type"], str) or not value["type"]:
                return None
            if value["type"] == "message_stop":
                break
            if value["type"] == "content_block_start":
                kind = begun[value["index"]] = value["content_block"]["type"]
                if value["index"] != int(value["index"]) or kind not in {"text", "thinking", "tool_use"}:
                    return None
                texts.append(_text(value["content_block"].get("text")) if kind == "text" else "")
            elif value["type"] == "content_block_delta" and value["delta"]["type"] == "text_delta":
                texts.append(_text(value["delta"]["text"]))
            elif value["type"] == "error" or value.get("error"):
                return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return "".join(texts)


def _text(value: Any) -> str:
    """Raises for what is no text, or none that UTF-8 can carry."""
    if value is not None and not isinstance(value, str):
        raise TypeError(value)
    (value or "").encode()
    return value or ""
