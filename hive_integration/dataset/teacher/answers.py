"""A teacher's answers on disk, each under the sha256 of its question: what was paid once is never paid again.

Beside them a ledger for each dataset: a line before a question leaves, with the most that it may cost, and one when its
answer is kept. A first line without a second is a call that was under way when a run was killed: it counts at its most.
Reads and writes files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hive_integration.errors import HiveError
from hive_integration.files import atomic_write, read_text
from hive_integration.wire.events import Usage

_SCHEMA = "hive-ctx/teacher-answer/1"
_LARGEST = 1_000_000_000
_ASKED, _COST = "?", "="


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer. `cost` in picodollars, as it was counted when it came."""

    text: str
    usage: Usage
    cost: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers in a folder."""

    folder: Path

    def get(self, key: str) -> Kept | None:
        """The answer to a question; None where there is none, or a damaged one."""
        text = read_text(self._path(key))
        try:
            row = json.loads(text.text) if text.readable else None
            if not isinstance(row, dict) or row.get("schema") != _SCHEMA:
                return None
            return Kept(str(row["text"]), Usage(*row["usage"]), int(row["cost"]), bool(row["cut"]))
        except (ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer: it is there for good when this returns."""
        usage = kept.usage
        row = {
            "schema": _SCHEMA, "text": kept.text, "cost": kept.cost, "cut": kept.cut,
            "usage": [usage.input, usage.output, usage.cache_read, usage.cache_write],
        }  # fmt: skip
        atomic_write(self._path(key), json.dumps(row), mode=0o600)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


@dataclass(slots=True)
class Ledger:
    """What a dataset's questions have cost, run after run, in picodollars. A line is `? KEY MOST` or `= KEY COST`."""

    path: Path

    def asked(self, key: str, most: int) -> None:
        """A question is about to leave."""
        self._write(_ASKED, key, most)

    def cost(self, key: str, cost: int) -> None:
        """It came back, with an answer or without, and cost so much."""
        self._write(_COST, key, cost)

    def total(self, answers: Answers) -> tuple[int, int]:
        """What was spent, and the part of it that stands for calls of which nobody knows how they ended."""
        spent, out = 0, dict[str, int]()
        for line in read_text(self.path, limit=_LARGEST).text.splitlines():
            sign, _, rest = line.partition(" ")
            key, _, amount = rest.partition(" ")
            if not amount.isdigit():
                continue  # the last line of a run that was killed in the middle of it
            if sign == _ASKED:
                spent += out.pop(key, 0)
                out[key] = int(amount)
            else:
                out.pop(key, None)
                spent += int(amount)
        lost = 0
        for key, most in out.items():
            kept = answers.get(key)
            spent += kept.cost if kept else 0
            lost += 0 if kept else most
        return spent + lost, lost

    def _write(self, sign: str, key: str, amount: int) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(f"{sign} {key} {amount}\n".encode())
        except OSError as error:
            raise HiveError(f"cannot write {self.path}: {(error.strerror or 'error').lower()}") from error
