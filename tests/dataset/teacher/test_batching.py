"""Facts about lessons in batches: what goes in, what is taken up, and what a cap leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hive_integration.dataset.teacher.answers import Ledger
from hive_integration.dataset.teacher.batching import Batching, Note
from hive_integration.dataset.teacher.bill import Bill
from hive_integration.dataset.teacher.budget import Purse
from hive_integration.dataset.teacher.course import Asks, Course, Taught
from hive_integration.dataset.teacher.lessons import waiting, worst_of
from hive_integration.errors import UpstreamError
from hive_integration.providers.teaching import Question, Reply
from tests.dataset.teacher.sample import BOOK, HAND, written
from tests.dataset.teacher.test_course import CARD
from tests.dataset.teacher.test_lessons import RATES, TASKS, USAGE


class Provider:
    """Batches in memory: what was handed in, answered by a function of the key's place."""

    def __init__(self, answer: Callable[[int], str] | None = None) -> None:
        self.handed: list[Mapping[str, Question]] = []
        self.answer = answer
        self.refuse = ""

    async def submit(self, questions: Mapping[str, Question]) -> str:
        """Hand in."""
        if self.refuse:
            raise UpstreamError(self.refuse)
        self.handed.append(questions)
        return str(len(self.handed) - 1)

    async def found(self, keys: Sequence[str], since: str) -> str:
        """Look for one."""
        return next((str(i) for i, each in enumerate(self.handed) if set(each) == set(keys)), "")

    async def ended(self, batch: str, progress: object) -> None:
        """It is."""

    async def outcomes(self, batch: str) -> Mapping[str, Any]:
        """Answers."""
        found: dict[str, Any] = {}
        for i, (key, question) in enumerate(self.handed[int(batch)].items()):
            why = self.answer(i) if self.answer else ""
            found[key] = why or Reply(written(question.turns[0]), USAGE)
        return found


def batching(folder: Path, provider: Provider, limit: int | None = None) -> Batching:
    """Lessons at a provider."""
    taught = Taught(Course(CARD, folder / "answers", HAND))
    return Batching(taught, Ledger(folder / "ledger"), Bill(Purse(limit), RATES), provider)  # type: ignore[arg-type]


async def test_all_that_waits_goes_in_one_batch(tmp_path: Path) -> None:
    """Each answer is kept and counted; no note is left."""
    made = batching(tmp_path, provider := Provider())
    await made.ahead(TASKS, BOOK)
    assert len(provider.handed) == 1
    assert not any(isinstance(made.taught.state(task, BOOK), Asks) for task in TASKS)
    assert made.bill.purse.spent == made.bill.answered * (1000 * 10**6 + 100 * 10**7)
    assert made.bill.purse.out == 0
    assert made.ledger.total(made.taught.answers) == (made.bill.purse.spent, 0)
    assert not list(made.folder.iterdir())


async def test_what_fails_in_a_batch_costs_nothing_and_is_not_asked_again(tmp_path: Path) -> None:
    """Its reason is told."""
    made = batching(tmp_path, provider := Provider(lambda i: "expired" if i % 2 else ""))
    await made.ahead(TASKS, BOOK)
    assert set(made.bill.unanswered.values()) == {"expired"}
    assert len(provider.handed) == 1


async def test_a_cap_leaves_out_what_it_has_no_room_for(tmp_path: Path) -> None:
    """Batch after batch within the room that is left, and then no more."""
    probe = batching(tmp_path / "x", Provider())
    worst = max(worst_of(each, probe.taught, probe.bill) for each in waiting(TASKS, BOOK, probe.taught, probe.bill))
    made = batching(tmp_path, provider := Provider(), limit=worst + 10**10)
    await made.ahead(TASKS, BOOK)
    assert made.bill.stopped
    assert made.bill.purse.spent <= worst + 10**10
    assert sum(len(each) for each in provider.handed) == made.bill.answered > 3


async def test_a_batch_of_an_earlier_run_is_taken_up(tmp_path: Path) -> None:
    """With its id, or found at the provider without; what never arrived is forgotten and handed in."""
    provider = Provider()
    for known in ("0", ""):
        folder = tmp_path / f"known{known}"
        first = batching(folder, provider)
        asked = waiting(TASKS, BOOK, first.taught, first.bill)
        provider.handed[:] = [{each.key: each.question for each in asked}]
        worst = {each.key: worst_of(each, first.taught, first.bill) for each in asked}
        for key, most in worst.items():
            first.ledger.asked(key, most)
        Note(first.folder / "n.json", "2026-01-01", worst, known).write()
        made = batching(folder, provider)
        spent, lost = made.ledger.total(made.taught.answers)
        made.bill.purse.spent, made.bill.purse.lost = spent, lost
        await made.ahead(TASKS, BOOK)
        assert len(provider.handed) == 1
        assert made.bill.purse.spent == made.bill.answered * (1000 * 10**6 + 100 * 10**7)
        assert made.bill.purse.lost == 0
    provider.handed.clear()
    Note((made := batching(tmp_path / "z", provider)).folder / "n.json", "2026-01-01", worst).write()
    made.bill.purse.spent = sum(worst.values())
    await made.ahead(TASKS, BOOK)
    assert len(provider.handed) == 1


async def test_a_batch_that_is_not_taken_ends_it(tmp_path: Path) -> None:
    """With the provider's reason, and nothing spent."""
    provider = Provider()
    provider.refuse = "no batches for you"
    made = batching(tmp_path, provider)
    await made.ahead(TASKS, BOOK)
    assert "no batches for you" in made.bill.stopped
    assert made.bill.purse.spent == 0
