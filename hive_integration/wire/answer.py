"""Events become a Messages stream that any client accepts. Pure.

What may follow what is a table: an illegal order is a missing key, and what it would have sent never leaves. One block
is open at a time; what comes for another waits. Arms that follow one another write into the same message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Any

from hive_integration.errors import HiveError
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
from hive_integration.wire.failures import error_event
from hive_integration.wire.foreign import encode
from hive_integration.wire.waiting import Waiting, key_of
from hive_integration.wire.whole import whole_message

__all__ = ["NEXT", "State", "Writer", "following", "whole_message"]


class State(Enum):
    """Where a stream is."""

    IDLE = auto()
    OPEN = auto()
    IN_BLOCK = auto()
    ENDING = auto()
    CLOSED = auto()


NEXT: Mapping[State, Mapping[str, State]] = {
    State.IDLE: {"message_start": State.OPEN, "error": State.CLOSED},
    State.OPEN: {"content_block_start": State.IN_BLOCK, "message_delta": State.ENDING, "error": State.CLOSED},
    State.IN_BLOCK: {"content_block_delta": State.IN_BLOCK, "content_block_stop": State.OPEN},
    State.ENDING: {"message_stop": State.CLOSED},
    State.CLOSED: {},
}


def following(state: State, name: str) -> State:
    """The state after an event. Raises HiveError for one that must not leave."""
    try:
        return NEXT[state][name]
    except KeyError:
        expected = " or ".join(NEXT[state]) or "nothing more"
        raise HiveError(f"a stream that is {state.name} cannot go on with {name}: expected {expected}") from None


_FRAMES = {name: f'event: {name}\ndata: {{"type":"{name}"'.encode() for row in NEXT.values() for name in row}
_TEXT, _THINKING = {"type": "text", "text": ""}, {"type": "thinking", "thinking": "", "signature": ""}
_TEXT_DELTA, _JSON_DELTA = b'"text_delta","text":', b'"input_json_delta","partial_json":'
_THINKING_DELTA, _SIGNATURE_DELTA = b'"thinking_delta","thinking":', b'"signature_delta","signature":'
_CITATIONS_DELTA = b'"citations_delta","citation":'
_INPUT_STREAMS = frozenset({"server_tool_use", "mcp_tool_use"})


class Writer:
    """Writes one message, whose `id` and `model` stand in its message_start."""

    __slots__ = (
        "_blank", "_called", "_cut", "_earlier", "_estimate", "_index", "_key", "_kind", "_out", "_said", "_seen",
        "_state", "_waiting", "id", "model",
    )  # fmt: skip

    def __init__(self, id: str, model: str) -> None:
        self.id, self.model = id, model
        self._state, self._out = State.IDLE, list[bytes]()
        self._index, self._kind = -1, ""  # of the open block, or of the last
        self._key: int | None = None  # of the tool call that is open
        self._waiting, self._cut = Waiting(), False
        self._blank: list[str] = []
        self._said: list[str] = []
        self._called = CallIds(id)
        self._estimate = self._earlier = self._seen = Usage()

    @property
    def begun(self) -> bool:
        """Whether message_start, or an error in its place, has left."""
        return self._state is not State.IDLE

    @property
    def closed(self) -> bool:
        """Whether the stream has ended."""
        return self._state is State.CLOSED

    @property
    def text(self) -> str:
        """The text that was written, of all arms."""
        return "".join(self._said)

    @property
    def usage(self) -> Usage:
        """The sum of what the upstreams counted, of all arms."""
        return self._earlier.added(self._seen)

    def begin(self, usage: Usage = Usage()) -> bytes:  # noqa: B008 - an immutable value
        """message_start, once. `usage`: what is known or estimated; it stays where no upstream says better."""
        if self.begun:
            return b""
        self._estimate = usage.merged(self.usage)
        message: dict[str, Any] = {
            "id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage_fields(self._estimate, Usage()),
        }  # fmt: skip
        self._send("message_start", b',"message":' + encode(message))
        return self._taken()

    def write(self, events: Sequence[Event]) -> bytes:
        """The bytes of these events. After the end nothing leaves any more."""
        begin = b""
        for event in events:
            if self._state is State.IDLE and type(event) is not Seen and type(event) is not Failure:
                begin = self.begin()
            if self._state is State.CLOSED:
                break
            try:
                self._event(event)
            except ValueError as error:  # from `encode`, before the event was sent
                self._fail(Failure("api_error", f"the answer cannot be written: {error}"))
        return begin + self._taken()

    def add_arm(self) -> None:
        """Another upstream goes on in this message: its counts are added, its calls are other calls."""
        self._earlier, self._seen = self.usage, Usage()
        self._waiting, self._key = Waiting(), None
        self._cut = self._kind != "text"  # only text can be gone on with by another

    def _taken(self) -> bytes:
        out, self._out = b"".join(self._out), []
        return out

    def _send(self, name: str, fields: bytes) -> None:
        self._state = following(self._state, name)
        self._out += (_FRAMES[name], fields, b"}\n\n")

    def _event(self, event: Event) -> None:
        if self._cut:
            self._stop()
        kind = type(event)
        if self._key is not None and kind not in _NEVER_WAIT and key_of(event) != self._key:
            self._waiting.add(event)
            return
        _WRITE[kind](self, event)
        if kind is ToolEnd:
            self._release()

    def _release(self) -> None:
        """Write what waited, up to a call that is not complete itself."""
        while self._key is None and (events := self._waiting.next()):
            for event in events:
                _WRITE[type(event)](self, event)

    def _start(self, kind: str, block: Mapping[str, Any]) -> None:
        self._stop()
        self._index, self._kind, self._blank = self._index + 1, kind, []
        self._send("content_block_start", b',"index":%d,"content_block":%b' % (self._index, encode(block)))

    def _delta(self, kind: bytes, value: Any) -> None:  # noqa: ANN401 - any JSON value
        fields = b',"index":%d,"delta":{"type":%b%b}' % (self._index, kind, encode(value))
        self._send("content_block_delta", fields)

    def _stop(self) -> None:
        if self._state is State.IN_BLOCK:
            self._send("content_block_stop", b',"index":%d' % self._index)
        self._kind, self._key, self._cut = "", None, False

    def _text(self, event: Text) -> None:
        text = event.text
        if self._kind != "text":
            # The API refuses a text that is blank when the client sends it back, so none is begun.
            if not text or text.isspace():
                self._blank.append(text)
                return
            text = "".join([*self._blank, text])
            self._start("text", _TEXT)
        if text:
            self._said.append(text)
            self._delta(_TEXT_DELTA, text)

    def _thinking(self, event: Thinking) -> None:
        if event.text:
            if self._kind != "thinking":
                self._start("thinking", _THINKING)
            self._delta(_THINKING_DELTA, event.text)

    def _signature(self, event: Signature) -> None:
        if event.signature:
            if self._kind != "thinking":  # its maker does not show what it thought
                self._start("thinking", _THINKING)
            self._delta(_SIGNATURE_DELTA, event.signature)
        if self._kind == "thinking":
            self._stop()

    def _opaque(self, event: Opaque) -> None:
        """Clients begin these kinds empty and build them from deltas; every other kind they take as it starts."""
        block, kind = dict(event.block), event.block.get("type")
        if kind == "text":
            self._start("opaque", block | {"text": "", "citations": []})
            for citation in block.get("citations") or ():
                self._delta(_CITATIONS_DELTA, citation)
            self._said.append(block["text"])
            self._delta(_TEXT_DELTA, block["text"])
        elif kind in _INPUT_STREAMS:
            self._start("opaque", block | {"input": {}})
            self._delta(_JSON_DELTA, encode(block.get("input") or {}).decode())
        else:
            self._start("opaque", block)
        self._stop()

    def _call(self, event: ToolCall) -> None:
        self._tool(event.id, event.name)
        self._delta(_JSON_DELTA, event.arguments or "{}")
        self._stop()

    def _tool(self, id: str, name: str) -> None:
        self._start("tool", {"type": "tool_use", "id": self._called.take(id), "name": name, "input": {}})

    def _tool_start(self, event: ToolStart) -> None:
        if self._key is None:
            self._tool(event.id, event.name)
            self._key = event.key

    def _tool_part(self, event: ToolPart) -> None:
        if self._key is None:
            self._tool_start(ToolStart(event.key, "", ""))
        if event.json:
            self._delta(_JSON_DELTA, event.json)

    def _tool_end(self, _: ToolEnd) -> None:
        if self._key is not None:
            self._stop()

    def _see(self, event: Seen) -> None:
        self._seen = self._seen.merged(event.usage)

    def _finish(self, event: Finish) -> None:
        while self._key is not None:
            self._stop()
            self._release()
        self._stop()
        reason = stop_reason(event, called=bool(self._called))
        delta = {"stop_reason": reason, "stop_sequence": event.sequence if reason == "stop_sequence" else None}
        usage = usage_fields(self.usage, self._estimate)
        self._send("message_delta", b',"delta":' + encode(delta) + b',"usage":' + encode(usage))
        self._send("message_stop", b"")

    def _fail(self, event: Failure) -> None:
        self._stop()
        self._state = following(self._state, "error")
        self._out.append(error_event(event))


_WRITE: Mapping[type, Callable[[Writer, Any], None]] = {
    Text: Writer._text, Thinking: Writer._thinking, Signature: Writer._signature, Opaque: Writer._opaque,
    ToolCall: Writer._call, ToolStart: Writer._tool_start, ToolPart: Writer._tool_part, ToolEnd: Writer._tool_end,
    Seen: Writer._see, Finish: Writer._finish, Failure: Writer._fail,
}  # fmt: skip
_NEVER_WAIT = frozenset({Seen, Finish, Failure})
