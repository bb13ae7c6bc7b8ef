"""What the idle tokens cost, with prompt caching counted. Figures from `configs/prices.toml`, never guessed.

The arithmetic of a session: its first request writes the idle prefix to the provider's cache, the others read it. A
model without a price of its own gets the nearest of its family, and the bill says so; a model of no known family gets
no bill at all.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from hive_integration.audit.report import Report
from hive_integration.errors import HiveError
from hive_integration.files import bundled, read_text

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens; `window` in tokens, 0 where it is not known."""

    model: str
    input: float
    cached_input: float
    output: float
    cache_write: float
    window: int = 0
    prompt_over: int = 0
    """The row holds for prompts longer than this many tokens."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The table: when and from where, and the rows."""

    date: date
    source: str
    rows: Sequence[Price]


@dataclass(frozen=True, slots=True)
class Habits:
    """How much one person works. The defaults are an assumption, and every report prints them."""

    requests: int = 40
    """Requests a session, the first of them cold."""
    sessions: int = 5
    """Sessions a day."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What `tokens` idle tokens cost, in USD."""

    tokens: int
    price: Price
    dated: date
    habits: Habits = Habits()
    note: str = ""
    """Why another model's price stands in; empty where the price is the model's own."""

    @property
    def cold(self) -> float:
        """One request that writes the cache."""
        return self.tokens * self.price.cache_write / MILLION

    @property
    def warm(self) -> float:
        """One request that reads the cache."""
        return self.tokens * self.price.cached_input / MILLION

    @property
    def session(self) -> float:
        """One cold request, the others warm."""
        return self.cold + (self.habits.requests - 1) * self.warm

    @property
    def day(self) -> float:
        """All sessions of a day."""
        return self.session * self.habits.sessions

    @property
    def day_uncached(self) -> float:
        """The same day if no request were cached."""
        return self.tokens * self.price.input / MILLION * self.habits.requests * self.habits.sessions

    @property
    def saved_by_cache(self) -> float:
        """The part of the uncached price that caching takes away, 0 to 1."""
        return 1 - self.day / self.day_uncached if self.day_uncached else 0.0

    @property
    def assumption(self) -> str:
        """The habits in words."""
        sessions = "1 session" if self.habits.sessions == 1 else f"{self.habits.sessions} sessions"
        return (
            f"{sessions} a day of {self.habits.requests} requests, the first of each cold; "
            "a pause of over five minutes is another cold one"
        )

    def to_json(self) -> dict[str, Any]:
        """For scripts: amounts in USD, unrounded."""
        return {
            "model": self.price.model,
            "note": self.note,
            "prices_dated": self.dated.isoformat(),
            "requests_per_session": self.habits.requests,
            "sessions_per_day": self.habits.sessions,
            "usd_cold_request": self.cold,
            "usd_warm_request": self.warm,
            "usd_session": self.session,
            "usd_day": self.day,
            "usd_day_without_caching": self.day_uncached,
        }


@cache
def prices() -> Prices:
    """The table as it is in the file. Raises `HiveError` where it is broken."""
    path = bundled("prices.toml")
    try:
        table = tomllib.loads(read_text(path).text)
        return Prices(table["date"], table["source"], [_row(row) for row in table["price"]])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise HiveError(f"{path} is broken: {error!r}", hint="restore the file, or install hive-ctx again") from error


def bill(report: Report, habits: Habits = Habits()) -> Bill | None:
    """The bill of a report's idle tokens; None where no price is known for its model."""
    model = report.client.model
    found, note = _price_of(model, report.client.name, report.billed_tokens)
    return Bill(report.billed_tokens, found, prices().date, habits, note) if found else None


def window(report: Report) -> int:
    """The context window in tokens: the report's own note, else the price table's; 0 where neither knows."""
    noted = report.notes.get("window")
    if isinstance(noted, int) and noted > 0:
        return noted
    found, note = _price_of(report.client.model, report.client.name, report.billed_tokens)
    return found.window if found and not note else 0


def tokenizer_caveat(report: Report) -> str:
    """What to know where the report's tokenizer is not the model's; empty where it is.

    Source of the range: agent files and documents counted with both tokenizers (docs/reference/tokens.md).
    """
    if report.model_tokens or "k_base" not in report.tokenizer or not _newer_than_46(report.client.model):
        return ""
    return (
        f"counted with {report.tokenizer}, which is not this model's tokenizer: {report.client.model} sees about "
        f"1.4 to 1.7 times as many tokens, and bills them; --tokenizer {report.client.model} counts them"
    )


def _newer_than_46(model: str) -> bool:
    match = re.search(r"claude-[a-z]+-(\d{1,9})(?:-(\d{1,2})(?!\d))?", model)
    return match is not None and (int(match[1]), int(match[2] or 0)) >= (4, 7)


def _row(row: Mapping[str, Any]) -> Price:
    return Price(
        model=str(row["model"]),
        input=float(row["input"]),
        cached_input=float(row["cached_input"]),
        output=float(row["output"]),
        cache_write=float(row.get("cache_write_5m", row["input"])),
        window=int(row.get("window", 0)),
        prompt_over=int(row.get("prompt_over", 0)),
    )


def _price_of(model: str, client: str, tokens: int) -> tuple[Price | None, str]:
    """(price, why it stands in)."""
    rows = [row for row in prices().rows if tokens >= row.prompt_over]
    names = {row.model: row for row in rows}  # of two tiers the later, higher one is left
    name = _canonical(model)
    if name in names:
        return names[name], ""
    if not name:
        if client != "claude-code":
            return None, ""
        return names["claude-opus-5-5"], "no model is set; the price of claude-opus-5-5 stands in"
    family = re.match(r"claude-[a-z]+", name)
    same = [row for row in names.values() if family and row.model.startswith(family[0])]
    if not same:
        return None, ""
    nearest = min(same, key=lambda row: abs(_version(row.model) - _version(name)))
    return nearest, f"no price of {model} is known; that of {nearest.model} stands in"


def _canonical(model: str) -> str:
    """`anthropic/claude-opus-5-5-20261001[1m]` to `claude-opus-5-5`, `ft:gpt-4.1:acme::a1` to `ft:gpt-4.1`."""
    name = model.strip().lower().removesuffix("[1m]")
    if name in ("opus", "sonnet", "haiku", "fable"):
        return f"claude-{name}"
    match = re.search(r"claude-[a-z]+(?:-\d{1,2}(?!\d)){0,2}", name)
    if match:
        return match[0]
    match = re.search(r"(?:ft:)?gpt-[a-z0-9.]+(?:-(?!\d{4})[a-z]+)*", name)
    return match[0] if match else name


def _version(name: str) -> float:
    numbers = re.findall(r"\d+", name)
    return float(".".join(numbers[:2])) if numbers else 99.0  # an alias means the newest
