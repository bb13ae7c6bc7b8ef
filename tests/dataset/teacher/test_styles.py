"""Facts about styles: enough families, all of them used, each from its task alone."""

from __future__ import annotations

from hive_integration.dataset.parts import Part
from hive_integration.dataset.teacher.styles import REGISTERS, SITUATIONS, style_of
from tests.dataset.teacher.sample import BOOK

PART = Part(next(iter(BOOK.behaviours.values())), 0)


def test_there_are_more_families_than_the_floor_wants() -> None:
    """Sixty are wanted of each behaviour; 256 tasks show them."""
    assert len(REGISTERS) * len(SITUATIONS) >= 90
    assert len({style_of(task).family for task in PART.tasks(0, 256)}) >= 60


def test_a_style_follows_from_its_task() -> None:
    """The same whenever it is asked; two thirds in English."""
    tasks = list(PART.tasks(0, 256))
    assert [style_of(task) for task in tasks] == [style_of(task) for task in tasks]
    english = sum(style_of(task).language == "en" for task in tasks)
    assert 0.5 < english / len(tasks) < 0.8
