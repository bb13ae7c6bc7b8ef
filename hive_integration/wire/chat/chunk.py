"""A chunk of a Chat Completions answer as values: read strictly, which is fast, else with every allowance. Pure.

Whatever an upstream puts where a value of another type belongs, each place is read by itself: what cannot be meant is
named in `ignored` and the rest counts.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from hive_integration.wire.foreign import NOT_JSON, decode, encode, whole
from hive_integration.wire.runs import Made


class Function(msgspec.Struct, gc=False):
    """A call's name and arguments, or a part of them."""

    name: str | None = None
    arguments: str | None = None


class Fragment(msgspec.Struct, gc=False):
    """A part of a tool call."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None


class Delta(msgspec.Struct, gc=False):
    """More of an answer, or all of it."""

    content: str | None = None
    tool_calls: list[Fragment] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    function_call: Function | None = None
    audio: Any = None
    images: Any = None
    annotations: Any = None


class Choice(msgspec.Struct, gc=False):
    """One of the answers; a stream has `delta`, a whole completion has `message`."""

    index: int = 0
    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None
    stop_reason: Any = None
    usage: Any = None


class Chunk(msgspec.Struct, gc=False):
    """One event's data, or a whole completion."""

    choices: list[Choice] | None = None
    usage: Any = None
    error: Any = None


TEXTS = ("content", "reasoning_content", "reasoning")
CHUNK = msgspec.json.Decoder(Chunk)
CHUNKS = msgspec.json.Decoder(list[Chunk])


def read_chunk(data: bytes, ignored: set[str]) -> Chunk:
    """A chunk from JSON text; adds to `ignored` what it names. Raises ValueError, which says what is wrong."""
    try:
        return CHUNK.decode(data)
    except NOT_JSON:
        value = decode(data)
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    choices = [_choice(each, ignored) for each in _dicts(value, "choices", ignored)]
    return Chunk(choices, value.get("usage"), value.get("error"))


def text_of(event: bytes) -> Made[Chunk] | None:
    """The text of an event `data: …` that is a chunk with one text and nothing else; else None."""
    try:
        chunk = CHUNK.decode(event.removeprefix(b"data: "))
        delta = chunk.choices[0].delta if chunk.choices else None
    except NOT_JSON:
        return None
    if delta is None:
        return None
    field = next((each for each in TEXTS if getattr(delta, each) is not None), "")
    call = delta.tool_calls[0] if delta.tool_calls and not field else None
    if call is not None:
        text, make = call.function.arguments if call.function else None, partial(_of_arguments, call.index)
    else:
        text, make = getattr(delta, field, None), partial(_of_text, field)
    return (make, text) if text is not None and make(text) == chunk else None


def _of_text(field: str, text: str) -> Chunk:
    delta = Delta()
    setattr(delta, field, text)
    return Chunk([Choice(delta=delta)])


def _of_arguments(index: int | None, text: str) -> Chunk:
    return Chunk([Choice(delta=Delta(tool_calls=[Fragment(index, None, Function(None, text))]))])


def _choice(value: dict[str, Any], ignored: set[str]) -> Choice:
    index, reason = value.get("index"), value.get("finish_reason")
    return Choice(
        index if type(index) is int else 0,
        _delta(value.get("delta"), ignored),
        _delta(value.get("message"), ignored),
        reason if isinstance(reason, str) else None,
        value.get("stop_reason"),
        value.get("usage"),
    )


def _delta(value: Any, ignored: set[str]) -> Delta | None:  # noqa: ANN401 - any JSON value
    if not isinstance(value, dict):
        return None
    call = value.get("function_call")
    delta = Delta(
        tool_calls=[_fragment(each) for each in _dicts(value, "tool_calls", ignored)],
        function_call=_function(call) if isinstance(call, dict) else None,
        audio=value.get("audio"),
        images=value.get("images"),
        annotations=value.get("annotations"),
    )
    for name in ("reasoning_content", "reasoning", "refusal", "content"):
        _read_text(delta, name, value.get(name), ignored)
    return delta


def _read_text(delta: Delta, name: str, value: Any, ignored: set[str]) -> None:  # noqa: ANN401 - any JSON value
    """Text as a string, as a part, or as a list of parts, some of which are thinking or a refusal."""
    for part in value if isinstance(value, list) else [value]:
        where, text = name, part
        if isinstance(part, dict):
            kind = part.get("type")
            where = {"thinking": "reasoning_content", "reasoning": "reasoning_content", "refusal": "refusal"}.get(
                kind if isinstance(kind, str) else "", name
            )
            text = next((part[key] for key in ("text", "thinking", "refusal", "content") if part.get(key)), None)
        if isinstance(text, list):
            inner = [each.get("text") for each in text if isinstance(each, dict)]
            text = "".join(each for each in inner if isinstance(each, str))
        if isinstance(text, str):
            setattr(delta, where, (getattr(delta, where) or "") + text)
        elif part is not None:
            ignored.add(f"{name}: {part.get('type') if isinstance(part, dict) else type(part).__name__}"[:80])


def _fragment(value: dict[str, Any]) -> Fragment:
    index, id, function = value.get("index"), value.get("id"), value.get("function")
    return Fragment(
        index if type(index) is int else None,
        whole(id) if isinstance(id, str) else str(id) if isinstance(id, int) else None,
        _function(function if isinstance(function, dict) else value),
    )


def _function(value: dict[str, Any]) -> Function:
    name, arguments = value.get("name"), value.get("arguments")
    if arguments is not None and not isinstance(arguments, str):
        arguments = encode(arguments).decode()
    return Function(whole(name) if isinstance(name, str) else None, arguments)


def _dicts(value: dict[str, Any], name: str, ignored: set[str]) -> list[dict[str, Any]]:
    """The objects of a list, or the one that stands where a list should."""
    found = value.get(name)
    items = found if isinstance(found, list) else [] if found is None else [found]
    dicts = [each for each in items if isinstance(each, dict)]
    if len(dicts) < len(items):
        ignored.add(name)
    return dicts
