"""Facts about asking ahead: each question once, within the purse, and an end where nothing helps."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from hive_integration.dataset.parts import Part
from hive_integration.dataset.teacher.answers import Ledger
from hive_integration.dataset.teacher.bill import Bill
from hive_integration.dataset.teacher.budget import Purse, rates_of
from hive_integration.dataset.teacher.course import Asks, Course, Taught
from hive_integration.dataset.teacher.lessons import MOST_IN_A_ROW, MOST_LOST, Ask, Lessons, waiting, worst_of
from hive_integration.providers.teaching import LostError, NoAnswerError, Question, Reply
from hive_integration.registry.cards import Price
from hive_integration.wire.events import Usage
from tests.dataset.teacher.sample import BOOK, HAND, written
from tests.dataset.teacher.test_course import CARD

TASKS = list(Part(next(iter(BOOK.behaviours.values())), 0).tasks(0, 60))
RATES = rates_of(Price(1.0, 0.1, 10.0))
USAGE = Usage(input=1000, output=100)


async def good(question: Question) -> Reply:
    """Answers, after a moment."""
    await asyncio.sleep(0)
    return Reply(written(question.turns[0]), USAGE)


def lessons(folder: Path, ask: Ask, limit: int | None = None, most: int = 4) -> Lessons:
    """Lessons whose answers lie in a folder."""
    taught = Taught(Course(CARD, folder / "answers", HAND))
    return Lessons(taught, Ledger(folder / "ledger"), Bill(Purse(limit), RATES), ask, most)


async def test_every_task_gets_its_answer_and_nothing_is_asked_twice(tmp_path: Path) -> None:
    """Several at once, but never more than are allowed."""
    now, most = 0, 0
    seen: Counter[str] = Counter()

    async def ask(question: Question) -> Reply:
        nonlocal now, most
        seen[question.turns[0]] += 1
        now, most = now + 1, max(most, now + 1)
        await asyncio.sleep(0.001)
        now -= 1
        return await good(question)

    made = lessons(tmp_path, ask)
    await made.ahead(TASKS, BOOK)
    await made.ahead(TASKS, BOOK)
    assert set(seen.values()) == {1}
    assert most == 4
    assert not any(isinstance(made.taught.state(task, BOOK), Asks) for task in TASKS)
    assert made.bill.purse.spent == len(seen) * (1000 * 10**6 + 100 * 10**7)
    assert made.ledger.total(made.taught.answers) == (made.bill.purse.spent, 0)


async def test_the_purse_is_used_up_and_never_overdrawn(tmp_path: Path) -> None:
    """Who has no room waits for others to come back; when nobody is out, it is over."""
    probe = lessons(tmp_path / "x", good)
    dearest = max(worst_of(each, probe.taught, probe.bill) for each in waiting(TASKS, BOOK, probe.taught, probe.bill))
    made = lessons(tmp_path, good, limit=dearest + 10**10, most=8)
    await made.ahead(TASKS, BOOK)
    assert made.bill.stopped
    assert made.bill.purse.spent <= dearest + 10**10
    assert made.bill.answered >= 5
    assert made.bill.purse.out == 0


async def test_a_lost_answer_is_asked_again_and_counts(tmp_path: Path) -> None:
    """At its worst, each time; in the end it is given up."""
    tries: Counter[str] = Counter()

    async def ask(question: Question) -> Reply:
        tries[question.turns[0]] += 1
        if tries[question.turns[0]] == 1:
            raise LostError("gone")
        return await good(question)

    made = lessons(tmp_path, ask)
    await made.ahead(TASKS[:5], BOOK)
    assert set(tries.values()) == {2}
    assert 0 < made.bill.purse.lost < made.bill.purse.spent

    async def never(question: Question) -> Reply:
        tries[question.turns[0]] += 1
        raise LostError("gone")

    made = lessons(tmp_path / "b", never)
    tries.clear()
    await made.ahead(TASKS[:3], BOOK)
    assert set(tries.values()) == {MOST_LOST}
    assert list(made.bill.unanswered.values()) == ["gone"] * 3


async def test_refusals_cost_nothing_and_end_it_where_they_do_not_end(tmp_path: Path) -> None:
    """A fatal one at once; of others so many in a row."""

    async def refuse(question: Question) -> Reply:
        raise NoAnswerError("no", fatal="fatal" in str(tmp_path))

    made = lessons(tmp_path, refuse, most=1)
    await made.ahead(TASKS, BOOK)
    assert made.bill.asked == MOST_IN_A_ROW
    assert "in a row" in made.bill.stopped
    assert made.bill.purse.spent == 0

    async def fatal(question: Question) -> Reply:
        raise NoAnswerError("bad key", fatal=True)

    made = lessons(tmp_path / "b", fatal, most=1)
    await made.ahead(TASKS, BOOK)
    assert (made.bill.asked, made.bill.stopped) == (1, "bad key")


async def test_who_is_called_off_leaves_no_question_running(tmp_path: Path) -> None:
    """All that were under way are ended, and count at their worst."""
    running = 0

    async def ask(question: Question) -> Reply:
        nonlocal running
        running += 1
        try:
            await asyncio.sleep(60)
        finally:
            running -= 1
        raise AssertionError

    made = lessons(tmp_path, ask)
    try:
        async with asyncio.timeout(0.05):
            await made.ahead(TASKS, BOOK)
    except TimeoutError:
        pass
    assert running == 0
    assert made.bill.purse.spent > 0
