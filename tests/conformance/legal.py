"""Is this a legal stream of the Messages API, and what does it say? An independent reading of the documentation.

It shares no code with any gateway: the order of events as a table, the shape of each event, and an accumulator that
does what clients do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STOP_REASONS = {
    "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded",
}  # fmt: skip
ERRORS = {
    "invalid_request_error", "authentication_error", "billing_error", "permission_error", "not_found_error",
    "request_too_large", "rate_limit_error", "api_error", "timeout_error", "overloaded_error",
}  # fmt: skip
NEXT: Mapping[str, Mapping[str, str]] = {
    "begin": {"message_start": "open"},
    "open": {"content_block_start": "block", "message_delta": "ending"},
    "block": {"content_block_delta": "block", "content_block_stop": "open"},
    "ending": {"message_delta": "ending", "message_stop": "end"},
    "end": {},
}
"""State -> event -> state. `ping` may stand anywhere before the end, `error` ends everything."""
DELTAS = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("thinking", "signature"),
    "input_json_delta": ("tool_use", "partial_json"),
}
"""Type of a delta -> the block it belongs to, and its field."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event; `data` is an object."""

    name: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Told:
    """What a stream said, and in which ways it was not legal."""

    problems: list[str] = field(default_factory=list)
    message: dict[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    ended: bool = False
    """Whether `message_stop` came."""


def events(body: bytes) -> tuple[list[Event], list[str]]:
    """The events of a body, and what was wrong with its framing. Comments are passed over, as the standard has it."""
    found: list[Event] = []
    problems: list[str] = []
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return [], [f"the stream is not UTF-8 at byte {error.start}"]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    blocks = text.split("\n\n")
    if blocks[-1].strip():
        problems.append(f"the stream ends inside an event: {blocks[-1][:80]!r}")
    for block in blocks[:-1]:
        fields: dict[str, list[str]] = {"event": [], "data": []}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if name in fields:
                fields[name].append(value.removeprefix(" "))
            elif name not in {"", "id", "retry"}:
                problems.append(f"a line that is no field: {line[:80]!r}")
        if fields["data"]:
            _event(fields, found, problems)
    return found, problems


def _event(fields: Mapping[str, list[str]], found: list[Event], problems: list[str]) -> None:
    data = "\n".join(fields["data"])
    try:
        value = json.loads(data)
    except ValueError:
        problems.append(f"data that is not JSON: {data[:80]!r}")
        return
    if not isinstance(value, dict):
        problems.append(f"data that is no object: {data[:80]!r}")
        return
    name = fields["event"][-1] if fields["event"] else ""
    if name != value.get("type"):
        problems.append(f"an event named {name!r} of type {value.get('type')!r}")
    found.append(Event(name, value))


def told(body: bytes) -> Told:
    """Read a whole stream."""
    found, problems = events(body)
    result = Told(problems)
    state = "begin"
    partial: dict[int, str] = {}
    for event in found:
        kind = str(event.data.get("type"))
        if kind == "ping" and state != "end":
            continue
        if kind == "error" and state != "end":
            result.error = event.data
            state = "end"
            continue
        if kind not in NEXT[state]:
            result.problems.append(f"{kind} where {' or '.join(NEXT[state]) or 'nothing'} was expected")
            continue
        state = NEXT[state][kind]
        _take(kind, event.data, result, partial)
    result.ended = state == "end" and result.error is None
    if not result.ended and result.error is None:
        result.problems.append("the stream ends without message_stop or an error")
    return result


def _take(kind: str, data: Mapping[str, Any], result: Told, partial: dict[int, str]) -> None:
    message = result.message
    if kind == "message_start":
        result.message = dict(data.get("message") or {})
        result.problems += _start_problems(result.message)
        result.message["content"] = []
    elif kind == "content_block_start":
        if data.get("index") != len(message["content"]):
            result.problems.append(f"block {len(message['content'])} has index {data.get('index')!r}")
        message["content"].append(dict(data.get("content_block") or {}))
        partial[len(message["content"]) - 1] = ""
    elif kind == "content_block_delta":
        _delta(data, result, partial)
    elif kind == "content_block_stop":
        _stop(data, result, partial)
    elif kind == "message_delta":
        delta = data.get("delta") or {}
        message.update({name: value for name, value in delta.items() if value is not None})
        usage = data.get("usage") or {}
        message["usage"] = {**(message.get("usage") or {}), **{k: v for k, v in usage.items() if v is not None}}
        if not isinstance(usage.get("output_tokens"), int):
            result.problems.append("message_delta without usage.output_tokens")
        if message.get("stop_reason") not in STOP_REASONS:
            result.problems.append(f"stop_reason {message.get('stop_reason')!r}")


def _start_problems(message: Mapping[str, Any]) -> list[str]:
    usage = message.get("usage") or {}
    expected = {"type": "message", "role": "assistant", "content": []}
    wrong = [
        f"message_start.{name} is {message.get(name)!r}"
        for name, value in expected.items()
        if message.get(name) != value
    ]
    wrong += [
        f"message_start.{name} is {message.get(name)!r}" for name in ("id", "model") if not _text(message.get(name))
    ]
    wrong += [f"message_start.usage.{name} is {usage.get(name)!r}" for name in ("input_tokens", "output_tokens")
              if not isinstance(usage.get(name), int)]  # fmt: skip
    return wrong


def _text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _delta(data: Mapping[str, Any], result: Told, partial: dict[int, str]) -> None:
    content = result.message["content"]
    index, delta = data.get("index"), data.get("delta") or {}
    if index != len(content) - 1:
        result.problems.append(f"a delta for block {index!r} while {len(content) - 1} is open")
        return
    block = content[-1]
    kind, name = DELTAS.get(str(delta.get("type")), ("", ""))
    if not kind:
        return  # a delta that is not known yet: clients pass over it
    if block.get("type") not in {kind, "server_tool_use" if kind == "tool_use" else kind}:
        result.problems.append(f"{delta['type']} in a block of type {block.get('type')!r}")
    elif not isinstance(delta.get(name), str):
        result.problems.append(f"{delta['type']}.{name} is {delta.get(name)!r}")
    elif name == "partial_json":
        partial[index] += delta[name]
    else:
        block[name] = (block.get(name) or "") + delta[name]


def _stop(data: Mapping[str, Any], result: Told, partial: dict[int, str]) -> None:
    content: Sequence[dict[str, Any]] = result.message["content"]
    if data.get("index") != len(content) - 1:
        result.problems.append(f"block {data.get('index')!r} stops while {len(content) - 1} is open")
    block = content[-1]
    if block.get("type") != "tool_use":
        return
    result.problems += [
        f"tool_use.{name} is {block.get(name)!r}" for name in ("id", "name") if not _text(block.get(name))
    ]
    text = partial[len(content) - 1]
    try:
        value = json.loads(text) if text else (block.get("input") or {})
    except ValueError:
        result.problems.append(f"tool_use.input is not JSON: {text[:80]!r}")
        value = text
    if not isinstance(value, dict):
        result.problems.append(f"tool_use.input is no object: {str(value)[:80]!r}")
    block["input"] = value
