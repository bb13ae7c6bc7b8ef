"""Books each arm of a request, once, when it has ended: a row in the ledger, and the metrics.

An arm that failed costs what it used; what stripping saved counts only where the answer was used.
"""

from __future__ import annotations

from dataclasses import dataclass

from hive_integration.gateway.costs import cost, saving
from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.headers import one_line
from hive_integration.gateway.ledger import Arm, Ledger, Row
from hive_integration.gateway.metrics import Metrics
from hive_integration.registry.cards import Card
from hive_integration.settings import now
from hive_integration.wire.events import Usage


@dataclass(frozen=True, slots=True)
class Ended:
    """How one arm ended. `stripped`: tokens that were not sent; `used`: the client got its answer from this arm."""

    card: Card
    arm: Arm
    status: int
    usage: Usage
    started: float
    used: bool = True
    stripped: int = 0
    repaired: int = 0
    broken: int = 0


@dataclass
class Account:
    """Where it is booked."""

    ledger: Ledger
    metrics: Metrics

    def book(self, ex: Exchange, ended: Ended, at: float) -> None:
        """Book one arm that ended at `at`, of the monotonic clock."""
        card, usage = ended.card, ended.usage
        spent = cost(card.price, usage)
        row = Row(
            time=now().timestamp() - (at - ended.started),
            request=ex.id,
            session=one_line(ex.asked.header("x-claude-code-session-id") or ""),
            profile=ex.choice.profile,
            card=card.id,
            model=card.model or one_line(ex.peek.model),
            arm=ended.arm,
            status=ended.status,
            stream=ex.peek.stream,
            input=usage.input or 0,
            output=usage.output or 0,
            cache_read=usage.cache_read or 0,
            cache_write=usage.cache_write or 0,
            stripped=ended.stripped if ended.used else 0,
            cost_usd=spent,
            saved_usd=saving(card.price, ended.stripped) if ended.used else -spent,
            fallback=ex.why if ended.arm != "first" else "",
            repaired=ended.repaired,
            broken=ended.broken,
            latency_ms=1000 * (at - ended.started),
            first_byte_ms=1000 * (ex.first_byte - ex.started) if ex.first_byte else 0.0,
        )
        self.ledger.put(row)
        self.metrics.arm(row)
