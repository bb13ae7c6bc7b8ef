"""Whether bytes are a legal Messages stream, by rules written down apart from the writer, and what they say.

`assert_legal` is for any stream that a client would read, ours or Anthropic's own; `sdk_message` is the second opinion.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_FITS = {
    "text": {"text_delta", "citations_delta"},
    "thinking": {"thinking_delta", "signature_delta"},
    "tool_use": {"input_json_delta"},
    "server_tool_use": {"input_json_delta"},
    "mcp_tool_use": {"input_json_delta"},
}
_COUNTS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
_REASONS = {
    "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded",
}  # fmt: skip


@dataclass(slots=True)
class Message:
    """What a stream says. A tool call whose JSON is not an object has `input` None and its text in `json`."""

    id: str = ""
    model: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    stop_reason: str | None = None
    stop_sequence: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    comments: int = 0
    pings: int = 0

    @property
    def text(self) -> str:
        """All text."""
        return "".join(block["text"] for block in self.blocks if block["type"] == "text")

    @property
    def calls(self) -> list[tuple[str, Any]]:
        """Name and input of each tool call."""
        return [(block["name"], block["input"]) for block in self.blocks if block["type"] == "tool_use"]

    @property
    def kinds(self) -> list[str]:
        """The types of the blocks."""
        return [block["type"] for block in self.blocks]


def assert_legal(raw: bytes, *, broken_calls: bool = False) -> Message:
    """What the stream says; AssertionError where it is not legal or has no end. `broken_calls`: no gate stood before
    the writer, so that arguments may be any text; else they are, unless the answer was cut short, JSON objects."""
    message = Message()
    open_block: dict[str, Any] | None = None
    begun = ending = ended = False
    for name, data in _frames(raw, message):
        assert not ended, f"{name} after the end"
        assert data["type"] == name, f"event {name} holds {data['type']}"
        if name == "ping":
            message.pings += 1
        elif name == "error":
            assert set(data["error"]) >= {"type", "message"}
            assert data["error"]["message"], "an error that says nothing"
            message.error, ended = data["error"], True
        elif name == "message_start":
            assert not begun, "message_start twice"
            begun = True
            _begin(message, data["message"])
        elif name == "content_block_start":
            assert begun, f"{name} before message_start"
            assert not ending, f"{name} after message_delta"
            assert open_block is None, "two blocks are open"
            assert data["index"] == len(message.blocks), "an index is left out or used twice"
            open_block = _start(data["content_block"])
            message.blocks.append(open_block)
        elif name in {"content_block_delta", "content_block_stop"}:
            assert open_block is not None, f"{name} outside of a block"
            assert data["index"] == len(message.blocks) - 1, f"{name} for a block that is not open"
            if name == "content_block_delta":
                _grow(open_block, data["delta"])
            else:
                _stop(open_block)
                open_block = None
        elif name == "message_delta":
            assert begun, "message_delta before message_start"
            assert not ending, "message_delta twice"
            assert open_block is None, "message_delta inside of a block"
            ending = True
            _end(message, data)
        elif name == "message_stop":
            assert ending, "message_stop without a message_delta"
            ended = True
        else:
            raise AssertionError(f"unknown event {name}")
    assert ended, "the stream has no end"
    _check_calls(message, broken_calls=broken_calls)
    return message


def sdk_message(raw: bytes) -> Any:
    """The message that the `anthropic` package makes of a stream with its own decoder and accumulator."""
    from anthropic._streaming import SSEDecoder
    from anthropic.lib.streaming._messages import accumulate_event

    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    for sse in SSEDecoder().iter_bytes(iter([raw])):
        if sse.event not in {"ping", "error"}:
            snapshot = accumulate_event(event=sse.json(), current_snapshot=snapshot, json_bufs=buffers)
    return snapshot


def assert_sdk_agrees(raw: bytes) -> Message:
    """The checker and the SDK read the same message from a stream that is legal."""
    message, theirs = assert_legal(raw), sdk_message(raw)
    assert [block.type for block in theirs.content] == message.kinds
    for ours, block in zip(message.blocks, theirs.content, strict=True):
        for name in ("text", "thinking", "signature", "input", "id", "name"):
            if name in ours and not (name == "input" and ours["type"] == "mcp_tool_use"):
                assert getattr(block, name) == ours[name], name
    assert (theirs.stop_reason, theirs.stop_sequence) == (message.stop_reason, message.stop_sequence)
    assert {name: getattr(theirs.usage, name) or 0 for name in _COUNTS} == {
        name: message.usage.get(name) or 0 for name in _COUNTS
    }
    return message


def _frames(raw: bytes, message: Message) -> list[tuple[str, dict[str, Any]]]:
    text = raw.decode("utf-8", errors="strict")
    assert text.endswith("\n\n"), f"the last event is cut: {text[-60:]!r}"
    frames = []
    for frame in text[:-2].split("\n\n"):
        lines = frame.split("\n")
        fields = [line for line in lines if not line.startswith(":")]
        message.comments += len(lines) - len(fields)
        if fields:
            assert len(fields) == 2, fields
            assert fields[0].startswith("event: "), fields
            assert fields[1].startswith("data: "), fields
            frames.append((fields[0][7:], json.loads(fields[1][6:], parse_constant=_no_constant)))
    return frames


def _no_constant(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    assert abs(number) != float("inf"), f"{digits} is no number that JSON readers agree on"
    return number


def _begin(message: Message, start: dict[str, Any]) -> None:
    assert (start["type"], start["role"], start["content"]) == ("message", "assistant", [])
    assert start["stop_reason"] is None
    assert start["id"]
    assert isinstance(start["model"], str)
    message.id, message.model = start["id"], start["model"]
    _usage(start["usage"], ("input_tokens", "output_tokens"))
    message.usage = dict(start["usage"])


def _usage(usage: dict[str, Any], required: tuple[str, ...]) -> None:
    for name in _COUNTS:
        assert name in usage or name not in required, f"usage without {name}"
        value = usage.get(name)
        assert value is None or (type(value) is int and value >= 0), f"{name} is {value!r}"


def _start(start: dict[str, Any]) -> dict[str, Any]:
    kind = start["type"]
    assert kind, "a block without a type"
    if kind == "text":
        assert start["text"] == ""
    elif kind == "thinking":
        assert (start["thinking"], start["signature"]) == ("", "")
    elif "input_json_delta" in _FITS.get(kind, ()):
        assert start["input"] == {}, "clients build the input from deltas"
    if kind == "tool_use":
        assert re.fullmatch(r"[A-Za-z0-9_-]+", start["id"]), f"the API refuses the id {start['id']!r}"
        assert isinstance(start["name"], str)
    return {**start, "json": ""}


def _grow(block: dict[str, Any], delta: dict[str, Any]) -> None:
    kind = delta["type"]
    assert kind in _FITS.get(block["type"], {kind}), f"{kind} in a block of {block['type']}"
    if kind == "text_delta":
        block["text"] += delta["text"]
    elif kind == "thinking_delta":
        block["thinking"] += delta["thinking"]
    elif kind == "signature_delta":
        block["signature"] = delta["signature"]
    elif kind == "citations_delta":
        block["citations"] = [*(block.get("citations") or []), delta["citation"]]
    elif kind == "input_json_delta":
        assert isinstance(delta["partial_json"], str)
        block["json"] += delta["partial_json"]


def _stop(block: dict[str, Any]) -> None:
    if block["type"] == "text":
        assert block["text"].strip(), "the API refuses a blank text when the client sends it back"
    if "input_json_delta" in _FITS.get(block["type"], ()):
        try:
            block["input"] = json.loads(block["json"] or "{}", parse_constant=_no_constant, parse_float=_finite)
        except (ValueError, AssertionError, RecursionError):
            block["input"] = None
        if not isinstance(block["input"], dict):
            block["input"] = None


def _end(message: Message, data: dict[str, Any]) -> None:
    message.stop_reason, message.stop_sequence = data["delta"]["stop_reason"], data["delta"].get("stop_sequence")
    assert message.stop_reason in _REASONS, message.stop_reason
    assert (message.stop_reason == "stop_sequence") or message.stop_sequence is None
    _usage(data["usage"], ("output_tokens",))
    message.usage |= {name: value for name, value in data["usage"].items() if value is not None}


def _check_calls(message: Message, *, broken_calls: bool) -> None:
    calls = [block for block in message.blocks if block["type"] == "tool_use"]
    assert len({block["id"] for block in calls}) == len(calls), "two calls have one id"
    if message.error is None:
        assert (message.stop_reason == "tool_use") <= bool(calls), "tool_use without a call"
        assert not calls or message.stop_reason not in {"end_turn", "stop_sequence"}, "a call that no client would run"
        if not broken_calls and message.stop_reason != "max_tokens":
            assert all(isinstance(block["input"], dict) for block in calls), "arguments that are not an object"
