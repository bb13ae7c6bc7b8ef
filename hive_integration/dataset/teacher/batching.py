"""Ask a teacher in batches: what tasks wait for goes in whole, and a killed run takes up the batch that it left.

A note of each batch is kept before it is handed in and until its answers are. With an id it is waited for; without
one it is looked for at the provider, and what is not found there never arrived. It waits; reads and writes files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_integration.dataset.book import Book
from hive_integration.dataset.task import Task
from hive_integration.dataset.teacher.answers import Kept, Ledger
from hive_integration.dataset.teacher.bill import Bill
from hive_integration.dataset.teacher.course import Asks, Taught
from hive_integration.dataset.teacher.lessons import Progress, no_room, waiting, worst_of
from hive_integration.errors import UpstreamError
from hive_integration.files import atomic_write, read_text
from hive_integration.providers.batches import Batches, Outcome, name_of, portions
from hive_integration.providers.teaching import Question
from hive_integration.registry.cards import Card
from hive_integration.settings import now

_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Note:
    """One batch that was handed in, or was about to be. `worst`: the most that each question costs, by key."""

    path: Path
    since: str
    worst: Mapping[str, int]
    id: str = ""

    def write(self) -> None:
        """Keep it."""
        row = {"since": self.since, "id": self.id, "worst": dict(self.worst)}
        atomic_write(self.path, json.dumps(row), mode=0o600)


class Batching:
    """Asks in batches of one card's model. `rates` of the bill are those of a batch."""

    def __init__(self, taught: Taught, ledger: Ledger, bill: Bill, batches: Batches) -> None:
        self.taught, self.ledger, self.bill = taught, ledger, bill
        self._batches = batches
        self.folder = taught.course.folder / "batches" / _who(taught.course.card, ledger.path.stem)
        """Notes of this dataset's batches: another one's are another ledger's."""

    async def ahead(self, tasks: Sequence[Task], book: Book, progress: Progress = lambda done, of: None) -> None:
        """As `Lessons.ahead`: first what is under way, then what still waits."""
        for note in self._notes():
            await self._resumed(note, progress)
        while (asked := waiting(tasks, book, self.taught, self.bill)) and not self.bill.stopped:
            chosen = list(self._affordable(asked))
            for part in portions(self.taught.course.card, {each.key: each.question for each, _ in chosen}):
                again = sum(each.again for each, _ in chosen if each.key in part)
                await self._handed_in(part, {each.key: worst for each, worst in chosen}, again, progress)

    def _affordable(self, asked: Sequence[Asks]) -> Iterator[tuple[Asks, int]]:
        """As many as the purse has room for; where it has for none, nothing more is asked at all."""
        purse, found = self.bill.purse, False
        for each in asked:
            worst = worst_of(each, self.taught, self.bill)
            if not purse.reserve(worst):
                self.bill.stopped = "" if found else no_room(worst, purse.limit or 0, purse.spent)
                return
            found = True
            yield each, worst

    async def _handed_in(
        self, questions: Mapping[str, Question], worst: Mapping[str, int], again: int, progress: Progress
    ) -> None:
        bill = self.bill
        own = {key: worst[key] for key in questions}
        note = Note(self.folder / f"{name_of(list(questions))}.json", now().isoformat(), own)
        note.write()
        for key, most in own.items():
            self.ledger.asked(key, most)
        bill.asked += len(questions)
        bill.repairs += again
        try:
            batch = await self._batches.submit(questions)
        except UpstreamError as error:
            bill.stopped = bill.stopped or f"the batch was not taken: {error}"
            batch = await self._again(note)
        if batch:
            await self._waited(Note(note.path, note.since, own, batch), progress)
        else:
            self._ended(note, dict.fromkeys(own, "the batch was not taken"))

    async def _resumed(self, note: Note, progress: Progress) -> None:
        """What an earlier run left: the ledger counts it as spent and lost, and now it is out again."""
        worst, purse = sum(note.worst.values()), self.bill.purse
        purse.out += worst
        purse.spent -= worst
        purse.lost -= worst
        batch = note.id or await self._again(note)
        if batch:
            await self._waited(Note(note.path, note.since, note.worst, batch), progress)
        else:
            self._ended(note, dict.fromkeys(note.worst, ""))

    async def _again(self, note: Note) -> str:
        try:
            return await self._batches.found(list(note.worst), note.since)
        except UpstreamError:
            return ""

    async def _waited(self, note: Note, progress: Progress) -> None:
        note.write()
        await self._batches.ended(note.id, progress)
        found = await self._batches.outcomes(note.id)
        self._ended(note, {key: found.get(key, "the batch ended without it") for key in note.worst})
        progress(self.bill.answered, self.bill.asked)

    def _ended(self, note: Note, outcomes: Mapping[str, Outcome]) -> None:
        """Keep the answers, count them, and forget the batch."""
        bill = self.bill
        for key, outcome in outcomes.items():
            worst, cost = note.worst[key], 0
            if not isinstance(outcome, str):
                cost = bill.cost(outcome.usage, worst)
                self.taught.answers.put(key, Kept(outcome.text, outcome.usage, cost, outcome.cut))
                bill.answered += 1
            elif outcome:
                bill.unanswered[key] = outcome
            bill.purse.settle(worst, cost)
            self.ledger.cost(key, cost)
        note.path.unlink(missing_ok=True)

    def _notes(self) -> Iterator[Note]:
        for path in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            try:
                row = json.loads(read_text(path, limit=_LARGEST).text)
                yield Note(path, row["since"], {str(k): int(v) for k, v in row["worst"].items()}, row["id"])
            except (ValueError, KeyError, TypeError, AttributeError):
                path.unlink(missing_ok=True)


def _who(card: Card, dataset: str) -> str:
    return Question(dataset, (), {}).key(card)[:16]
