"""The generators by name, and what they are set up with. A new one is a folder and a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hive_integration.dataset.execution import Executing, Execution
from hive_integration.dataset.offline.generator import Offline
from hive_integration.dataset.parts import Generator
from hive_integration.dataset.teacher.course import Course, Taught
from hive_integration.errors import UsageError

SYSTEM = "You are a coding agent."
"""The prompt that is left when all else is in the weights."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What examples follow from beside their task and the units."""

    system: str = SYSTEM
    """The system message of every conversation."""
    course: Course | None = None
    """The teacher, where there is one."""
    execution: Execution | None = None
    """Real results, where tools were run."""

    @property
    def identity(self) -> str:
        """A text for a part's name: other settings, other parts."""
        said = [self.system, *([self.course.identity] if self.course else []),
                *([f"executed:{self.execution.servers}"] if self.execution else [])]  # fmt: skip
        return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]


GENERATORS: Mapping[str, Callable[[Settings], Generator]] = {
    "offline": lambda settings: _real(Offline(settings.system), settings),
    "teacher": lambda settings: _real(_taught(settings), settings),
}
"""Each takes the settings and is ready."""


def _real(inner: Generator, settings: Settings) -> Generator:
    return Executing(inner, settings.execution) if settings.execution else inner


def _taught(settings: Settings) -> Generator:
    if settings.course is None:
        raise UsageError("no teacher is named", hint="--teacher CARD, or --teacher URL#MODEL")
    return Taught(settings.course)
