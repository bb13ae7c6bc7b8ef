"""Async work that is started, held and ended in one place: `spawn` for tasks, `run` for the outermost call."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_held: set[asyncio.Task[Any]] = set()


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run an async main to its end from synchronous code."""
    return asyncio.run(main)


def spawn(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Start a task and hold it until it ends: a task that nobody holds may be collected half-way."""
    task = asyncio.get_running_loop().create_task(work)
    _held.add(task)
    task.add_done_callback(_held.discard)
    return task
