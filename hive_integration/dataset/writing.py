"""The files of a dataset: examples arrive in any order and stand there sorted by key. Writes files, the manifest last.

They go to buckets by key first, so that never more than one bucket is held, and then, bucket by bucket, to the files.
Each file gets its name when it is whole. Nothing in them tells when or where they were made.
"""

from __future__ import annotations

import heapq
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

from hive_integration import __version__
from hive_integration.dataset.example import COMPLEXITIES
from hive_integration.dataset.folder import FILES, MANIFEST, SCHEMA
from hive_integration.dataset.gates import kind_of
from hive_integration.dataset.openai_format import text_of
from hive_integration.dataset.parts import Made
from hive_integration.dataset.sheet import Sheet
from hive_integration.files import atomic_write

BUCKETS = 64
"""Of each split; in the order of their keys, so that one after the other is sorted."""
SPLITS = ("train", "eval")
SHOWN = 100
"""Rejected examples that are listed for each reason; all are counted."""
CELLS = tuple(f"{complexity}{error}" for complexity in COMPLEXITIES for error in ("", "+error"))
"""The columns of the coverage, in its order."""


@dataclass(slots=True)
class Tally:
    """What was counted on the way."""

    examples: Counter[str] = field(default_factory=Counter)
    """By split."""
    rejects: Counter[str] = field(default_factory=Counter)
    """By `gate: reason`."""
    cells: Counter[str] = field(default_factory=Counter)
    coverage: dict[str, list[int]] = field(default_factory=dict)
    """Unit -> examples in each of CELLS."""
    behaviours: set[str] = field(default_factory=set)
    families: dict[str, set[str]] = field(default_factory=lambda: {split: set() for split in SPLITS})
    languages: Counter[str] = field(default_factory=Counter)
    teachers: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    negatives: int = 0

    @property
    def total(self) -> int:
        """Examples in all."""
        return self.examples.total()

    @property
    def yielded(self) -> float:
        """The share of what was made that passed."""
        made = self.total + self.rejects.total()
        return round(self.total / made, 4) if made else 0.0

    def add(self, made: Made, split: str) -> None:
        """Count an example."""
        known: Mapping[str, Any] = made.provenance or {}
        cell = CELLS.index(f"{known['complexity']}{'+error' if known['error_case'] else ''}")
        self.examples[split] += 1
        self.cells[CELLS[cell]] += 1
        for unit in known["units"]:
            self.coverage.setdefault(unit, [0] * len(CELLS))[cell] += 1
        self.behaviours.update(known["behaviours"])
        self.families[split].add(made.family)
        self.languages[known["language"]] += 1
        self.teachers[known["teacher"] or "none"] += 1
        self.licences[known["licence"]] += 1
        self.negatives += known["negative"]


class Writing:
    """A dataset on its way to disk: `add` and `refuse` what there is, then `finish`. Its buckets go in any case."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.tally = Tally()
        self._folder, self._scratch = folder, scratch
        self._worst: dict[str, list[tuple[int, str, str, Sequence[str]]]] = {}
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        self._buckets: dict[tuple[str, int], BinaryIO] = {
            (split, i): (scratch / f"{split}-{i:02d}").open("wb") for split in SPLITS for i in range(BUCKETS)
        }

    def add(self, made: Made, split: str) -> None:
        """An example that passed every gate."""
        self.tally.add(made, split)
        row = text_of([made.key, made.line, made.provenance, made.rejected])
        self._buckets[split, int(made.key[:2], 16) * BUCKETS // 256].write(f"{row}\n".encode())

    def refuse(self, made: Made, reason: str) -> None:
        """One that did not. The first of each reason by key are listed, whatever order they come in."""
        kind = kind_of(reason)
        self.tally.rejects[kind] += 1
        shown = self._worst.setdefault(kind, [])
        row = (-int(made.key, 16), made.key, reason, (made.provenance or {}).get("behaviours", ()))
        (heapq.heappush if len(shown) < SHOWN else heapq.heappushpop)(shown, row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._buckets.values():
            file.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def finish(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write all files. The manifest is returned: `facts` of the compilation, what was counted, and the hashes."""
        for file in self._buckets.values():
            file.close()
        files = {name: Sheet(self._folder, name) for name in FILES}
        for split in SPLITS:
            self._written(split, files)
        for row in self._refused():
            files["rejects.jsonl"].write(row)
        lines = {name: self._ended(name, file) for name, file in files.items()}
        manifest = {
            "schema": SCHEMA, "hive_ctx": __version__, **facts, **counted(self.tally),
            "lines": {name: count for name, count in lines.items() if count is not None},
            "hashes": {name: f"sha256:{files[name].digest}" for name, count in lines.items() if count is not None},
        }  # fmt: skip
        atomic_write(self._folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        return manifest

    def _ended(self, name: str, sheet: Sheet) -> int | None:
        """Give a file its name; how many lines it has. None for preferences where there are none: older ones go."""
        if sheet.lines or name != "preferences.jsonl":
            sheet.end()
            return sheet.lines
        sheet.drop()
        (self._folder / name).unlink(missing_ok=True)
        return None

    def _written(self, split: str, files: Mapping[str, Sheet]) -> None:
        for line, (key, text, provenance, rejected) in enumerate(self._sorted(split), 1):
            files[f"{split}.jsonl"].write(text)
            told = {"split": split, "line": line, **provenance}
            if rejected:
                told["rejected"] = json.loads(rejected)
                pair = _pair(json.loads(text), told["rejected"])
                files["preferences.jsonl"].write(text_of({"split": split, "line": line, "key": key, **pair}))
            files["provenance.jsonl"].write(text_of(told))

    def _sorted(self, split: str) -> Iterator[tuple[str, str, Mapping[str, Any], str]]:
        for i in range(BUCKETS):
            with (self._scratch / f"{split}-{i:02d}").open("rb") as file:
                yield from sorted((json.loads(line) for line in file), key=lambda row: row[0])

    def _refused(self) -> Iterator[str]:
        for kind in sorted(self._worst):
            gate = kind.partition(":")[0]
            for _, key, reason, behaviours in sorted(self._worst[kind], key=lambda row: row[1]):
                said = reason.removeprefix(f"{gate}: ")
                yield text_of({"key": key, "gate": gate, "reason": said, "behaviours": list(behaviours)})


def counted(tally: Tally) -> Mapping[str, Any]:
    """The manifest's part that comes from counting. Every mapping is sorted."""
    return {
        "counts": {
            **{split: tally.examples[split] for split in SPLITS}, "examples": tally.total,
            "rejected": tally.rejects.total(), "behaviours": len(tally.behaviours), "units": len(tally.coverage),
            "negatives": tally.negatives, "families": {split: len(tally.families[split]) for split in SPLITS},
            "languages": dict(sorted(tally.languages.items())), "teachers": dict(sorted(tally.teachers.items())),
            "licences": dict(sorted(tally.licences.items())), "cells": {cell: tally.cells[cell] for cell in CELLS},
        },
        "yield": tally.yielded,
        "rejects": dict(sorted(tally.rejects.items())),
        "coverage": {"cells": list(CELLS), "units": dict(sorted(tally.coverage.items()))},
    }  # fmt: skip


def _pair(line: Mapping[str, Any], wrong: Sequence[Any]) -> Mapping[str, Any]:
    """Two ways on from the last user's message, as OpenAI's preference format has them."""
    messages = line["messages"]
    start = max(i for i, message in enumerate(messages) if message["role"] == "user") + 1
    return {
        "input": {"messages": messages[:start]},
        "preferred_output": messages[start:],
        "non_preferred_output": wrong,
    }
