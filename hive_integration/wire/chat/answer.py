"""The answer of a Chat Completions upstream, a stream or a body, as events. Bytes in, events out. Pure.

Upstreams differ in everything but the rough form; whatever comes, the events end in one Finish or one Failure, and
nothing raises. Many reads hold many small chunks, so these are taken together: runs of text by comparison, the rest in
one decode.
"""

from __future__ import annotations

from hive_integration.errors import HiveError
from hive_integration.wire.chat.chunk import CHUNKS, read_chunk, text_of
from hive_integration.wire.chat.deltas import Deltas
from hive_integration.wire.events import Event, Failure
from hive_integration.wire.failures import read_error
from hive_integration.wire.foreign import NOT_JSON, decode, line
from hive_integration.wire.runs import TextRun
from hive_integration.wire.sse import Intake, events_of, is_stream, payloads

CUT = "the upstream's stream was cut before its answer was complete"
_KEEPALIVES = frozenset({"ping", "heartbeat", "keepalive", "keep-alive"})


class ChatStream:
    """`feed` what is read, `close` when the connection ended. `text_calls`: tool calls stand in the text, in tags."""

    __slots__ = ("_deltas", "_intake", "_run")

    def __init__(self, *, text_calls: bool = False) -> None:
        self._intake, self._deltas = Intake(), Deltas(text_calls=text_calls)
        self._run = TextRun((b'"content":', b'"reasoning_content":', b'"reasoning":', b'"arguments":'), text_of)

    @property
    def ignored(self) -> set[str]:
        """Names of what the upstream sent and the Messages API has no place for."""
        return self._deltas.ignored

    def feed(self, data: bytes) -> list[Event]:
        """The events of one read."""
        if self._deltas.ended:
            return []
        try:
            block, events = self._intake.read(data)
        except HiveError as error:
            self._deltas.fail(Failure("api_error", str(error)))
        else:
            for name, each in self._bulk(block) if block else events:
                self._event(name, each)
        return self._deltas.take()

    def close(self) -> list[Event]:
        """The events that the end of the connection brings: what was held, then Finish or Failure."""
        if self._deltas.ended:
            return []
        events, body = self._intake.close()
        for name, data in events:
            self._event(name, data, last=True)
        if self._deltas.reason:
            self._deltas.finish()
        elif body:
            _read_body(body, self._deltas)
        else:
            self._deltas.fail(Failure("api_error", CUT))
        return self._deltas.take()

    def _bulk(self, block: bytes) -> list[tuple[str, bytes]]:
        """Take the events of a block together; returns those that have to be taken one by one."""
        block = self._run.consume(block, self._deltas.chunk, self._single)
        parts = payloads(block) if block else []
        if parts is None:
            return events_of(block)
        done = [("", parts.pop())] if parts and parts[-1] == b"[DONE]" else []
        try:
            chunks = CHUNKS.decode(b"[" + b",".join(parts) + b"]")
        except NOT_JSON:
            chunks = []
        if len(chunks) != len(parts):
            return [("", part) for part in parts] + done
        for chunk in chunks:
            self._deltas.chunk(chunk)
        return done

    def _single(self, event: bytes) -> None:
        for name, data in events_of(event):
            self._event(name, data)

    def _event(self, name: str, data: bytes, *, last: bool = False) -> None:
        """One event. `last`: the connection ended inside of it, so that it may be cut."""
        data, deltas = data.strip(), self._deltas
        if deltas.ended or not data or name in _KEEPALIVES:
            return
        if data == b"[DONE]":
            deltas.finish()
        elif name == "error":
            deltas.fail(_error(data))
        else:
            try:
                chunk = read_chunk(data, deltas.ignored)
            except ValueError as error:
                if not last:
                    deltas.fail(Failure("api_error", _no_chunk(data, error)))
            else:
                deltas.chunk(chunk)


def read_chat(body: bytes, *, text_calls: bool = False) -> list[Event]:
    """The events of a whole completion; of a stream, where the upstream sent one instead."""
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if is_stream(body):
        stream = ChatStream(text_calls=text_calls)
        return stream.feed(body) + stream.close()
    deltas = Deltas(text_calls=text_calls)
    _read_body(body, deltas)
    return deltas.take()


def _read_body(body: bytes, deltas: Deltas) -> None:
    try:
        chunk = read_chunk(body, deltas.ignored)
    except ValueError as error:
        return deltas.fail(Failure("api_error", _no_chunk(body, error)))
    if not chunk.choices and not chunk.error:
        return deltas.fail(Failure("api_error", f"the upstream's completion has no choices: {_shown(body)}"))
    deltas.chunk(chunk)
    return None if deltas.ended else deltas.finish()


def _error(data: bytes) -> Failure:
    try:
        return read_error(decode(data))
    except ValueError:
        return read_error(data.decode("utf-8", errors="replace"))


def _no_chunk(data: bytes, error: ValueError) -> str:
    return f"the upstream sent what is not a chunk of JSON ({line(str(error), 100)}): {_shown(data)}"


def _shown(data: bytes) -> str:
    return line(data[:400].decode("utf-8", errors="replace"), 120)
