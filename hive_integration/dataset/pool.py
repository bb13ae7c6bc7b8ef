"""Parts made side by side: each worker is a process that reads the units once and ends when we do. Starts processes.

Which worker makes a part, and when, changes nothing of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from pathlib import Path

from hive_integration.dataset.book import Book, read_book
from hive_integration.dataset.gates import Limits
from hive_integration.dataset.generators import GENERATORS, Settings
from hive_integration.dataset.parts import Count, Generator, Part, make_part
from hive_integration.errors import HiveError

AHEAD = 4
"""Parts that wait in front of each worker: none is idle, and little is lost when all is called off."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How parts are made, wherever it is done."""

    units: Path
    generator: str
    settings: Settings
    limits: Limits

    def ready(self) -> Generator:
        """The generator."""
        made: Generator = GENERATORS[self.generator](self.settings)
        return made


@dataclass(frozen=True, slots=True)
class Job:
    """A part of which the first `upto` tasks are wanted."""

    part: Part
    upto: int
    path: Path


Make = Callable[[Sequence[Job]], Iterator[tuple[int, Count]]]
"""Jobs in; (which job, its count) out, in the order in which they get done."""


@contextmanager
def making(recipe: Recipe, book: Book, workers: int) -> Iterator[Make]:
    """What makes parts: here for one worker, in processes for more."""
    if workers <= 1:
        generator = recipe.ready()
        yield lambda jobs: (
            (i, make_part(job.part, job.upto, book, generator, recipe.limits, job.path)) for i, job in enumerate(jobs)
        )
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (recipe,))
    try:
        yield lambda jobs: _spread(pool, jobs, workers * AHEAD)
    except BrokenProcessPool as error:
        raise HiveError(
            "a worker was ended from outside", hint="is there too little memory? --workers 1; what was made is kept"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _spread(pool: ProcessPoolExecutor, jobs: Sequence[Job], ahead: int) -> Iterator[tuple[int, Count]]:
    waiting: dict[Future[Count], int] = {}
    left = iter(enumerate(jobs))
    while True:
        while len(waiting) < ahead and (following := next(left, None)) is not None:
            waiting[pool.submit(_work, following[1])] = following[0]
        if not waiting:
            return
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            yield waiting.pop(future), future.result()


# In a worker.

_held: list[tuple[Book, Generator, Limits]] = []
"""What a worker read once."""


def _begin(recipe: Recipe) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; ours is to be ended by who started us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _held.append((read_book(recipe.units), recipe.ready(), recipe.limits))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _work(job: Job) -> Count:
    book, generator, limits = _held[0]
    return make_part(job.part, job.upto, book, generator, limits, job.path)
