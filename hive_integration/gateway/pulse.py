"""Keeps silent streams alive: one task looks at all open streams twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hive_integration import tasks
from hive_integration.gateway.reply import ClientGone
from hive_integration.gateway.sink import Sink, StreamSink

SILENCE = 4.0
"""Seconds. Claude Code shows a banner after about 20 without a byte; the promise is never over 5."""
LOOK = 0.5


class Pulse:
    """The open streams, and the task that looks at them."""

    def __init__(self) -> None:
        self._open: set[StreamSink] = set()

    @contextmanager
    def watched(self, sink: Sink) -> Iterator[None]:
        """Keep `sink` alive for the length of the block, if it is a stream: a whole body has nothing to say before."""
        if isinstance(sink, StreamSink):
            self._open.add(sink)
        try:
            yield
        finally:
            self._open.discard(sink)

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK)
            before = loop.time() - SILENCE
            for sink in [sink for sink in self._open if sink.last < before]:
                tasks.spawn(_pulse(sink))  # apart: a client that does not read holds up its own stream only


async def _pulse(sink: StreamSink) -> None:
    with suppress(ClientGone):  # its own request finds out
        await sink.pulse()
