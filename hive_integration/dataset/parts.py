"""One part of a compilation: up to ROWS examples of one behaviour, in a file named after all that they follow from.

A part that is there is right: it is written whole, its name says from what, and its first row says which tools its
examples name, so that one whose tool has changed is made anew. It holds the outcomes of its first tasks in their order,
and grows when more are asked for. So a killed run goes on where it was, a changed unit makes only its own parts anew,
and any number of workers makes the same bytes. Reads and writes files.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from hive_integration import __version__
from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.gates import Limits, duplicates, refused
from hive_integration.dataset.openai_format import from_chat, text_of, to_chat
from hive_integration.dataset.task import Task, cells, variants
from hive_integration.errors import HiveError
from hive_integration.files import atomic_write
from hive_integration.units.behaviour import Behaviour
from hive_integration.units.dialogue import Message

ROWS = 256
"""Tasks of one part: what a killed run loses at most, and what one worker does at a time."""
_TOOLS = "tools"


class Generator(Protocol):
    """What makes examples. `name` goes into provenance and into a part's name."""

    @property
    def name(self) -> str:
        """One word."""

    def cannot(self, behaviour: Behaviour, book: Book) -> str:
        """Why it makes no example of a behaviour; empty where it does."""

    def make(self, task: Task, book: Book) -> Example | Refusal:
        """The example of a task; the same one whenever it is asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """The `number`-th run of ROWS tasks of a behaviour."""

    behaviour: Behaviour
    seed: int
    number: int = 0

    def tasks(self, start: int, end: int) -> Iterator[Task]:
        """Its tasks from one to before another. Behaviours begin with different cells, so that few cover all."""
        own = cells(self.behaviour)
        turned = int(hashlib.sha256(self.behaviour.id.encode()).hexdigest()[:8], 16) % len(own)
        first = turned + self.number * ROWS
        return islice(variants(self.behaviour, self.seed), first + start, first + end)

    def name(self, book: Book, generator: str, limits: Limits) -> str:
        """24 hex digits over all that its examples follow from, but the tools that they will name."""
        own = self.behaviour
        checks = [[c.kind, c.tools, c.argument, c.pattern, c.format] for c in own.checks]
        said = [__version__, generator, duplicates.ALGORITHM, own.id, checks, self.seed, self.number,
                limits.as_list(), book.names]  # fmt: skip
        return hashlib.sha256(text_of(said).encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Made:
    """One task's outcome as a part's file has it. `reason` is empty where there is an example that passes."""

    key: str
    reason: str = ""
    line: str = ""
    """The line of train.jsonl or eval.jsonl."""
    provenance: Mapping[str, Any] | None = None
    """Without `split` and `line`, which are known only when all are together."""
    rejected: str = ""
    """The wrong way, as chat messages, where there is one."""

    @property
    def messages(self) -> Sequence[Message]:
        """The conversation."""
        return from_chat(json.loads(self.line)) if self.line else ()

    @property
    def family(self) -> str:
        """Its family of phrasing."""
        return str((self.provenance or {}).get("family", ""))

    @property
    def tools(self) -> Sequence[str]:
        """The tools that it names."""
        return list((self.provenance or {}).get("tools", ()))


@dataclass(frozen=True, slots=True)
class Count:
    """Of a part's first tasks: how many gave an example that passes, and how many were made only now."""

    good: int
    new: int


def make_part(part: Part, upto: int, book: Book, generator: Generator, limits: Limits, path: Path) -> Count:
    """See to it that a part's file has its first `upto` tasks."""
    rows = list(_fresh(path, book))
    start = len(rows)
    if start < upto:
        seen = duplicates.Seen()
        for row in rows:
            if not row.reason:
                seen.reason(row.messages, row.key)
        rows += [_made(task, book, generator, limits, seen) for task in part.tasks(start, upto)]
        tools = {name: book.tools[name].unit.digest for row in rows for name in row.tools if name in book.tools}
        texts = [text_of({_TOOLS: dict(sorted(tools.items()))}), *map(_row, rows)]
        atomic_write(path, gzip.compress("".join(f"{text}\n" for text in texts).encode("utf-8"), 1, mtime=0))
    return Count(sum(not row.reason for row in rows[:upto]), max(upto - start, 0))


def read_part(path: Path, upto: int) -> Iterator[Made]:
    """The outcomes of a part's first `upto` tasks. Raises `HiveError` where the file is damaged."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            next(file)
            for row in islice(file, upto):
                yield Made(*json.loads(row))
    except (OSError, EOFError, ValueError, TypeError, StopIteration) as error:
        raise HiveError(f"{path}: is damaged ({error!r})", hint="remove it and run again: it is made anew") from error


def _fresh(path: Path, book: Book) -> Iterator[Made]:
    """What a part's file holds; nothing where there is none, it is damaged, or a tool that it names has changed."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
            tools = json.loads(next(file))[_TOOLS]
            if all(name in book.tools and book.tools[name].unit.digest == tools[name] for name in tools):
                yield from [Made(*json.loads(row)) for row in file]
    except (OSError, EOFError, ValueError, TypeError, KeyError, StopIteration):
        return


def _row(made: Made) -> str:
    return text_of([made.key, made.reason, made.line, made.provenance, made.rejected])


def _made(task: Task, book: Book, generator: Generator, limits: Limits, seen: duplicates.Seen) -> Made:
    example = generator.make(task, book)
    if isinstance(example, Refusal):
        return Made(task.key, f"generator: {example.reason}", "", {"behaviours": [task.behaviour.id]})
    provenance = provenance_of(example)
    reason = refused(example, book, limits)
    if not reason and (told := seen.reason(example.messages, example.key)):
        reason = f"duplicates: {told}"
    if reason:
        return Made(task.key, reason, "", provenance)
    rejected = text_of(to_chat(example.rejected)["messages"]) if example.rejected else ""
    return Made(task.key, "", text_of(to_chat(example.messages)), provenance, rejected)


def provenance_of(example: Example) -> Mapping[str, Any]:
    """One line of provenance.jsonl, but for where the example stands."""
    return {
        "behaviours": list(example.behaviours), "units": list(example.units), "complexity": example.complexity,
        "error_case": example.error_case, "family": example.family, "generator": example.generator,
        "teacher": example.teacher, "licence": example.licence, "key": example.key, "negative": example.negative,
        "language": example.language, "tools": list(example.tools),
    }  # fmt: skip
