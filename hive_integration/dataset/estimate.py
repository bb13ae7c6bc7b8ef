"""How long a compilation will take: a few of its tasks are done, timed and thrown away. Reads the clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from hive_integration.dataset.compile import Planned
from hive_integration.dataset.example import Refusal
from hive_integration.dataset.folder import PARTS
from hive_integration.dataset.gates import refused
from hive_integration.dataset.parts import Part

SAMPLED = 24
TOGETHER = 0.0008
"""Seconds an example for what looks at all of them in one process (`benchmarks/compile.py`)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """`seconds` for `examples`; `there`: the share of behaviours of which some were made before."""

    examples: int
    behaviours: int
    there: float
    seconds: float


def estimated(plan: Planned, folder: Path) -> Estimate:
    """From a sample of tasks, spread over the behaviours."""
    options, chosen = plan.options, plan.chosen
    there = sum(plan.path(Part(each, options.seed), folder / PARTS).exists() for each in chosen) / len(chosen)
    each = _seconds_of_one(plan) if there < 1 else 0.0
    seconds = options.total * (each * (1 - there) / max(options.workers, 1) + TOGETHER)
    return Estimate(options.total, len(chosen), there, seconds)


def _seconds_of_one(plan: Planned) -> float:
    step = max(1, len(plan.chosen) // SAMPLED)
    tasks = [task for each in plan.chosen[::step] for task in Part(each, plan.options.seed).tasks(0, 1)]
    plan.generator.make(tasks[0], plan.book)  # what is prepared once is not part of the pace
    start = time.perf_counter()
    for task in tasks:
        made = plan.generator.make(task, plan.book)
        if not isinstance(made, Refusal):
            refused(made, plan.book, plan.options.limits)
    return (time.perf_counter() - start) / len(tasks)
