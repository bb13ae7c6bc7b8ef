"""Facts about tasks: what an example follows from."""

from __future__ import annotations

from itertools import islice

from hive_integration.dataset.task import PHASES, PRESETS, Task, cells, share, variants
from hive_integration.units.behaviour import Behaviour, BehaviourKind

TOOL = Behaviour(BehaviourKind.TOOL, "Use store to keep a value.", ("sha256:a",), subject="store")
NO_TOOL = Behaviour(BehaviourKind.NO_TOOL, "No tool tells the weather.", ("sha256:a",), subject="store")
RECOVERY = Behaviour(BehaviourKind.RECOVERY, "Retry once.", ("sha256:a",), subject="store")


def test_every_combination_that_makes_sense_is_asked_for() -> None:
    """Three complexities with and without an error; where nothing is called nothing fails, and recovery needs one."""
    assert len(cells(TOOL)) == 6
    assert {error for _, error in cells(NO_TOOL)} == {False}
    assert {error for _, error in cells(RECOVERY)} == {True}


def test_all_first_variants_come_before_any_second_one() -> None:
    """A small share covers as much as it can; another seed makes others."""
    first = list(islice(variants(TOOL, 7), 12))
    assert [task.variant for task in first] == [0] * 6 + [1] * 6
    assert len({task.key for task in first}) == 12
    assert {task.key for task in islice(variants(TOOL, 8), 12)}.isdisjoint(task.key for task in first)


def test_every_behaviour_gets_the_same_share() -> None:
    """Enough for the total, never less; one behaviour more rarely moves another's."""
    assert share(100, 3) == 34
    assert share(100, 100) == share(100, 101) == 1
    assert share(5, 0) == 0


def test_its_random_numbers_are_its_own() -> None:
    """The same on every machine, and a choice for one purpose moves no choice for another."""
    task = Task(TOOL, "simple", False, 3, 1)
    assert task.rng().random() == Task(TOOL, "simple", False, 3, 1).rng().random()
    drawn = [task.rng(purpose).random() for purpose in ("", "values", "words")]
    assert len(set(drawn)) == 3
    assert list(islice((task.rng().randrange(1000) for _ in range(9)), 2)) == [task.rng().randrange(1000)] * 2


def test_every_phase_has_a_size() -> None:
    """One to five, as in the plan that users know."""
    assert set(PHASES) == set(PRESETS) == {1, 2, 3, 4, 5}
