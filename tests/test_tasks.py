"""Facts about async work."""

from __future__ import annotations

import asyncio
import gc

from hive_integration.tasks import run, spawn


def test_a_spawned_task_is_held_until_it_ends() -> None:
    """Nobody else holds it, and the collector does not take it."""
    ended: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        ended.append(1)

    async def main() -> None:
        spawn(work())
        gc.collect()
        await asyncio.sleep(0.05)

    run(main())
    assert ended == [1]


def test_run_returns_the_result() -> None:
    """The outermost call gives back what its coroutine returns."""

    async def main() -> int:
        return await spawn(asyncio.sleep(0, 7))

    assert run(main()) == 7
