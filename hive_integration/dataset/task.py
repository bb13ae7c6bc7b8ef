"""What is to be made: one behaviour, how hard, with an error or without, which variant. Pure.

Everything about an example follows from its task and from the units that it names. So the same task gives the same
bytes with one worker or ten, on any machine, and whatever else is compiled.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from hive_integration.dataset.example import COMPLEXITIES, Complexity
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.unit import Level

PHASES = {
    1: (Level.CORE,), 2: (Level.METHODOLOGIES,), 3: (Level.TOOLS,), 4: (Level.AGENTS,), 5: tuple(Level),
}  # fmt: skip
"""Which levels a phase of the curriculum takes: system prompt, methodologies, tools, agents, all."""
PRESETS = {1: 300, 2: 3_000, 3: 20_000, 4: 20_000, 5: 130_000}
"""How many examples a phase makes unless told otherwise: within the ranges of the plan that users know, and in the last
one enough for 60 families of phrasing of each behaviour of a large framework."""
_CELLS = tuple((complexity, error) for complexity in COMPLEXITIES for error in (False, True))
_ERRORLESS = (BehaviourKind.NO_TOOL, BehaviourKind.FORMAT)
"""Kinds in which no tool is called, so that none can fail."""
_ALWAYS_ERROR = (BehaviourKind.RECOVERY,)


@dataclass(frozen=True, slots=True)
class Task:
    """One example to make."""

    behaviour: Behaviour
    complexity: Complexity
    error_case: bool
    variant: int
    seed: int = 0

    @property
    def key(self) -> str:
        """24 hex digits that stand for it."""
        said = f"{self.seed}\0{self.behaviour.id}\0{self.complexity}\0{self.error_case}\0{self.variant}"
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    def rng(self, purpose: str = "") -> random.Random:
        """Random numbers of its own; another `purpose` draws others, so that a choice more moves no other choice."""
        return random.Random(f"{self.key}\0{purpose}")  # noqa: S311 - variety, not secrecy


def cells(behaviour: Behaviour) -> Sequence[tuple[Complexity, bool]]:
    """The combinations of complexity and error case that make sense for a behaviour."""
    if behaviour.kind in _ERRORLESS:
        return [cell for cell in _CELLS if not cell[1]]
    if behaviour.kind in _ALWAYS_ERROR:
        return [cell for cell in _CELLS if cell[1]]
    return _CELLS


def variants(behaviour: Behaviour, seed: int) -> Iterator[Task]:
    """The tasks of a behaviour, without end: the first variant of every cell, then the second of each."""
    own = cells(behaviour)
    for i in count():
        variant, cell = divmod(i, len(own))
        yield Task(behaviour, *own[cell], variant, seed)


def share(total: int, behaviours: int) -> int:
    """How many examples each behaviour gets so that there are `total`: the same for all, so one more moves no other."""
    return -(-total // behaviours) if behaviours else 0
