"""The answer of a Messages upstream, a stream or a body, as events. Bytes in, events out. Pure.

Made for upstreams that only resemble Anthropic's, too: any order is taken for what it can mean, what has no meaning is
named in `ignored`, and the events end in one Finish or one Failure. Blocks of a kind that is not known pass on whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from hive_integration.errors import HiveError
from hive_integration.wire.answer_blocks import Blocks
from hive_integration.wire.events import Event, Failure, Finish, Seen, StopReason, Usage
from hive_integration.wire.failures import read_error
from hive_integration.wire.foreign import count, decode, line, whole
from hive_integration.wire.runs import Made, TextRun
from hive_integration.wire.sse import Intake, events_of, is_stream

CUT = "the upstream's stream was cut before its answer was complete"
_REASONS: Mapping[str, StopReason] = {reason: reason for reason in get_args(StopReason)}
_RUN_OF = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
_RUNS = tuple(f'"{field}":'.encode() for field in _RUN_OF.values())
_COUNTS = {
    "input": "input_tokens", "output": "output_tokens",
    "cache_read": "cache_read_input_tokens", "cache_write": "cache_creation_input_tokens",
}  # fmt: skip


class MessagesStream:
    """`feed` what is read, `close` when the connection has ended. `model` is the name that the upstream gave."""

    __slots__ = ("_blocks", "_counts", "_intake", "_out", "_reason", "_run", "_sequence", "_told",
                 "ended", "model")  # fmt: skip

    def __init__(self) -> None:
        self._intake, self._blocks, self._run = Intake(), Blocks(), TextRun(_RUNS, _text_of)
        self._out: list[Event] = []
        self.ended = False
        self._reason = ""
        self._sequence: str | None = None
        self._counts: dict[str, int] = {}
        self._told = Usage()
        self.model = ""

    @property
    def ignored(self) -> set[str]:
        """Names of what the upstream sent and the events have no place for."""
        return self._blocks.ignored

    def feed(self, data: bytes) -> list[Event]:
        """The events of one read."""
        if self.ended:
            return []
        try:
            block, events = self._intake.read(data)
        except HiveError as error:
            self._fail(Failure("api_error", str(error)))
        else:
            if block and (block := self._run.consume(block, self._event_of_run, self._single)):
                events = events_of(block)
            for name, each in events:
                self._event(name, each)
        return self._taken()

    def close(self) -> list[Event]:
        """The events that the end of the connection brings: what was held, then Finish or Failure."""
        if self.ended:
            return []
        events, body = self._intake.close()
        for name, data in events:
            self._event(name, data, last=True)
        if self._reason:
            self._finish()
        elif body:
            self._message(body)
        else:
            self._fail(Failure("api_error", CUT))
        return self._taken()

    def whole(self, body: bytes) -> list[Event]:
        """The events of a whole message that comes instead of a stream."""
        self._message(body)
        return self._taken()

    def _message(self, body: bytes) -> None:
        try:
            value = decode(body)
        except ValueError as error:
            return self._fail(Failure("api_error", _not_json(body, error)))
        content = value.get("content") if isinstance(value, dict) else None
        if not isinstance(content, list) or value.get("error"):
            if isinstance(value, dict) and value.get("error"):
                return self._fail(read_error(value))
            return self._fail(Failure("api_error", f"the upstream's answer holds no content: {_shown(body)}"))
        self._message_start({"message": value})
        for index, block in enumerate(content):
            if isinstance(block, dict):
                self._blocks.start(index, block)
                self._blocks.stop(index)
            else:
                self.ignored.add("content that is not a block")
        self._message_delta({"delta": value})
        return self._finish()

    def _taken(self) -> list[Event]:
        if not self.ended:
            self._out += self._blocks.take()
            self._tell()
        out, self._out = self._out, []
        return out

    def _event_of_run(self, event: dict[str, Any]) -> None:
        if not self.ended:
            self._block_delta(event)

    def _single(self, event: bytes) -> None:
        for name, data in events_of(event):
            self._event(name, data)

    def _event(self, name: str, data: bytes, *, last: bool = False) -> None:
        """One event. `last`: the connection ended inside of it, so that it may be cut."""
        data = data.strip()
        if self.ended or not data or name == "ping":
            return
        try:
            value = decode(data)
        except ValueError as error:
            if data == b"[DONE]":
                self._finish()
            elif name == "error":
                self._fail(read_error(data.decode("utf-8", errors="replace")))
            elif not last:
                self._fail(Failure("api_error", _not_json(data, error)))
            return
        if not isinstance(value, dict):
            self.ignored.add(f"an event that is {type(value).__name__}")
            return
        kind = value.get("type")
        kind = kind if isinstance(kind, str) and kind else name
        if kind == "error" or (value.get("error") and kind not in _EVENTS):
            self._fail(read_error(value))
        elif kind in _EVENTS:
            _EVENTS[kind](self, value)
        elif kind != "ping":
            self.ignored.add(f"event {line(kind, 60)}")

    def _message_start(self, event: dict[str, Any]) -> None:
        message = event.get("message")
        if isinstance(message, dict):
            if isinstance(message.get("model"), str):
                self.model = whole(message["model"])
            self._count(message.get("usage"))

    def _block_start(self, event: dict[str, Any]) -> None:
        block = event.get("content_block")
        if isinstance(block, dict):
            self._blocks.start(_index(event), block)

    def _block_delta(self, event: dict[str, Any]) -> None:
        delta = event.get("delta")
        if isinstance(delta, dict):
            self._blocks.delta(_index(event), delta)

    def _block_stop(self, event: dict[str, Any]) -> None:
        self._blocks.stop(_index(event))

    def _message_delta(self, event: dict[str, Any]) -> None:
        delta = event.get("delta")
        if isinstance(delta, dict):
            reason, sequence = delta.get("stop_reason"), delta.get("stop_sequence")
            self._reason = reason if isinstance(reason, str) else self._reason
            self._sequence = whole(sequence) if isinstance(sequence, str) else self._sequence
            self._count(delta.get("usage"))
        self._count(event.get("usage"))

    def _message_stop(self, _: dict[str, Any]) -> None:
        self._finish()

    def _finish(self) -> None:
        if self.ended:
            return
        self._blocks.end()
        self._out += self._blocks.take(last=True)
        self._tell()
        reason = _REASONS.get(self._reason)
        if reason is None:
            if self._reason:
                self.ignored.add(f"stop_reason {line(self._reason, 60)}")
            reason = "tool_use" if self._blocks.called else "end_turn"
        self._out.append(Finish(reason, self._sequence if reason == "stop_sequence" else None))
        self.ended = True

    def _fail(self, failure: Failure) -> None:
        if self.ended:
            return
        self._out += self._blocks.take(last=True)
        self._tell()
        self._out.append(failure)
        self.ended = True

    def _count(self, usage: object) -> None:
        """Counts are cumulative, so the greatest of each is the last."""
        if isinstance(usage, dict):
            for name, field in _COUNTS.items():
                if (number := count(usage.get(field))) is not None:
                    self._counts[name] = max(number, self._counts.get(name, 0))

    def _tell(self) -> None:
        usage = Usage(**self._counts)
        if usage != self._told:
            self._told = usage
            self._out.append(Seen(usage))


_EVENTS = {
    "message_start": MessagesStream._message_start, "content_block_start": MessagesStream._block_start,
    "content_block_delta": MessagesStream._block_delta, "content_block_stop": MessagesStream._block_stop,
    "message_delta": MessagesStream._message_delta, "message_stop": MessagesStream._message_stop,
}  # fmt: skip


def read_message(body: bytes) -> list[Event]:
    """The events of a whole message; of a stream, where the upstream sent one instead."""
    stream = MessagesStream()
    if is_stream(body):
        return stream.feed(body) + stream.close()
    return stream.whole(body)


def _text_of(event: bytes) -> Made[dict[str, Any]] | None:
    """The text of an event that is a delta of one text and nothing else; else None."""
    events = events_of(event)
    try:
        value = decode(events[0][1]) if len(events) == 1 else None
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("type") != "content_block_delta":
        return None
    delta = value.get("delta")
    if not isinstance(delta, dict) or len(delta) != 2:
        return None
    kind, index = delta.get("type"), value.get("index")
    field = _RUN_OF.get(kind, "") if isinstance(kind, str) else ""
    text = delta.get(field)
    if not isinstance(text, str) or type(index) is not int:
        return None
    return lambda text: {"index": index, "delta": {"type": kind, field: text}}, text


def _index(event: Mapping[str, Any]) -> int:
    index = event.get("index")
    return index if type(index) is int else 0


def _not_json(data: bytes, error: ValueError) -> str:
    return f"the upstream sent what is not JSON ({line(str(error), 100)}): {_shown(data)}"


def _shown(data: bytes) -> str:
    return line(data[:400].decode("utf-8", errors="replace"), 120)
