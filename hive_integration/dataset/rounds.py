"""How many tasks of each behaviour are tried, until there are enough examples or nothing more comes. Composes.

Each round asks for what is still missing. Which tasks are tried follows from how many of the earlier ones passed, and
from nothing that happened to lie in the folder.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from hive_integration.dataset.parts import ROWS, Made, Part, read_part
from hive_integration.dataset.pool import Job, Make
from hive_integration.dataset.task import Task, share
from hive_integration.units.behaviour import Behaviour

SPARE = 0.04
"""More tasks than examples that are wanted, as a share: what only all parts together show takes some."""
MOST = 4
"""Times the wanted number that are tried at most; HOPELESS in all without one that passes."""
HOPELESS = 24
ROUNDS = 6
Progress = Callable[[int, int], None]
"""Called with (tasks done, tasks in all)."""
Ahead = Callable[[Sequence[Task]], None]
"""Called with the tasks of a round before any of them is made: a teacher is asked for all of them at once."""


class Trying:
    """The tasks of a compilation so far."""

    def __init__(
        self, behaviours: Sequence[Behaviour], seed: int, place: Callable[[Part], Path], make: Make,
        progress: Progress, ahead: Ahead | None = None,
    ) -> None:  # fmt: skip
        self.behaviours = behaviours
        self.new, self.touched = 0, 0
        """Tasks that were done only now, and the files that they went to."""
        self._seed, self._place, self._make, self._progress = seed, place, make, progress
        self._ahead = ahead
        self._tried, self._good = [0] * len(behaviours), [0] * len(behaviours)
        self._poor: set[int] = set()
        self._files: dict[tuple[int, int], Path] = {}

    @property
    def total(self) -> int:
        """Tasks in all."""
        return sum(self._tried)

    def until(self, wanted: int) -> None:
        """Try until so many examples pass: as many of each behaviour; where one gives less, the others give more."""
        for _ in range(ROUNDS):
            level = self._level(wanted)
            rich = (i for i in range(len(self.behaviours)) if i not in self._poor)
            asked = {i: upto for i in rich if (upto := self._next(i, level)) > self._tried[i]}
            if not asked:
                return
            self._try(asked)

    def rows(self, i: int) -> Iterator[Made]:
        """The outcomes of a behaviour's tasks, in order."""
        return chain.from_iterable(read_part(job.path, job.upto) for job in self._jobs(i, self._tried[i]))

    def paths(self) -> Sequence[Path]:
        """The files of all parts."""
        return [job.path for i, tried in enumerate(self._tried) for job in self._jobs(i, tried)]

    def _level(self, wanted: int) -> int:
        """Examples of each behaviour that has more to give. Who was found to have no more stays so."""
        while len(self._poor) < len(self.behaviours):
            given = sum(self._good[i] for i in self._poor)
            level = share(max(wanted - given, 0), len(self.behaviours) - len(self._poor))
            more = {i for i in range(len(self.behaviours)) if i not in self._poor and self._is_exhausted(i, level)}
            if not more:
                return level
            self._poor |= more
        return 0

    def _is_exhausted(self, i: int, level: int) -> bool:
        return self._good[i] < level and self._tried[i] >= self._most(i, level)

    def _most(self, i: int, level: int) -> int:
        hopeless = self._tried[i] >= HOPELESS and not self._good[i]
        return self._tried[i] if hopeless else MOST * level + HOPELESS

    def _next(self, i: int, level: int) -> int:
        """Tasks of a behaviour after the next round."""
        missing = level - self._good[i]
        if self._tried[i] and missing <= 0:
            return self._tried[i]
        passing = self._good[i] / self._tried[i] if self._good[i] else 0.25 if self._tried[i] else 1
        return min(self._tried[i] + math.ceil(missing / passing) + int(missing * SPARE), self._most(i, level))

    def _try(self, asked: Mapping[int, int]) -> None:
        jobs = [(i, job) for i, upto in asked.items() for job in self._jobs(i, upto)]
        good = dict.fromkeys(asked, 0)
        total, done = sum(job.upto for _, job in jobs), 0
        if self._ahead is not None:
            self._ahead([task for _, job in jobs for task in job.part.tasks(0, job.upto)])
        self._progress(0, total)
        for number, count in self._make([job for _, job in jobs]):
            i, job = jobs[number]
            good[i] += count.good
            self.new += count.new
            self.touched += count.new > 0
            done += job.upto
            self._progress(done, total)
        for i, upto in asked.items():
            self._tried[i], self._good[i] = upto, good[i]

    def _jobs(self, i: int, upto: int) -> Iterator[Job]:
        for number in range(-(-upto // ROWS)):
            path = self._files.get((i, number))
            part = Part(self.behaviours[i], self._seed, number)
            if path is None:
                path = self._files[i, number] = self._place(part)
            yield Job(part, min(ROWS, upto - number * ROWS), path)
