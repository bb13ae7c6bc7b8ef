"""Claude's tokens estimated, for Pythons that ctok does not run on: linear in o200k tokens and what is cheap to see.

Every weight is zero or more, so no text has a negative count and more text never counts less. The weights and their
errors on held-out files are measured by `scripts/calibrate_claude.py` and stand in `calibration.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hive_integration.tokens.counter import split_by_share
from hive_integration.tokens.openai import OpenAICounter

BASE = "o200k_base"


def _word(shortest: int, longest: int | str) -> str:
    return rf"(?<![a-zA-Z])[a-zA-Z]{{{shortest},{longest}}}(?![a-zA-Z])"


# What Claude's smaller vocabulary spells out where o200k has one token: long words, capitals, marks, other scripts.
_PATTERNS = {
    "capitals": "[A-Z]{2,}",
    "title case": "[A-Z](?=[a-z])",
    "camel case": "[a-z][A-Z]",
    "words of 5 and 6": _word(5, 6),
    "words of 7 and 8": _word(7, 8),
    "words of 9 and 10": _word(9, 10),
    "words of 11 to 13": _word(11, 13),
    "words of 14 or more": _word(14, ""),
    "runs of marks": r"[^\w\s]+",
    "runs of digits": "[0-9]+",
    "indentation": r" {2,}|\t+",
    "line ends": r"\n+",
    "underscores": "_",
    "marks inside words": r"[A-Za-z][^\w\s][A-Za-z]",
    "not ASCII": r"[^\x00-\x7f]",
    "other alphabets": "[\u0100-\u1fff]",
    "emoji": "[\U00010000-\U0010ffff]",
}
FEATURES = ("o200k tokens", *_PATTERNS)


@dataclass(frozen=True, slots=True)
class CalibratedCounter:
    """Estimates the counts of a Claude family. `note` carries the error that was measured on held-out files."""

    name: str

    @property
    def exact(self) -> bool:
        """Never."""
        return False

    @property
    def version(self) -> str:
        """What the figures depend on: the day of the measurement and the weights."""
        table = calibration()
        return f"calibrated {table['date']} {_fit(self.name)['weights']}"

    @property
    def note(self) -> str:
        """The error, as measured."""
        fit = _fit(self.name)
        return (
            f"estimated from o200k_base, calibrated {calibration()['date']}: off by {fit['median']:.1%} in the median, "
            f"{fit['p95']:.1%} for 95 % of the texts, {fit['max']:.0%} at most, on {fit['held_out']} held-out texts; "
            "exact with Python 3.12 or later"
        )

    def count(self, texts: Sequence[str]) -> list[int]:
        """Estimated tokens of each text, in order; 0 only for an empty text."""
        weights = _fit(self.name)["weights"]
        return [max(round(_dot(weights, row)), 1) if row[0] else 0 for row in features(texts)]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Estimated tokens of each piece between the character offsets `cuts`; the sum is the text's estimate."""
        return split_by_share(self, text, cuts)


def features(texts: Sequence[str]) -> list[list[int]]:
    """For each text the figures named in `FEATURES`, in that order."""
    base = OpenAICounter(BASE).count(texts)
    patterns = _compiled()
    return [
        [tokens, *(sum(1 for _ in pattern.finditer(text)) for pattern in patterns)]
        for tokens, text in zip(base, texts, strict=True)
    ]


@cache
def calibration() -> Mapping[str, Any]:
    """The table that `scripts/calibrate_claude.py` wrote."""
    table: Mapping[str, Any] = json.loads(files(__package__).joinpath("calibration.json").read_text("utf-8"))
    return table


def _fit(name: str) -> Mapping[str, Any]:
    # 4.7 and 4.8 share a vocabulary; only the frame of a message differs.
    fit: Mapping[str, Any] = calibration()["families"]["claude-3" if name == "claude-3" else "claude-4.8"]
    return fit


@cache
def _compiled() -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in _PATTERNS.values()]


def _dot(weights: Sequence[float], row: Sequence[int]) -> float:
    return sum(weight * value for weight, value in zip(weights, row, strict=True))
