"""Test support: stages and examples of the invented book."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Complexity, Example
from hive_integration.dataset.generators import SYSTEM
from hive_integration.dataset.offline.generator import Offline
from hive_integration.dataset.offline.stage import Stage, stage_of
from hive_integration.dataset.task import Task, variants
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from tests.dataset.books import behaviour_of, book

BOOK = book()


def stage_for(
    kind: BehaviourKind, contains: str = "", hard: Complexity = "simple", *, error: bool = False, variant: int = 0
) -> Stage:
    """An empty stage for a behaviour, in English."""
    return stage_of(Task(behaviour_of(BOOK, kind, contains), hard, error, variant), BOOK, SYSTEM, abroad=False)


def made(behaviour: Behaviour, count: int, within: Book = BOOK) -> Iterator[Example]:
    """Its first examples; a refusal fails the test."""
    for task in islice(variants(behaviour, 0), count):
        example = Offline(SYSTEM).make(task, within)
        assert isinstance(example, Example), example
        yield example
