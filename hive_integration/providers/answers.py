"""Ask one model once, and hand on its answer as events. It waits; what it hands on always ends in Finish or Failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from hive_integration.errors import UpstreamError
from hive_integration.providers.protocols import PROTOCOLS
from hive_integration.providers.upstream import Answer, Sent, Upstreams
from hive_integration.registry.cards import Card
from hive_integration.settings import now
from hive_integration.wire.events import Event, Failure, Finish
from hive_integration.wire.failures import read_failure

LINGER = 0.2
"""Seconds in which the end of a connection may follow the end of the answer, so that it can be used again."""


async def events_of(upstreams: Upstreams, card: Card, sent: Sent) -> AsyncGenerator[list[Event], None]:
    """The events of each read, in order. Close it (`contextlib.aclosing`) where they are not read to the end."""
    spoken, text_calls = PROTOCOLS[card.protocol], card.prompt.tools == "none"
    try:
        async with upstreams.ask(card, sent) as answer:
            if answer.status != 200:
                wait, body = answer.header("retry-after"), await answer.read()
                yield [read_failure(answer.status, wait, body, now=now().timestamp())]
            elif answer.is_stream:
                reader = spoken.stream(text_calls)
                async for chunk in answer.chunks():
                    if events := reader.feed(chunk):
                        yield events
                        if type(events[-1]) in _LAST:
                            await _rest(answer)
                            return
                yield reader.close()
            elif answer.encoding:
                raise UpstreamError(f"the upstream of {card.id} answered compressed, which it was not asked to")
            else:
                yield spoken.whole(await answer.read(), text_calls)
    except UpstreamError as error:
        yield [failure_of(error)]


def failure_of(error: UpstreamError) -> Failure:
    """An upstream that cannot be reached, or broke off, in the words of the Messages API."""
    kind, status = ("timeout_error", 504) if error.timeout else ("api_error", 502)
    return Failure(kind, str(error), status)


async def _rest(answer: Answer) -> None:
    if answer.ended:
        return
    with suppress(UpstreamError, TimeoutError):
        async with asyncio.timeout(LINGER):
            async for _ in answer.chunks():
                pass


_LAST = (Finish, Failure)
