"""Ask one model once, and hand on its answer as events. It waits; what it hands on always ends in Finish or Failure."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hive_integration.errors import UpstreamError
from hive_integration.providers.protocols import PROTOCOLS
from hive_integration.providers.upstream import Answer, Sent, Upstreams
from hive_integration.registry.cards import Card
from hive_integration.wire.events import Event, Failure
from hive_integration.wire.failures import read_failure


async def events_of(upstreams: Upstreams, card: Card, sent: Sent) -> AsyncIterator[list[Event]]:
    """The events of each read, in order."""
    try:
        async with upstreams.ask(card, sent) as answer:
            if answer.status != 200:
                yield [read_failure(answer.status, answer.header("retry-after"), await answer.read())]
            elif "event-stream" in (answer.header("content-type") or ""):
                async for events in _streamed(card, answer):
                    yield events
            else:
                yield PROTOCOLS[card.protocol].whole(await answer.read(), _text_calls(card))
    except UpstreamError as error:
        yield [Failure("timeout_error" if error.timeout else "api_error", str(error), 504 if error.timeout else 502)]


async def _streamed(card: Card, answer: Answer) -> AsyncIterator[list[Event]]:
    reader = PROTOCOLS[card.protocol].stream(_text_calls(card))
    async for chunk in answer.chunks():
        if events := reader.feed(chunk):
            yield events
    yield reader.close()


def _text_calls(card: Card) -> bool:
    return card.prompt.tools == "none"
