"""Keeps silent streams alive: one task looks at all open streams once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hive_integration.gateway.reply import ClientGone
from hive_integration.gateway.sink import StreamSink

SILENCE = 4.0
"""Seconds. Claude Code shows a banner after about 20 without a byte; the promise is never over 5."""
LOOK = 0.5


class Pulse:
    """The open streams, and the task that looks at them."""

    def __init__(self) -> None:
        self._open: set[StreamSink] = set()

    @contextmanager
    def watched(self, sink: StreamSink) -> Iterator[None]:
        """Keep `sink` alive for the length of the block."""
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
                with suppress(ClientGone):
                    await sink.pulse()
