"""What was asked of a teacher in one run, what came back, and what it cost, in picodollars. Values and sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hive_integration.dataset.teacher.budget import DOLLAR, Purse, Rates, dollars
from hive_integration.wire.events import Usage


@dataclass(slots=True)
class Bill:
    """`rates` None: no price is known. `before`: of what is spent, what earlier runs had for the same dataset."""

    purse: Purse
    rates: Rates | None = None
    before: int = 0
    asked: int = 0
    answered: int = 0
    repairs: int = 0
    usage: Usage = field(default_factory=Usage)
    uncounted: int = 0
    """Answers without usage: they count at their worst."""
    unanswered: dict[str, str] = field(default_factory=dict)
    """Questions that got no answer, and why."""
    lost: Counter[str] = field(default_factory=Counter)
    """How often a question left and its answer was lost."""
    stopped: str = ""
    """Why no more was asked; empty where all was."""

    def cost(self, usage: Usage, worst: int) -> int:
        """What an answer cost; the worst where its usage is not told."""
        self.usage = self.usage.added(usage)
        if usage.output is None:
            self.uncounted += 1
            return worst
        return self.rates.cost(usage) if self.rates else 0

    def reasons(self) -> Mapping[str, int]:
        """Why questions got no answer -> how many."""
        return Counter(self.unanswered.values())

    def sentences(self) -> Iterator[str]:
        """For a person, after the last question."""
        yield f"{self.asked:,} questions asked, {self.repairs:,} of them repairs; {self.answered:,} answered"
        used = self.usage
        yield (
            f"tokens: {(used.input or 0) + (used.cache_write or 0):,} in, {used.cache_read or 0:,} from cache, "
            f"{used.output or 0:,} out"
        )
        if self.rates is None:
            yield "cost: not known, for no price is"
        else:
            yield f"cost: {dollars(self.purse.spent - self.before)} now, {dollars(self.purse.spent)} in all runs"
            if self.purse.lost:
                yield f"of that up to {dollars(self.purse.lost)} for calls whose answer was lost"
        if self.uncounted:
            yield f"{self.uncounted:,} answers came without usage and count at their worst"
        yield from (f"{count:,} unanswered: {reason}" for reason, count in sorted(self.reasons().items()))
        if self.stopped:
            yield f"stopped: {self.stopped}"

    def to_json(self) -> Mapping[str, object]:
        """For scripts."""
        known = self.rates is not None
        return {
            "asked": self.asked, "answered": self.answered, "repairs": self.repairs, "stopped": self.stopped,
            "input_tokens": (self.usage.input or 0) + (self.usage.cache_write or 0),
            "cached_tokens": self.usage.cache_read or 0, "output_tokens": self.usage.output or 0,
            "unanswered": dict(sorted(self.reasons().items())),
            "usd": self.purse.spent / DOLLAR if known else None,
            "usd_this_run": (self.purse.spent - self.before) / DOLLAR if known else None,
            "usd_lost": self.purse.lost / DOLLAR if known else None,
        }  # fmt: skip
