"""Gathers what `/hive/status` says from the parts of a running gateway."""

from __future__ import annotations

from typing import Any

from hive_integration import __version__
from hive_integration.gateway import choice
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.status import Reload, Snapshot, status
from hive_integration.settings import now


def report(parts: Parts) -> dict[str, Any]:
    """The status of this moment. Raises HiveError where USE_FINETUNED says neither yes nor no."""
    config = parts.config
    chosen = choice.choose(config, None, parts.env.get(choice.VARIABLE))
    snapshot = Snapshot(
        version=__version__,
        configuration=config,
        reload=Reload(parts.reloader.last_reload, parts.reloader.last_error),
        totals=parts.account.ledger.totals(),
        started=parts.started,
        now=now(),
        effective=chosen.profile,
        variables=frozenset(name for name, value in parts.env.items() if value),
        breakers={card: breaker.state for card, breaker in parts.breakers.items()},
        removed=parts.savings.state(),
        drift=parts.drift.state(),
        calibration=parts.counts.state(),
    )
    return status(snapshot) | {
        "chosen_by": chosen.by,
        "leases": parts.leases.held,
        "left_out": parts.omitted.state(),
        "reloads": parts.reloader.reloads,
    }
