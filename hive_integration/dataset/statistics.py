"""What is in a dataset: counts, coverage, tokens, costs, diversity, yield. Reads the folder once, example by example.

Figures are counted here, from the examples, and not taken from the manifest; the yield alone is the manifest's, for
what was refused is not in the folder. Tokens are o200k's of texts, calls and frames (three tokens a message and three
an answer: OpenAI's cookbook); another model's tokenizer and template make more or fewer of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.branches import Branches
from hive_integration.dataset.costs import Cost, costs, epochs_for
from hive_integration.dataset.diversity import Diversity, diversity
from hive_integration.dataset.example import COMPLEXITIES, Example
from hive_integration.dataset.families import FLOOR, Families
from hive_integration.dataset.openai_format import text_of
from hive_integration.dataset.reading import SPLITS, Row, rows, verified
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units.dialogue import Message, calls_of
from hive_integration.units.lines import WEIGHTS

SCHEMA = "hive-ctx/dataset-stats/1"
TOKENIZER = "o200k_base"
FRAME = 3
CELLS = tuple(f"{complexity}{error}" for complexity in COMPLEXITIES for error in ("", "+error"))
"""The columns of the coverage: complexity, with an error case or without."""
TOGETHER = 500
"""Examples that are counted at once."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a split. `learned` are those of the assistant's messages that are trained on."""

    total: int = 0
    learned: int = 0
    median: int = 0
    p95: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """A unit that is taught, or should be. `cells`: its examples in each of CELLS."""

    digest: str
    name: str
    level: str
    category: str
    cells: Sequence[int]

    @property
    def total(self) -> int:
        """Examples in all."""
        return sum(self.cells)


@dataclass(slots=True)
class Statistics:
    """Everything. Mappings are sorted, most first."""

    folder: str
    manifest: Mapping[str, Any] = field(repr=False)
    examples: Mapping[str, int]
    units: Sequence[Covered]
    """Fewest examples first; with a book, those without any, too."""
    tokens: Mapping[str, Tokens]
    epochs: int
    costs: Sequence[Cost]
    user: Diversity
    assistant: Diversity
    families: Mapping[str, int]
    """By tool or behaviour, fewest first."""
    floor: int
    known: bool
    """Whether there was a book: names, levels and branches then."""
    languages: Mapping[str, int]
    styles: Mapping[str, int]
    """By family without its number: registers and languages of asking."""
    kinds: Mapping[str, int]
    """Examples that are negatives, that call, that have an error, several turns, a wrong way."""
    calls: Mapping[str, int]
    """By tool."""
    lengths: Mapping[int, int]
    """Messages in a conversation -> examples."""
    teachers: Mapping[str, int]
    licences: Mapping[str, int]
    branches: tuple[int, int]
    """Branches of the called tools' schemas: gone down, in all. (0, 0) without a book."""

    @property
    def total(self) -> int:
        """Examples in all."""
        return sum(self.examples.values())

    @property
    def cells(self) -> Sequence[int]:
        """Examples in each of CELLS: of the units' rows, so one that teaches two units counts twice."""
        return [sum(unit.cells[i] for unit in self.units) for i in range(len(CELLS))]

    @property
    def below(self) -> Sequence[tuple[str, int]]:
        """Tools and behaviours in fewer families than the floor."""
        return [(name, count) for name, count in self.families.items() if count < self.floor]

    def to_json(self) -> Mapping[str, Any]:
        """For scripts."""
        return {
            "schema": SCHEMA, "folder": self.folder, "examples": dict(self.examples), "tokenizer": TOKENIZER,
            "tokens": {split: asdict(tokens) for split, tokens in self.tokens.items()}, "epochs": self.epochs,
            "costs": [
                {"backend": c.rate.backend, "base": c.rate.base, "usd": round(c.usd, 4), "usd_per_million": c.rate.usd,
                 "dated": c.rate.dated.isoformat(), "source": c.rate.source, "note": c.rate.note}
                for c in self.costs
            ],
            "coverage": {"cells": list(CELLS), "units": [
                {"digest": u.digest, "name": u.name, "level": u.level, "category": u.category, "cells": list(u.cells)}
                for u in self.units
            ]},
            "diversity": {"user": asdict(self.user), "assistant": asdict(self.assistant),
                          "branches": {"covered": self.branches[0], "possible": self.branches[1]}},
            "families": {"floor": self.floor, "below": len(self.below), "by_subject": dict(self.families)},
            "languages": dict(self.languages), "styles": dict(self.styles), "kinds": dict(self.kinds),
            "calls": dict(self.calls), "lengths": {str(k): v for k, v in self.lengths.items()},
            "teachers": dict(self.teachers), "licences": dict(self.licences),
            "yield": self.manifest.get("yield"), "rejects": dict(self.manifest.get("rejects", {})),
            "unmade": dict(self.manifest.get("behaviours", {}).get("unmade", {})), "seed": self.manifest.get("seed"),
        }  # fmt: skip


def statistics(
    folder: Path, book: Book | None = None, *, floor: int = FLOOR, epochs: int = 0,
    progress: Progress = lambda done, of: None,
) -> Statistics:  # fmt: skip
    """Of a dataset folder; `epochs` 0 takes what its size asks for. Raises `HiveError` where it is not a whole one."""
    manifest = verified(folder)
    gathering = _Gathering(book)
    total = int(manifest.get("counts", {}).get("examples", 0))
    done = 0
    found = rows(folder)
    while some := list(islice(found, TOGETHER)):
        gathering.add(some)
        done += len(some)
        progress(done, total)
    return gathering.result(folder, manifest, floor, epochs)


class _Gathering:
    """What is counted on the way."""

    def __init__(self, book: Book | None) -> None:
        self.book = book
        self.counter = OpenAICounter(TOKENIZER)
        self.families, self.branches = Families(book), Branches()
        self.examples: Counter[str] = Counter(dict.fromkeys(SPLITS, 0))
        self.cells: dict[str, list[int]] = {}
        self.sizes: dict[str, list[int]] = {split: [] for split in SPLITS}
        self.learned: Counter[str] = Counter()
        self.counts: dict[str, Counter[Any]] = {
            name: Counter() for name in ("languages", "styles", "kinds", "calls", "lengths", "teachers", "licences")
        }
        self.said: dict[str, list[str]] = {"user": [], "assistant": []}

    def add(self, some: Sequence[Row]) -> None:
        for row in some:
            self._count(row.split, row.example)
        texts, owners = [], []
        for i, row in enumerate(some):
            for message in row.example.messages:
                texts.append(_told(message))
                owners.append((i, message.role == "assistant" and message.learn))
        sizes = [0] * len(some)
        for (i, learned), tokens in zip(owners, self.counter.count(texts), strict=True):
            sizes[i] += tokens + FRAME
            if learned:
                self.learned[some[i].split] += tokens
        for row, size in zip(some, sizes, strict=True):
            self.sizes[row.split].append(size + FRAME)

    def _count(self, split: str, example: Example) -> None:
        counts = self.counts
        self.examples[split] += 1
        self.families.add(example)
        cell = CELLS.index(f"{example.complexity}{'+error' if example.error_case else ''}")
        for unit in example.units:
            self.cells.setdefault(unit, [0] * len(CELLS))[cell] += 1
        counts["languages"][example.language] += 1
        counts["styles"][example.family.rpartition(".")[0] or example.family] += 1
        counts["lengths"][len(example.messages)] += 1
        counts["teachers"][example.teacher or "none"] += 1
        counts["licences"][example.licence] += 1
        counts["kinds"].update(_kinds(example))
        for call in calls_of(example.messages):
            counts["calls"][call.name] += 1
            if self.book and call.name in self.book.tools:
                self.branches.add(call.name, self.book.tools[call.name].schema, call.arguments)
        for role, said in self.said.items():
            said.extend(m.text for m in [m for m in example.messages if m.role == role and m.text][:1])

    def result(self, folder: Path, manifest: Mapping[str, Any], floor: int, epochs: int) -> Statistics:
        counts = {
            name: dict(sorted(found.items(), key=lambda each: (-each[1], str(each[0]))))
            for name, found in self.counts.items()
        }
        counts["lengths"] = dict(sorted(self.counts["lengths"].items()))
        tokens = {split: _tokens(self.sizes[split], self.learned[split]) for split in SPLITS}
        epochs = epochs or epochs_for(self.examples["train"])
        return Statistics(
            folder=str(folder), manifest=manifest, examples=dict(self.examples), units=self._units(), tokens=tokens,
            epochs=epochs, costs=costs(tokens["train"].total, epochs), user=diversity(self.said["user"]),
            assistant=diversity(self.said["assistant"]), families=self.families.counts, floor=floor,
            known=self.book is not None, branches=(self.branches.covered, self.branches.possible), **counts,
        )  # fmt: skip

    def _units(self) -> Sequence[Covered]:
        known = self.book.units if self.book else {}
        wanted = {digest for digest, entry in known.items() if entry.route == WEIGHTS and entry.behaviours}
        made = []
        for digest in sorted(wanted | self.cells.keys()):
            unit = known[digest].unit if digest in known else None
            facts = (unit.name, unit.level.value, unit.category.value) if unit else (digest[:19], "", "")
            made.append(Covered(digest, *facts, self.cells.get(digest, [0] * len(CELLS))))
        return sorted(made, key=lambda each: (each.total, each.name, each.digest))


def _kinds(example: Example) -> Sequence[str]:
    facts = {
        "negative": example.negative,
        "with a call": any(message.calls for message in example.messages),
        "with an error": example.error_case,
        "several turns": sum(message.role == "user" for message in example.messages) > 1,
        "with a wrong way": bool(example.rejected),
    }
    return [name for name, holds in facts.items() if holds]


def _told(message: Message) -> str:
    calls = "".join(f"{call.name}{text_of(call.arguments)}" for call in message.calls)
    return f"{message.role}{message.text}{calls}"


def _tokens(sizes: Sequence[int], learned: int) -> Tokens:
    if not sizes:
        return Tokens()
    ordered = sorted(sizes)
    at = len(ordered) - 1
    return Tokens(sum(ordered), learned, ordered[at // 2], ordered[at * 95 // 100], ordered[-1])
