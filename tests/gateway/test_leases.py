"""Who holds a gateway, and when nobody does any more."""

from __future__ import annotations

import asyncio

import pytest

from hive_integration import tasks
from hive_integration.gateway import leases
from hive_integration.gateway.leases import Leases
from hive_integration.gateway.reply import ClientGone


class Line:
    """A connection that breaks after so many beats."""

    begun = True

    def __init__(self, beats: int) -> None:
        self.beats = beats

    async def write(self, data: bytes) -> None:
        """One beat."""
        self.beats -= 1
        if self.beats < 0:
            raise ClientGone


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "BEAT", 0.01)


async def test_a_lease_is_held_until_its_holder_is_gone() -> None:
    """The beat that nobody takes ends it."""
    held = Leases()
    task = tasks.spawn(held.hold(Line(3)))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    assert held.held == 1
    await task
    assert held.held == 0


async def test_the_end_lets_go_of_all() -> None:
    """Every lease returns at once."""
    held = Leases()
    task = tasks.spawn(held.hold(Line(10**9)))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    held.end()
    async with asyncio.timeout(1):
        await task
    assert held.held == 0


async def test_unused_waits_for_the_last_and_the_time_after() -> None:
    """While one is held no time counts."""
    now = 0.0
    held = Leases(lambda: now)
    held.held = 1
    waiting = tasks.spawn(held.unused(5))
    now = 100.0
    await asyncio.sleep(0.02)
    assert not waiting.done()
    held.held, held._free_since = 0, 100.0
    await asyncio.sleep(0.02)
    assert not waiting.done()
    now = 105.0
    async with asyncio.timeout(1):
        await waiting
