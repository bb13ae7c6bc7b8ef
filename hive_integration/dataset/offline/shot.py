"""One use of a tool as it is planned: what is asked, with which arguments, what would come back. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.offline.purpose import Purpose, purpose_of
from hive_integration.dataset.offline.results import Result, result_of
from hive_integration.dataset.offline.verbs import BY_NAME, READS
from hive_integration.dataset.values.draw import PLAIN, Argument, Drawn, Wish, drawn
from hive_integration.dataset.values.kinds import words_of
from hive_integration.dataset.values.scene import Scene

COMPANIONS = 3
"""Tools that are used beside another one. They follow from the names alone."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A planned call. `parts` are what the user says of it."""

    name: str
    schema: Mapping[str, Any] = field(repr=False)
    purpose: Purpose
    drawn: Drawn
    made: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    """Where arguments are not what the user says: from the values of the parts, the arguments."""
    answer: Callable[[random.Random, Scene], Result] | None = None
    """Where results are of their own kind."""

    @property
    def parts(self) -> Sequence[Argument]:
        """What the user says."""
        return self.drawn.parts

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What is called with."""
        return self.drawn.arguments

    def result(self, rng: random.Random, scene: Scene) -> Result:
        """What comes back."""
        return self.answer(rng, scene) if self.answer else result_of(self.purpose, self.arguments, rng, scene)

    def with_part(self, part: Argument) -> Shot:
        """The same with another value of one argument, or with one more."""
        parts = [part if each.key == part.key else each for each in self.parts]
        if part not in parts:
            parts.append(part)
        values = {each.key: each.value for each in parts}
        arguments = self.made(values) if self.made else {**self.arguments, part.key: part.value}
        return replace(self, drawn=Drawn(arguments, parts))


def shot_of(book: Book, name: str, rng: random.Random, scene: Scene, wish: Wish = PLAIN) -> Shot | None:
    """A use of a tool of the book; None where no arguments were found."""
    entry = book.tools.get(name)
    found = drawn(entry.schema, rng, scene, wish) if entry else None
    if entry is None or found is None:
        return None
    return Shot(name, entry.schema, purpose_of(name, entry.description), found)


def reads(name: str) -> bool:
    """Whether a tool only looks, judged by its name."""
    words = words_of(name.rpartition("__")[2]).split()
    return any(BY_NAME.get(word) in READS for word in words) and not any(
        BY_NAME.get(word, "get") not in READS for word in words[-1:]
    )


def companions(book: Book, name: str) -> Sequence[str]:
    """The nearest tools that only look: what one asks before a call. By their names alone."""
    if name not in book.tools:
        return ()
    own = _group(name)
    return [each for each in book.neighbours(name) if _group(each) == own and reads(each)][:COMPANIONS]


def _group(name: str) -> str:
    head, _, tail = name.rpartition("__")
    return f"{head}__{words_of(tail).partition(' ')[0]}"


def distractors(book: Book, used: Collection[str], rng: random.Random, most: int, near: str = "") -> list[str]:
    """Names of tools that are in play though nobody needs them: some that tempt, some from anywhere."""
    every = tuple(book.tools)
    tempting = [each for each in book.neighbours(near) if each not in used][:6]
    chosen = rng.sample(tempting, min(len(tempting), rng.randrange(0, most + 1)))
    while every and len(chosen) < most and rng.random() < 0.7:
        each = every[rng.randrange(len(every))]
        if each not in used and each not in chosen:
            chosen.append(each)
    return chosen
