"""A teacher as a generator: its examples follow from the answers that are kept, so making them asks nobody.

Who asks is `lessons`, beforehand. So a teacher's examples are made as any others are: by any worker, the same bytes
each time, for an answer never changes. A question without one is a refusal, of which `forget` clears a folder before
another run.
"""

from __future__ import annotations

import gzip
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.gates import Limits, refused
from hive_integration.dataset.task import Task
from hive_integration.dataset.teacher.answers import Answers
from hive_integration.dataset.teacher.parse import Hand, example_of
from hive_integration.dataset.teacher.prompt import VERSION, question_of, repaired
from hive_integration.providers.teaching import Question
from hive_integration.registry.cards import Card
from hive_integration.units.behaviour import Behaviour

UNANSWERED = "the teacher gave no answer"


@dataclass(frozen=True, slots=True)
class Course:
    """One teacher for one dataset. `folder` keeps its answers."""

    card: Card
    folder: Path
    hand: Hand
    limits: Limits = field(default_factory=Limits)

    @property
    def identity(self) -> str:
        """16 hex digits over all that its examples follow from, beside task and book."""
        card, hand = self.card, self.hand
        said = [VERSION, card.protocol, card.base_url, card.model, hand.system, hand.teacher, hand.licence,
                self.limits.permission]  # fmt: skip
        return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Asks:
    """A question that must be answered first. `again`: it is the repair of an answer that was refused."""

    key: str
    question: Question
    again: bool = False


class Taught:
    """The generator."""

    name = "teacher"

    def __init__(self, course: Course) -> None:
        self.course = course
        self.answers = Answers(course.folder)

    def cannot(self, behaviour: Behaviour, book: Book) -> str:
        """Why a behaviour cannot be shown: a teacher can try each."""
        return ""

    def make(self, task: Task, book: Book) -> Example | Refusal:
        """As `parts.Generator` has it."""
        state = self.state(task, book)
        return Refusal(task.key, UNANSWERED) if isinstance(state, Asks) else state

    def state(self, task: Task, book: Book) -> Example | Refusal | Asks:
        """What the kept answers make of a task, or the question that it waits for: two at most, the second a repair."""
        question = question_of(task, book)
        for again in (False, True):
            key = question.key(self.course.card)
            kept = self.answers.get(key)
            if kept is None:
                return Asks(key, question, again)
            outcome, reason = self._judged(kept.text, task, book, cut=kept.cut)
            if not reason or again:
                return outcome
            question = repaired(question, kept.text, reason)
        raise AssertionError("the second answer ends the loop")

    def _judged(self, text: str, task: Task, book: Book, *, cut: bool) -> tuple[Example | Refusal, str]:
        """An answer's example and why it may not stay; a refusal where there is none."""
        example = example_of(text, task, book, self.course.hand)
        if isinstance(example, str):
            reason = f"{example}; the answer was cut, so write a shorter one" if cut else example
            return Refusal(task.key, f"the teacher's answer {reason}"), reason
        return example, refused(example, book, self.course.limits)


def forget(parts: Path) -> None:
    """Take away the parts of an earlier run in which questions went unanswered: they are made anew."""
    for path in parts.glob("*.jsonl.gz") if parts.is_dir() else ():
        with suppress(OSError, EOFError), gzip.open(path, "rb") as file:
            if any(UNANSWERED.encode() in line for line in file):
                path.unlink()
