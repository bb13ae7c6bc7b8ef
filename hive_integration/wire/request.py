"""A recorded request body, of either protocol, as one neutral value. Pure.

Tools keep their exact wire text: `raw` is the slice of the body, so that counting it counts the wire. Anthropic
Messages, OpenAI Chat Completions and OpenAI Responses are told apart by their own fields, never by a file name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from hive_integration.errors import HiveError

Protocol = Literal["anthropic-messages", "openai-chat", "openai-responses"]
T = TypeVar("T")
MAX_BODY = 64 * 1024 * 1024
"""Bytes. The Messages API itself takes 32 MB."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A declared tool. `raw` is its JSON text on the wire; `deferred` ones are not in the model's window."""

    name: str
    raw: str
    schema: Mapping[str, Any]
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One content block. `text` is empty for a block that holds no text (an image)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message; a system prompt outside the messages is not one."""

    role: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Request:
    """What one request body says."""

    protocol: Protocol
    model: str
    system: Sequence[str]
    tools: Sequence[ToolSpec]
    messages: Sequence[Message]


class _Body(msgspec.Struct):
    model: Any = ""
    system: Any = None
    instructions: Any = None
    messages: Any = None
    input: Any = None
    tools: list[msgspec.Raw] | None = None


def mangled(name: str) -> str:
    """A server's or tool's name as the client writes it: what is no ASCII letter, digit, `_` or `-` becomes `_`, one
    for each UTF-16 unit."""
    return re.sub("[^a-zA-Z0-9_-]", lambda match: "__" if ord(match[0]) > 0xFFFF else "_", name)


def decode_request(body: bytes) -> Request:
    """Decode a request body. Raises `HiveError` with one line where it is not one."""
    if len(body) > MAX_BODY:
        raise HiveError(f"the request is larger than {MAX_BODY / 1e6:.0f} MB, the most that is read")
    parsed = _parsed(body.removeprefix(b"\xef\xbb\xbf"))
    if isinstance(parsed.messages, list):
        tools = [_tool(bytes(raw)) for raw in parsed.tools or ()]
        return _with_messages(parsed, tools)
    if parsed.input is not None:
        return Request(
            "openai-responses",
            _word(parsed.model),
            _texts(parsed.instructions),
            [_tool(bytes(raw)) for raw in parsed.tools or ()],
            _responses_input(parsed.input),
        )
    raise HiveError("the request has neither `messages` nor `input`", hint=_EXPECTED)


def _parsed(body: bytes) -> _Body:
    try:
        return _decoded(body, _Body)
    except _NOT_JSON as error:
        raise HiveError(f"the request is not JSON of a known shape: {error}", hint=_EXPECTED) from error


def _decoded(raw: bytes, kind: type[T]) -> T:
    """`raw` as it is, else mended: bad text is no reason to refuse good JSON."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except _NOT_JSON:
        return msgspec.json.decode(mended(raw), type=kind)


_NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def mended(body: bytes) -> bytes:
    """Odd bytes and halves of surrogate pairs (a client that cuts text in UTF-16 leaves them) become U+FFFD."""
    return _LONE_SURROGATE.sub(rb"\1\\ufffd", body.decode("utf-8", errors="replace").encode())


_LONE_SURROGATE = re.compile(
    rb"(?<!\\)((?:\\\\)*)"  # an even number of backslashes before: the escape is real
    rb"(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_EXPECTED = "expected the body of POST /v1/messages, /v1/chat/completions or /v1/responses"


def _with_messages(parsed: _Body, tools: Sequence[ToolSpec]) -> Request:
    messages = [_message(message) for message in parsed.messages]
    anthropic = parsed.system is not None or not any('"function"' in tool.raw[:200] for tool in tools)
    if anthropic and not (parsed.system is None and messages and messages[0].role in {"system", "developer"}):
        return Request("anthropic-messages", _word(parsed.model), _texts(parsed.system), tools, messages)
    leading = 0
    while leading < len(messages) and messages[leading].role in {"system", "developer"}:
        leading += 1
    system = [block.text for message in messages[:leading] for block in message.blocks if block.text]
    return Request("openai-chat", _word(parsed.model), system, tools, messages[leading:])


def _tool(raw: bytes) -> ToolSpec:
    text = raw.decode("utf-8", errors="replace")
    try:
        value = _decoded(raw, dict[str, Any])
    except _NOT_JSON:
        return ToolSpec("(not a tool)", text, {})
    inner = value["function"] if isinstance(value.get("function"), dict) else value
    schema = inner.get("input_schema") or inner.get("parameters") or {}
    name = _word(inner.get("name")) or _word(value.get("type")) or "(unnamed)"
    return ToolSpec(name, text, schema if isinstance(schema, dict) else {}, deferred=value.get("defer_loading") is True)


def _message(value: object) -> Message:
    if not isinstance(value, dict):
        return Message("unknown", ())
    return Message(_word(value.get("role")) or "unknown", _blocks(value.get("content")))


def _responses_input(value: object) -> list[Message]:
    if isinstance(value, str):
        return [Message("user", (Block("text", value),))]
    return [_message(item) for item in value] if isinstance(value, list) else []


def _blocks(content: object) -> list[Block]:
    if isinstance(content, str):
        return [Block("text", content)]
    if not isinstance(content, list):
        return []
    return [_block(item) for item in content]


def _block(value: object) -> Block:
    if isinstance(value, str):
        return Block("text", value)
    if not isinstance(value, dict):
        return Block("unknown", "")
    kind = _word(value.get("type")) or "unknown"
    text = value.get("text")
    if isinstance(text, str):
        return Block("text" if kind in {"input_text", "output_text"} else kind, text)
    if kind == "tool_result":
        return Block(kind, "\n".join(block.text for block in _blocks(value.get("content"))))
    return Block(kind, "")


def _word(value: object) -> str:
    """`value` where it is text. Anything else names nothing, and may be nested too deeply to write out."""
    return value if isinstance(value, str) else ""


def _texts(system: object) -> list[str]:
    return [block.text for block in _blocks(system) if block.text]
