"""What training on a dataset would cost, by back end, from dated prices. Figures from `configs/prices.toml`. Reads it.

The arithmetic is that of every such price list: tokens of the training split times epochs. Epochs follow from the
number of examples as OpenAI's cookbook has it ("Data preparation and analysis for chat model fine-tuning").
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from hive_integration.errors import HiveError
from hive_integration.files import bundled, read_text

MILLION = 1_000_000
_EPOCHS = 3
_FEWEST, _MOST = 100, 25_000
"""Examples times epochs, at least and at most."""


@dataclass(frozen=True, slots=True)
class Rate:
    """USD for a million tokens trained on."""

    backend: str
    base: str
    usd: float
    dated: date
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What it comes to, in USD."""

    rate: Rate
    usd: float


def epochs_for(examples: int) -> int:
    """The passes over so many examples: three, more where there are few, fewer where there are many."""
    if examples * _EPOCHS < _FEWEST:
        return min(25, -(-_FEWEST // max(examples, 1)))
    return max(1, _MOST // examples) if examples * _EPOCHS > _MOST else _EPOCHS


def costs(tokens: int, epochs: int) -> Sequence[Cost]:
    """What so many tokens cost, one row for each base that has a price."""
    return [Cost(rate, tokens * epochs * rate.usd / MILLION) for rate in rates()]


@cache
def rates() -> Sequence[Rate]:
    """The table. Raises `HiveError` where it is broken."""
    path = bundled("prices.toml")
    try:
        table = tomllib.loads(read_text(path).text)["training"]
        return [
            Rate(backend, base, float(usd), row["date"], row["source"], row.get("note", ""))
            for backend, row in table.items()
            for base, usd in row["models"].items()
        ]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise HiveError(f"{path} is broken: {error!r}", hint="restore the file, or install hive-ctx again") from error
