"""Facts about rounds: the wanted number, the same share of each, and no task that is not needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hive_integration.dataset.parts import ROWS, Count
from hive_integration.dataset.pool import Job
from hive_integration.dataset.rounds import HOPELESS, MOST, Trying
from hive_integration.dataset.task import Task
from tests.dataset.tiny import tool_line

NAMES = [f"t{i}" for i in range(10)]
BEHAVIOURS = [tool_line(name).behaviours[0] for name in NAMES]


class Fake:
    """Parts that are never made: a rule says which of a behaviour's tasks pass."""

    def __init__(self, passes: Callable[[str, int], bool]) -> None:
        self.passes = passes
        self.upto: dict[tuple[str, int], int] = {}
        self.rounds = 0
        self.asked: list[int] = []

    def make(self, jobs: Sequence[Job]) -> Iterator[tuple[int, Count]]:
        """Last one first: the order does not matter."""
        self.rounds += 1
        for i, job in reversed(list(enumerate(jobs))):
            place = (job.part.behaviour.subject, job.part.number)
            before, self.upto[place] = self.upto.get(place, 0), job.upto
            first = job.part.number * ROWS
            good = sum(self.passes(place[0], n) for n in range(first, first + job.upto))
            yield i, Count(good, max(job.upto - before, 0))

    def trying(self) -> Trying:
        """Over ten behaviours."""
        return Trying(BEHAVIOURS, 0, lambda part: Path(part.behaviour.subject) / str(part.number), self.make,
                      lambda done, of: None, lambda tasks: self.asked.append(len(tasks)))  # fmt: skip

    def good(self) -> int:
        """How many pass in all."""
        return sum(self.passes(name, n) for name in NAMES for n in range(self.tried(name)))

    def tried(self, name: str) -> int:
        """Tasks of one behaviour."""
        return sum(upto for (subject, _), upto in self.upto.items() if subject == name)


def test_where_all_pass_one_round_is_enough() -> None:
    """The share of each, and one in 25 to spare."""
    fake = Fake(lambda name, n: True)
    trying = fake.trying()
    trying.until(1000)
    assert (fake.rounds, trying.total, trying.new, trying.touched) == (1, 1040, 1040, 10)
    trying.until(1000)
    assert fake.rounds == 1


def test_few_are_not_many_times_too_many() -> None:
    """Of a behaviour of which one is wanted, one is tried."""
    fake = Fake(lambda name, n: True)
    fake.trying().until(10)
    assert fake.good() == 10


def test_what_fails_is_made_up_for() -> None:
    """A third of all fail, and there are as many as wanted, and not many more."""
    fake = Fake(lambda name, n: n % 3 > 0)
    fake.trying().until(1000)
    assert 1000 <= fake.good() <= 1150


def test_what_one_lacks_the_others_give() -> None:
    """One has seven in all, one has none: nobody tries them for ever, and the total is reached."""
    fake = Fake(lambda name, n: {"t3": n < 7, "t4": False}.get(name, True))
    fake.trying().until(1000)
    assert fake.good() >= 1000
    assert fake.tried("t4") <= 104 + 2 * HOPELESS
    assert fake.tried("t3") <= MOST * 125 + HOPELESS


def test_where_nothing_passes_it_ends() -> None:
    """After a few tasks of each."""
    fake = Fake(lambda name, n: False)
    trying = fake.trying()
    trying.until(1000)
    assert trying.total <= 10 * (104 + HOPELESS)


def test_a_large_share_is_many_parts() -> None:
    """Each but the last is whole, and all rows are there to read."""
    fake = Fake(lambda name, n: True)
    trying = fake.trying()
    trying.until(8000)
    assert sorted(upto for (name, _), upto in fake.upto.items() if name == "t1") == [64, ROWS, ROWS, ROWS]
    assert len(trying.paths()) == 40


def test_a_round_is_announced_before_it_is_made() -> None:
    """With all its tasks, so that a teacher can be asked for all of them at once."""
    fake = Fake(lambda name, n: n % 2 > 0)
    trying = fake.trying()
    trying.until(100)
    assert len(fake.asked) == fake.rounds > 1
    assert fake.asked[0] == 100


def test_the_tasks_are_those_of_the_parts() -> None:
    """What is announced is what parts make."""
    seen: list[Task] = []
    fake = Fake(lambda name, n: True)
    trying = Trying(
        BEHAVIOURS[:1], 0, lambda part: Path(str(part.number)), fake.make, lambda done, of: None, seen.extend
    )
    trying.until(300)
    assert len({task.key for task in seen}) == len(seen) == 312
