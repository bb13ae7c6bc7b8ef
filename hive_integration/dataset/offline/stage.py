"""All that one example is made with, and what it becomes. A local value of one call of the generator."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from hive_integration.dataset.book import Book
from hive_integration.dataset.offline.requests import Family, Wanted, family_of, request
from hive_integration.dataset.offline.talk import Talk
from hive_integration.dataset.offline.voice import Voice
from hive_integration.dataset.task import Task
from hive_integration.dataset.values.scene import Scene, scene_of
from hive_integration.units.behaviour import Behaviour
from hive_integration.units.check import CheckKind
from hive_integration.units.dialogue import Message


class UnmadeError(Exception):
    """Why no conversation could be made. It never leaves this package."""


@dataclass(slots=True)
class Stage:
    """One example on its way."""

    task: Task
    book: Book
    rng: random.Random
    scene: Scene
    family: Family
    voice: Voice
    talk: Talk
    near: str = ""
    """The tool whose neighbours tempt."""
    declared: list[str] = field(default_factory=list)
    """Tools in play that are not called."""
    negative: bool = False
    rejected: Sequence[Message] = ()

    @property
    def behaviour(self) -> Behaviour:
        """What is to be shown."""
        return self.task.behaviour

    @property
    def forbidden(self) -> frozenset[str]:
        """Tools that must not be called."""
        kind = CheckKind.NOT_CALLED
        return frozenset(tool for check in self.behaviour.checks if check.kind is kind for tool in check.tools)

    @property
    def english(self) -> bool:
        """Whether it is held in English."""
        return self.family.language == "en"

    def ask(self, wanted: Wanted, *, lead: str = "", tail: str = "") -> None:
        """The user's first words, in the family of the task; `lead` and `tail` stand around them."""
        text = request(self.family, wanted, self.scene, self.rng)
        if tail and text[-1:] not in ".!?:;,。？":
            text += "."
        self.talk.user("\n\n".join(filter(None, (lead, f"{text} {tail}" if tail and "\n" not in text else text,
                                                 tail if "\n" in text else ""))))  # fmt: skip

    def wrong(self, *messages: Message) -> None:
        """The wrong way from the last user's message on."""
        self.rejected = messages


def stage_of(task: Task, book: Book, system: str, *, abroad: bool, attempt: int = 0) -> Stage:
    """An empty stage. Another `attempt` draws everything anew, but for the family."""
    rng = task.rng(f"offline {attempt}" if attempt else "offline")
    scene = scene_of(rng)
    family = family_of(task, abroad=abroad)
    return Stage(task, book, rng, scene, family, Voice(family.language, rng, scene), Talk(system, task.key[:6]))
