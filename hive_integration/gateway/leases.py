"""Who uses this gateway: each launcher holds one connection open. A gateway that was started for them ends after them."""

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
        self.held = 0
        self._free_since = clock()

    async def hold(self, reply: Reply) -> None:
        """Until the other side goes."""
        self.held += 1
        try:
            with suppress(ClientGone):
                while True:
                    await asyncio.sleep(BEAT)
                    await reply.write(b"\n")
        finally:
            self.held -= 1
            self._free_since = self._clock()

    async def unused(self, seconds: float) -> None:
        """Wait until nobody has held a lease for so long."""
        while self.held or self._clock() - self._free_since < seconds:
            await asyncio.sleep(min(seconds, BEAT) / 4)
