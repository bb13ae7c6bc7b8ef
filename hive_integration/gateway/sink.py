"""Where an answer's events go: into a stream that the client reads, or into one body at the end.

Several arms may write into one sink, one after the other; the client sees one message. What has left cannot be taken
back, so an arm that asks again after text has left is muted until it brings a tool call.
"""

# ruff: noqa: D102 - the protocol says what each method does

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from hive_integration.gateway.reply import JSON, Headers, Reply
from hive_integration.wire.answer import Writer, whole_message
from hive_integration.wire.events import Event, Failure, Finish, Seen, Signature, Text, Thinking, ToolCall, Usage
from hive_integration.wire.failures import error_body, status_of

STREAM: Headers = (("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"))
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

    def ask_again(self, *, repeats: bool = False) -> None:
        """Another arm follows: it goes on in the same message. `repeats`: it may say again what has left already."""

    async def hand_over(self) -> None:
        """From here on another writes to the client."""


class StreamSink:
    """A legal Messages stream, from the first event that the client should see."""

    def __init__(self, reply: Reply, writer: Writer, marks: Callable[[], Headers], estimate: Callable[[], int]) -> None:
        self._reply, self._writer, self._marks, self._estimate = reply, writer, marks, estimate
        self._lock, self._clock = asyncio.Lock(), asyncio.get_running_loop().time
        self._muted: list[str] | None = None
        self._over = False
        self.last = self._clock()
        """When the client last got a byte, of the loop's clock."""

    @property
    def said(self) -> str:
        return self._writer.text

    @property
    def open(self) -> bool:
        return self._writer.begun

    async def take(self, events: Sequence[Event]) -> None:
        if self._muted is not None:
            events = _unmuted(events, self._muted)
        async with self._lock:
            if written := self._begun(events) + self._writer.write(events):
                await self._send(written)
                if self._writer.closed:
                    await self._end()

    async def fail(self, failure: Failure) -> None:
        async with self._lock:
            if not self._reply.begun:
                return await answer_failure(self._reply, failure, self._marks())
            await self._send(self._writer.write([failure]))
            return await self._end()

    def ask_again(self, *, repeats: bool = False) -> None:
        self._writer.add_arm()
        self._muted = [] if repeats and self._writer.text else None

    async def hand_over(self) -> None:
        async with self._lock:
            self._over = True

    async def pulse(self) -> None:
        """Break the silence without saying anything; the head leaves if it has not yet."""
        if not self._lock.locked():
            async with self._lock:
                if not self._over:
                    await self._send(PULSE)

    def _begun(self, events: Sequence[Event]) -> bytes:
        """message_start, before the first event that says something: counts alone bind the client to no arm."""
        if self._writer.begun or all(type(event) is Seen for event in events):
            return b""
        self._writer.write([event for event in events if type(event) is Seen])  # better than what is estimated
        return self._writer.begin(Usage(input=self._estimate()))

    async def _send(self, data: bytes) -> None:
        await self._head()
        await self._reply.write(data)
        self.last = self._clock()

    async def _end(self) -> None:
        self._over = True
        await self._reply.end()

    async def _head(self) -> None:
        if not self._reply.begun:
            await self._reply.begin(200, [*STREAM, *self._marks()])


def _unmuted(events: Sequence[Event], held: list[str]) -> list[Event]:
    """Text has left already, which this arm may repeat: hold its words until it is clear that they are needed."""
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

    def ask_again(self, *, repeats: bool = False) -> None:
        seen = Usage()
        for event in self._events:
            if isinstance(event, Seen):
                seen = seen.merged(event.usage)
        self._before = self._before.added(seen)
        self._events.clear()

    async def hand_over(self) -> None:
        """Nothing was said, and nothing will be."""


async def answer_failure(reply: Reply, failure: Failure, marks: Headers) -> None:
    """A failure as the Messages API answers one, before anything else has left."""
    body = error_body(failure)
    wait = [("retry-after", f"{failure.retry_after:.0f}")] if failure.retry_after is not None else []
    await reply.begin(status_of(failure), [*JSON, *wait, *marks], size=len(body))
    await reply.write(body)
    await reply.end()
