"""What a teacher costs: estimated before, reserved at the worst for each call, counted after. Pure.

Amounts are whole picodollars (1e-12 USD), so that sums are exact. The worst that a call can cost is bounded without any
tokenizer: no token is shorter than a byte, and no answer longer than `max_tokens`. So a cap is kept by construction.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hive_integration.errors import HiveError
from hive_integration.files import bundled, read_text
from hive_integration.registry.cards import Card, Price
from hive_integration.wire.events import Usage

DOLLAR = 10**12
FRAME = 1_000
"""Tokens that a provider adds of its own: message frames, the preamble of a tool."""
WRITE = 1.25
"""Times the price of input for what goes into a cache (Anthropic's five minutes)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Picodollars a token."""

    input: int
    cached: int
    write: int
    output: int

    def cost(self, usage: Usage) -> int:
        """What a call cost by its usage."""
        return (
            (usage.input or 0) * self.input
            + (usage.cache_read or 0) * self.cached
            + (usage.cache_write or 0) * self.write
            + (usage.output or 0) * self.output
        )

    def worst(self, sent: int, max_tokens: int) -> int:
        """The most that a call of so many bytes can cost."""
        return (sent + FRAME) * max(self.input, self.write) + max_tokens * self.output


def rates_of(price: Price | None, share: float = 1.0) -> Rates | None:
    """The rates of a price, times `share` (a batch's); None where no price is known."""
    if price is None:
        return None
    cached = price.cached_input or price.input
    million = 10**6
    return Rates(*(round(usd * share * DOLLAR / million) for usd in (
        price.input, cached, price.input * WRITE, price.output)))  # fmt: skip


def price_of(card: Card) -> tuple[Price | None, str]:
    """A card's price, else its model's in `configs/prices.toml`, and where it stands; None where neither has one."""
    if card.price.input or card.price.output:
        return card.price, f"card {card.id}"
    name = card.model.lower().rpartition("/")[2]
    table = _prices()
    for row in sorted(table["price"], key=lambda each: -len(each["model"])):
        model = row["model"]
        if (name == model or name.startswith(f"{model}-2")) and not row.get("prompt_over"):
            return Price(row["input"], row.get("cached_input", 0.0), row["output"]), f"prices of {table['date']}"
    return None, "no price is known"


@dataclass(slots=True)
class Purse:
    """What may be spent, is spent, and is out for calls under way. `limit` None: as much as it takes."""

    limit: int | None = None
    spent: int = 0
    out: int = field(default=0, init=False)
    lost: int = 0
    """The part of `spent` for calls that may have been paid and brought no answer."""

    def reserve(self, worst: int) -> bool:
        """Set the worst aside; whether it fits."""
        if self.limit is not None and self.spent + self.out + worst > self.limit:
            return False
        self.out += worst
        return True

    def settle(self, worst: int, cost: int) -> None:
        """The call that `worst` was set aside for has ended and cost so much."""
        self.out -= worst
        self.spent += cost


@dataclass(frozen=True, slots=True)
class Estimate:
    """Before anything is asked. Tokens for all questions; `usual` and `worst` in picodollars, None without a price."""

    questions: int
    known: int
    """How many of them are answered already."""
    input: int
    output: int
    usual: int | None
    worst: int | None
    where: str
    """Where the price stands."""

    def sentence(self) -> str:
        """For a person, before the first question."""
        asked = f"{self.questions - self.known:,} questions to ask ({self.known:,} are answered already), "
        tokens = f"about {self.input:,} tokens in and {self.output:,} out"
        if self.usual is None or self.worst is None:
            return f"{asked}{tokens}: what that costs is not known, for {self.where}"
        return f"{asked}{tokens}: about {dollars(self.usual)}, at the very most {dollars(self.worst)} ({self.where})"


def estimate(sizes: Sequence[tuple[int, int, int]], known: int, rates: Rates | None, where: str) -> Estimate:
    """From (tokens in, tokens out as usual, worst in picodollars) of each question that is to be asked."""
    entered, out = sum(each[0] for each in sizes), sum(each[1] for each in sizes)
    usual = rates.cost(Usage(input=entered, output=out)) if rates else None
    worst = sum(each[2] for each in sizes) if rates else None
    return Estimate(len(sizes) + known, known, entered, out, usual, worst, where)


def dollars(amount: int) -> str:
    """`$1.23`; of less than a cent what there is."""
    usd = amount / DOLLAR
    return f"${usd:,.2f}" if usd >= 0.01 or not amount else f"${usd:.2g}"


def _prices() -> dict[str, Any]:
    path = bundled("prices.toml")
    try:
        table = tomllib.loads(read_text(path).text)
        return {"date": table["date"], "price": table["price"]}
    except (ValueError, KeyError) as error:
        raise HiveError(f"{path} is broken: {error!r}", hint="restore the file, or install hive-ctx again") from error
