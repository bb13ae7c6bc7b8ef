"""Who uses this gateway: each launcher holds a connection open. A gateway that was started for them ends after them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from hive_integration.gateway.reply import ClientGone, Reply

BEAT = 1.0
"""Seconds between the signs of life by which a launcher that was killed is noticed."""


class Leases:
    """Counts the leases that are held. `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ended = asyncio.Event()
        self.held = 0
        self._free_since = clock()

    async def hold(self, reply: Reply) -> None:
        """Until the other side goes, or the gateway ends."""
        self.held += 1
        try:
            with suppress(ClientGone):
                while not self._ended.is_set():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(BEAT):
                            await self._ended.wait()
                    await reply.write(b"\n")
        finally:
            self.held -= 1
            self._free_since = self._clock()

    def end(self) -> None:
        """Let go of every lease: whoever holds one need not be waited for."""
        self._ended.set()

    async def unused(self, seconds: float) -> None:
        """Wait until nobody has held a lease for so long."""
        while self.held or self._clock() - self._free_since < seconds:  # noqa: ASYNC110 - time passes without an event
            await asyncio.sleep(min(seconds, BEAT) / 4)
