"""What `GET /hive/status` shows, made from values. Pure.

It says how the gateway stands and holds nothing that opens a door: no key, of an address only the host, and every text
that came from elsewhere is scrubbed as the log's are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from hive_integration.gateway.ledger import Totals
from hive_integration.logs import scrub
from hive_integration.registry.cards import Card
from hive_integration.registry.configuration import Configuration

SCHEMA = "hive-ctx/status/1"
MOST_UNITS = 50
MOST_DRIFT = 200
_LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A unit that was stripped: how often, and its tokens each time."""

    digest: str
    name: str
    times: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Reload:
    """When the configuration's files were last read, and why that failed; empty where it did not."""

    at: datetime
    error: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the status says, as of one moment. `variables`: the names in the gateway's environment that are set."""

    version: str
    configuration: Configuration
    reload: Reload
    totals: Totals
    started: datetime
    now: datetime
    effective: str
    """The profile of a request that names none: the file's, unless the gateway's USE_FINETUNED says other."""
    variables: Collection[str] = ()
    breakers: Mapping[str, str] = field(default_factory=dict)
    removed: Sequence[Removed] = ()
    drift: Sequence[Mapping[str, Any]] = ()
    calibration: Mapping[str, Any] = field(default_factory=dict)


def status(of: Snapshot) -> dict[str, Any]:
    """The status as a JSON value."""
    switch, totals = of.configuration.switch, of.totals
    return {
        "schema": SCHEMA,
        "version": of.version,
        "config": of.configuration.version,
        "uptime_seconds": round((of.now - of.started).total_seconds(), 1),
        "profile": {
            "default": switch.default,
            "effective": of.effective,
            "full": switch.full,
            "finetuned": switch.finetuned,
            "fallback": switch.fallback,
        },
        "cards": [_card(card, of) for card in sorted(of.configuration.cards.values(), key=lambda card: card.id)],
        "reload": {"at": of.reload.at.isoformat(), "ok": not of.reload.error, "error": scrub(of.reload.error)},
        "counters": {name: _number(getattr(totals, name)) for name in _COUNTERS},
        "tokens_saved": _number(totals.stripped),
        "usd": {"spent": round(totals.cost_usd, 6), "saved": round(totals.saved_usd, 6)},
        "drift": [_clean(each) for each in of.drift[-MOST_DRIFT:]],
        "calibration": _clean(of.calibration),
        "removed": [_removed(unit) for unit in _dearest(of.removed)],
    }


def _card(card: Card, of: Snapshot) -> dict[str, Any]:
    return {
        "id": card.id,
        "protocol": card.protocol,
        "host": _host(card.base_url),
        "model": card.model,
        "status": card.status,
        "units": len(card.manifest.units) if card.manifest else 0,
        "breaker": of.breakers.get(card.id, "closed"),
        "key": "the client's" if not card.api_key_env else "set" if card.api_key_env in of.variables else "missing",
    }


def _host(address: str) -> str:
    """Host and port of an address; what else stands in one may be a key."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def _dearest(units: Sequence[Removed]) -> list[Removed]:
    return sorted(units, key=lambda unit: (-unit.times * unit.tokens, unit.name, unit.digest))[:MOST_UNITS]


def _removed(unit: Removed) -> dict[str, Any]:
    return {"name": scrub(unit.name), "digest": unit.digest, "times": unit.times, "tokens": _number(unit.tokens)}


def _number(value: int) -> int:
    return min(value, _LARGEST)


def _clean(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - a JSON value
    """A value that another part of the gateway made, with every text scrubbed."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping) and depth < 8:
        return {str(key): _clean(each, depth + 1) for key, each in value.items()}
    if isinstance(value, Sequence) and depth < 8:
        return [_clean(each, depth + 1) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


_COUNTERS = (
    "requests", "arms", "retries", "fallbacks", "input", "output", "cache_read", "cache_write", "stripped", "repaired",
    "broken", "dropped",
)  # fmt: skip
