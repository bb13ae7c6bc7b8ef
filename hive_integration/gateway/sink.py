"""Where an answer's events go: into a stream that the client reads, or into one body at the end.

Several arms may write into one sink, one after the other; the client sees one message. What has left cannot be taken
back, so an arm that asks again after text has left is muted until it brings a tool call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from hive_integration.gateway.reply import Headers, Reply
from hive_integration.wire.answer import Writer, whole_message
from hive_integration.wire.events import Event, Failure, Finish, Seen, Signature, Text, Thinking, ToolCall, Usage
from hive_integration.wire.failures import error_body, status_of

STREAM: Headers = (("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"))
JSON: Headers = (("content-type", "application/json"),)
PULSE = b": hive-ctx is waiting for the model\n\n"
"""A comment, not a ping event: the client's own watchdog must still see that the model is silent."""


class Sink(Protocol):
    """Takes the events of one answer."""

    @property
    def said(self) -> str:
        """The text that has left already: it cannot be taken back."""

    @property
    def open(self) -> bool:
        """Whether a message has begun to leave, so that only its continuation can follow."""

    async def take(self, events: Sequence[Event]) -> None:
        """More of the answer."""

    async def fail(self, failure: Failure) -> None:
        """There will be no more: say why, and end."""

    def ask_again(self) -> None:
        """Another arm follows: it goes on in the same message."""


class StreamSink:
    """A legal Messages stream, from the first event that the client should see."""

    def __init__(self, reply: Reply, writer: Writer, marks: Callable[[], Headers], estimate: Callable[[], int]) -> None:
        self._reply, self._writer, self._marks, self._estimate = reply, writer, marks, estimate
        self._lock = asyncio.Lock()
        self._muted: list[str] | None = None
        self.last = asyncio.get_running_loop().time()

    @property
    def said(self) -> str:
        return self._writer.text

    @property
    def open(self) -> bool:
        return self._writer.begun

    async def take(self, events: Sequence[Event]) -> None:
        if self._muted is not None:
            events = self._unmuted(events)
        if not events:
            return
        async with self._lock:
            begin = b""
            if not self._writer.begun:
                await self._head()
                begin = self._writer.begin(Usage(input=self._estimate()))
            await self._reply.write(begin + self._writer.write(events))
            self.last = asyncio.get_running_loop().time()
            if self._writer.closed:
                await self._reply.end()

    async def fail(self, failure: Failure) -> None:
        if self._reply.begun:
            async with self._lock:
                await self._reply.write(self._writer.write([failure]))
                await self._reply.end()
        else:
            await answer_failure(self._reply, failure, self._marks())

    def ask_again(self) -> None:
        self._writer.add_arm()
        self._muted = [] if self._writer.text else None

    async def pulse(self) -> None:
        """Break the silence without saying anything; the head leaves if it has not yet."""
        if self._lock.locked() or self._writer.closed:
            return
        async with self._lock:
            await self._head()
            await self._reply.write(PULSE)
            self.last = asyncio.get_running_loop().time()

    async def _head(self) -> None:
        if not self._reply.begun:
            await self._reply.begin(200, [*STREAM, *self._marks()])

    def _unmuted(self, events: Sequence[Event]) -> list[Event]:
        """Text has left already and this arm says it once more: hold its words until it is clear that they are needed."""
        held = self._muted or []
        passed: list[Event] = []
        for event in events:
            if isinstance(event, Text):
                held.append(event.text)
                continue
            if isinstance(event, Thinking | Signature):
                continue
            if isinstance(event, ToolCall):
                held.clear()
            elif isinstance(event, Finish) and held:
                passed.append(Text("\n\n" + "".join(held)))
                held.clear()
            passed.append(event)
        return passed


class WholeSink:
    """One body, sent when the answer is complete. Nothing leaves before, so a new arm begins anew."""

    def __init__(self, reply: Reply, id: str, model: str, marks: Callable[[], Headers]) -> None:
        self._reply, self._id, self._model, self._marks = reply, id, model, marks
        self._events: list[Event] = []
        self._before = Usage()

    said = ""
    open = False

    async def take(self, events: Sequence[Event]) -> None:
        self._events += events
        if events and isinstance(events[-1], Finish):
            body = whole_message(self._events, id=self._id, model=self._model, before=self._before)
            await self._reply.begin(200, [*JSON, *self._marks()], size=len(body))
            await self._reply.write(body)
            await self._reply.end()

    async def fail(self, failure: Failure) -> None:
        await answer_failure(self._reply, failure, self._marks())

    def ask_again(self) -> None:
        seen = Usage()
        for event in self._events:
            if isinstance(event, Seen):
                seen = seen.merged(event.usage)
        self._before = self._before.added(seen)
        self._events.clear()


async def answer_failure(reply: Reply, failure: Failure, marks: Headers) -> None:
    """A failure as the Messages API answers one, before anything else has left."""
    body = error_body(failure)
    wait = [("retry-after", f"{failure.retry_after:.0f}")] if failure.retry_after is not None else []
    await reply.begin(status_of(failure), [*JSON, *wait, *marks], size=len(body))
    await reply.write(body)
    await reply.end()
