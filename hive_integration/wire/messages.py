"""A Messages API request as the gateway works on it: every field kept, bytes in, bytes out. Pure.

The audit's view of a body is `request`; this one loses nothing, so that what the gateway does not change leaves as it
came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, TypeVar

import msgspec

from hive_integration.errors import HiveError
from hive_integration.wire.request import mended

Block = Mapping[str, Any]
Declared = Literal["full", "slim", "names", "none"]
"""How a tool is declared upstream: whole; names, types, required; its name; or not at all (calls come as text)."""
T = TypeVar("T")
_NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_HINT = "expected the body of POST /v1/messages"


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """A declared tool. `raw` is its exact JSON; `kind` is empty for a client's tool, else the API's (`web_search_…`).

    Compared by identity: the same bytes are the same object while they are remembered, so it can key a cache.
    """

    name: str
    raw: bytes
    description: str
    schema: Mapping[str, Any]
    kind: str = ""
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `content` as it came: a string, or a list of content blocks.

    `raw` is the message's exact JSON while nothing was changed in it, else None: who changes content sets it to None.
    `more` holds the fields beside role and content.
    """

    role: str
    content: str | Sequence[Block]
    raw: bytes | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> Sequence[Block]:
        """The content as blocks; a string is one text block."""
        return [{"type": "text", "text": self.content}] if isinstance(self.content, str) else self.content


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """A decoded body. `fields` holds every other top-level field, raw.

    `order` is the order in which the fields came, and `came` the exact JSON of system, messages and tools beside what
    was decoded from it: where a request still holds that very value, those bytes are sent again.
    """

    fields: Mapping[str, msgspec.Raw]
    system: Sequence[Block]
    turns: Sequence[Turn]
    tools: Sequence[Tool]
    order: Sequence[str] = ()
    came: Mapping[str, tuple[object, msgspec.Raw]] = field(default_factory=dict)

    def value(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - a JSON value
        """A top-level field, decoded; `default` where there is none. Raises HiveError for a number out of range."""
        raw = self.fields.get(name)
        if raw is None:
            return default
        try:
            return msgspec.json.decode(raw)
        except _NOT_JSON as error:
            raise HiveError(f"{name}: {error}", hint=_HINT) from error

    @property
    def model(self) -> str:
        """The model that the client named."""
        return str(self.value("model", ""))

    @property
    def stream(self) -> bool:
        """Whether the client wants a stream."""
        return self.value("stream", False) is True


def decode_messages(body: bytes) -> MessagesRequest:
    """Decode a body of POST /v1/messages. Raises `HiveError` that names the field which is not as the API has it."""
    try:
        return _decoded(body)
    except _NOT_JSON:
        pass
    try:
        return _decoded(mended(body))  # a client that cuts text in UTF-16 leaves halves of characters
    except _NOT_JSON as error:
        raise HiveError(f"the body is not a JSON object: {error}", hint=_HINT) from error


def _decoded(body: bytes) -> MessagesRequest:
    fields = _FIELDS.decode(body)
    order = tuple(fields)
    raws = {name: fields.pop(name) for name in ("system", "messages", "tools") if name in fields}
    if "messages" not in raws:
        raise HiveError("messages: expected a list of messages, found none", hint=_HINT)
    system = _system(bytes(raws.get("system", b"null")))
    turns = [_turn(raw, i) for i, raw in enumerate(_listed(raws["messages"], "messages"))]
    tools = decode_tools(bytes(raws.get("tools", b"null")))
    values: Mapping[str, object] = {"system": system, "messages": turns, "tools": tools}
    return MessagesRequest(fields, system, turns, tools, order, {name: (values[name], raws[name]) for name in raws})


_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_MESSAGE = msgspec.json.Decoder(dict[str, Any])


def _listed(raw: msgspec.Raw | bytes, where: str) -> list[msgspec.Raw]:
    try:
        return _RAWS.decode(raw)
    except msgspec.ValidationError as error:
        raise _named(where, error) from error


def _named(where: str, error: msgspec.ValidationError) -> HiveError:
    """The error as ours: the field first, then what was expected there and what was found."""
    what, _, path = str(error).partition(" - at `$")
    return HiveError(f"{where}{path.rstrip('`')}: {what[:1].lower()}{what[1:]}", hint=_HINT)


def _recent(decode: Callable[[bytes], T], size: int = 16) -> Callable[[bytes], T]:
    """`decode`, remembering what it made of the last few. A conversation sends the same tools and system at every turn;
    comparing 350 KB takes a fifth of the time of hashing it, so this is no `lru_cache`."""
    kept: list[tuple[bytes, T]] = []

    def remembered(raw: bytes) -> T:
        for i, pair in enumerate(kept):
            if pair[0] == raw:
                if i:
                    kept.insert(0, kept.pop(i))
                return pair[1]
        value = decode(raw)
        kept.insert(0, (raw, value))
        del kept[size:]
        return value

    return remembered


@_recent
def _system(raw: bytes) -> Sequence[Block]:
    value = msgspec.json.decode(raw)
    if isinstance(value, str):
        return ({"type": "text", "text": value},) if value else ()
    return _checked_blocks(value, "system") if value is not None else ()


def _turn(raw: msgspec.Raw, index: int) -> Turn:
    try:
        message = _MESSAGE.decode(raw)
    except msgspec.ValidationError as error:
        raise _named(f"messages.{index}", error) from error
    role, content = message.pop("role", None), message.pop("content", None)
    if not isinstance(role, str):
        raise HiveError(f"messages.{index}.role: expected a string, found {found(role)}", hint=_HINT)
    if not isinstance(content, str):
        content = _checked_blocks(content, f"messages.{index}.content")
    return Turn(role, content, bytes(raw), message)


def _checked_blocks(value: object, where: str) -> list[Block]:
    if not isinstance(value, list):
        raise HiveError(f"{where}: expected a string or a list of blocks, found {found(value)}", hint=_HINT)
    for i, block in enumerate(value):
        if not isinstance(block, dict):
            raise HiveError(f"{where}.{i}: expected a block, found {found(block)}", hint=_HINT)
    return value


def found(value: object) -> str:
    """What a JSON value is, for the end of an error."""
    return _KINDS.get(type(value), "an object")


_KINDS: Mapping[type, str] = {
    type(None): "nothing", bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"
}  # fmt: skip


class _Tool(msgspec.Struct):
    name: str = ""
    description: str | None = None
    input_schema: dict[str, Any] | None = None
    type: str | None = None
    defer_loading: bool | None = None


_TOOL = msgspec.json.Decoder(_Tool)


@_recent
def decode_tools(raw: bytes) -> tuple[Tool, ...]:
    """The tools of a declaration, or of `null`. The same bytes give the same tuple while they are remembered."""
    return () if raw == b"null" else tuple(_named_tool(bytes(each), i) for i, each in enumerate(_listed(raw, "tools")))


def _named_tool(raw: bytes, index: int) -> Tool:
    try:
        tool = _tool(raw)
    except msgspec.ValidationError as error:
        raise _named(f"tools.{index}", error) from error
    if not tool.name and not tool.kind:
        raise HiveError(f"tools.{index}.name: expected a string, found nothing", hint=_HINT)
    return tool


@lru_cache(maxsize=4096)
def _tool(raw: bytes) -> Tool:
    raw.decode()  # what is not looked at now may be later: odd bytes show at once
    tool = _TOOL.decode(raw)
    kind = tool.type if tool.type not in {None, "custom"} and tool.input_schema is None else ""
    return Tool(tool.name, raw, tool.description or "", tool.input_schema or {}, kind or "", bool(tool.defer_loading))


def encode_messages(request: MessagesRequest, **changed: object) -> bytes:
    """The body of a request; `changed` replaces top-level fields (None removes one).

    What was not changed keeps its bytes: a compact body that was only decoded comes out as it went in.
    """
    parts: dict[str, object] = {**request.fields, **_large(request), **changed}
    names = dict.fromkeys((*request.order, *parts))
    return msgspec.json.encode({name: parts[name] for name in names if parts.get(name) is not None})


def _large(request: MessagesRequest) -> Mapping[str, object]:
    """System, messages and tools: the bytes that came where they are still the same value, else encoded anew."""
    new: dict[str, object] = {}
    large: Mapping[str, Sequence[Block | Turn | Tool]] = {
        "system": request.system, "messages": request.turns, "tools": request.tools
    }  # fmt: skip
    for name, value in large.items():
        came = request.came.get(name)
        if came is not None and came[0] is value:
            new[name] = came[1]
        elif value or name == "messages":
            new[name] = [_encoded(each) for each in value]
    return new


def _encoded(part: Block | Turn | Tool) -> object:
    if isinstance(part, Tool):
        return msgspec.Raw(part.raw)
    if not isinstance(part, Turn):
        return part
    return msgspec.Raw(part.raw) if part.raw else {"role": part.role, "content": part.content, **part.more}
