"""Real results on disk, and the generator that puts them into another one's examples. Who runs tools is given.

One file a behaviour, by the key of the task; what is there is not run again. So examples with real results are made as
any others are, by any worker. Reads and writes files.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.executed import Outcome, Run, as_json, bound, from_json, replayed, to_run
from hive_integration.dataset.parts import Generator
from hive_integration.dataset.task import Task
from hive_integration.files import atomic_write, read_text
from hive_integration.units.behaviour import Behaviour

_LARGEST = 256 * 1024 * 1024
Use = Callable[[str, Mapping[str, Any]], Awaitable[Outcome | None]]
"""Calls a tool by its name in the units; None where nobody knows what came of it (no time left, the server is gone)."""


@dataclass(frozen=True, slots=True)
class Execution:
    """Where results are kept, and 16 hex digits over the servers that gave them."""

    folder: Path
    servers: str


@dataclass(slots=True)
class Tally:
    """What was run: examples, calls, and how many failed; examples whose result nobody knows."""

    examples: int = 0
    calls: int = 0
    failed: int = 0
    dropped: int = 0


class Executing:
    """The generator: another one's examples, with the real results that are kept for them."""

    def __init__(self, inner: Generator, execution: Execution) -> None:
        self.inner, self._folder = inner, execution.folder
        self.name = f"{inner.name}+executed"
        self._behaviour, self._known = "", dict[str, Any]()

    def cannot(self, behaviour: Behaviour, book: Book) -> str:
        """As the other one says."""
        return self.inner.cannot(behaviour, book)

    def make(self, task: Task, book: Book) -> Example | Refusal:
        """The example; with real results where there are some, refused where they were lost."""
        example = self.inner.make(task, book)
        if isinstance(example, Refusal):
            return example
        if task.behaviour.id != self._behaviour:
            self._behaviour, self._known = task.behaviour.id, read_results(self._folder, task.behaviour)
        rows = self._known.get(task.key)
        if rows is None:
            return example
        if rows == []:
            return Refusal(task.key, "its tools were run and gave no result in time")
        try:
            return replayed(example, from_json(rows))
        except (ValueError, TypeError, KeyError):
            return Refusal(task.key, "its real results are damaged")


@dataclass(frozen=True, slots=True)
class Bench:
    """What tools are run on: those at hand by name, how one is used, where results go, and the count."""

    tools: Mapping[str, object]
    use: Use
    folder: Path
    tally: Tally


async def run_tasks(tasks: Sequence[Task], book: Book, inner: Generator, bench: Bench) -> None:
    """Run the calls of these tasks of one behaviour, in order, and keep what came of them."""
    behaviour, tally, folder, tools = tasks[0].behaviour, bench.tally, bench.folder, bench.tools
    known = read_results(folder, behaviour)
    for task in tasks:
        example = inner.make(task, book) if task.key not in known else None
        if not isinstance(example, Example) or not to_run(example, tools):
            continue
        runs = await _run(example, bench)
        tally.examples += 1
        tally.dropped += not runs
        known[task.key] = as_json(runs)
    atomic_write(folder / f"{behaviour.id}.json", json.dumps(known, ensure_ascii=False), mode=0o600)


async def _run(example: Example, bench: Bench) -> Sequence[Run]:
    """The runs up to the end or the first failure; none where an outcome is not known."""
    runs: list[Run] = []
    for call in to_run(example, bench.tools):
        arguments = bound(call, example, runs)
        outcome = await bench.use(call.name, arguments)
        bench.tally.calls += 1
        if outcome is None:
            return []
        runs.append(Run(call.id, arguments, outcome))
        if outcome.failed:
            bench.tally.failed += 1
            break
    return runs


def read_results(folder: Path, behaviour: Behaviour) -> dict[str, Any]:
    """What is kept for a behaviour: by task, rows of runs; nothing where the file is not there or damaged."""
    try:
        value = json.loads(read_text(folder / f"{behaviour.id}.json", limit=_LARGEST).text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
