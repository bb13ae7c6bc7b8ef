"""Ask a teacher what the next tasks still wait for, several at once, and keep each answer as it comes. It waits.

A task asks once and, where its answer is refused, once more. Nothing leaves for which the purse has no room left at the
worst, so a cap on the cost is never passed; what is stopped or fails stays unanswered, and another run may ask it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.task import Task
from hive_integration.dataset.teacher.answers import Kept, Ledger
from hive_integration.dataset.teacher.bill import Bill
from hive_integration.dataset.teacher.budget import dollars
from hive_integration.dataset.teacher.course import Asks, Taught
from hive_integration.providers.teaching import LostError, NoAnswerError, Question, Reply, size_of
from hive_integration.tasks import spawn

Ask = Callable[[Question], Awaitable[Reply]]
Progress = Callable[[int, int], None]
"""Called with (questions answered, questions asked), both of this run."""
MOST_LOST = 3
"""How often a question may leave whose answer is lost."""
MOST_IN_A_ROW = 20
"""Failures in a row after which nothing more is asked."""


class Lessons:
    """Asks one by one, `most` at once; the pace of `ask` may hold more of them back."""

    def __init__(self, taught: Taught, ledger: Ledger, bill: Bill, ask: Ask, most: int = 8) -> None:
        self.taught, self.ledger, self.bill = taught, ledger, bill
        self._ask, self._most = ask, most
        self._row = 0
        self._settled = asyncio.Event()

    async def ahead(self, tasks: Sequence[Task], book: Book, progress: Progress = lambda done, of: None) -> None:
        """Ask until each task has what it needs, or there is a reason to stop, which `bill` names."""
        while (asked := waiting(tasks, book, self.taught, self.bill)) and not self.bill.stopped:
            line = iter(asked)
            await _together([self._work(line, progress) for _ in range(min(self._most, len(asked)))])

    async def _work(self, line: Iterator[Asks], progress: Progress) -> None:
        for each in line:
            if self.bill.stopped:
                return
            await self._one(each)
            progress(self.bill.answered, self.bill.asked)

    async def _one(self, asks: Asks) -> None:
        bill = self.bill
        worst = worst_of(asks, self.taught, bill)
        if not await self._room(worst):
            return
        bill.asked += 1
        bill.repairs += asks.again
        self.ledger.asked(asks.key, worst)
        cost = worst
        try:
            reply = await self._ask(asks.question)
        except LostError as error:
            bill.lost[asks.key] += 1
            bill.purse.lost += worst
            self._failed(asks, error, given_up=bill.lost[asks.key] >= MOST_LOST)
        except NoAnswerError as error:
            cost = 0
            self._failed(asks, error, given_up=True)
            if error.fatal:
                bill.stopped = bill.stopped or str(error)
        else:
            cost = bill.cost(reply.usage, worst)
            self.taught.answers.put(asks.key, Kept(reply.text, reply.usage, cost, reply.cut))
            bill.answered += 1
            self._row = 0
        finally:
            bill.purse.settle(worst, cost)
            self.ledger.cost(asks.key, cost)
            self._settled.set()

    async def _room(self, worst: int) -> bool:
        """Wait for room in the purse; False where none will ever come."""
        purse = self.bill.purse
        while not self.bill.stopped:
            if purse.reserve(worst):
                return True
            if not purse.out:
                self.bill.stopped = no_room(worst, purse.limit or 0, purse.spent)
                return False
            self._settled.clear()
            await self._settled.wait()
        return False

    def _failed(self, asks: Asks, error: Exception, *, given_up: bool) -> None:
        if given_up:
            self.bill.unanswered[asks.key] = str(error)
        self._row += 1
        if self._row >= MOST_IN_A_ROW:
            self.bill.stopped = self.bill.stopped or f"{self._row} questions in a row got no answer; the last: {error}"


def waiting(tasks: Sequence[Task], book: Book, taught: Taught, bill: Bill) -> Sequence[Asks]:
    """What tasks wait for, each question once, but for what was given up."""
    states = (taught.state(task, book) for task in tasks)
    asked = {state.key: state for state in states if isinstance(state, Asks)}
    return [each for key, each in asked.items() if key not in bill.unanswered]


def worst_of(asks: Asks, taught: Taught, bill: Bill) -> int:
    """The most that a question can cost; 0 where no price is known."""
    if bill.rates is None:
        return 0
    return bill.rates.worst(size_of(taught.course.card, asks.question), asks.question.max_tokens)


def no_room(worst: int, limit: int, spent: int) -> str:
    """Why the purse is closed."""
    left = dollars(max(limit - spent, 0))
    return f"the next question may cost {dollars(worst)}, and of {dollars(limit)} there is {left} left"


async def _together(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    """All at once; where one fails or we are called off, none goes on."""
    held = [spawn(work) for work in works]
    try:
        await asyncio.gather(*held)
    finally:
        for each in held:
            each.cancel()
        await asyncio.gather(*held, return_exceptions=True)
