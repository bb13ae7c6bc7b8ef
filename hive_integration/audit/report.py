"""What an audit says: findings and their sums, as values. The JSON shape is a contract: add to it, never rename.

Two sums hold in every report (by construction):
the categories add up to `total_tokens`, and so do the units of load `always` and `listed` with the unattributed rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hive_integration.units import IDLE, Component, KnowledgeUnit, Load

SCHEMA = "hive-ctx/audit/1"
DYNAMIC = (Component.HOOKS, Component.ENVIRONMENT)
"""What differs from day to day (git state, dates, hook output): no model can hold it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A unit as the audit found it, and what it costs: `tokens` by the report's tokenizer, `bytes` of UTF-8."""

    unit: KnowledgeUnit
    tokens: int
    attributed: bool = True
    """False where the piece was counted but nothing is known about where it comes from."""
    size: int | None = None
    """Bytes, where the text itself is not at hand (a figure from the table of clients)."""

    @property
    def bytes(self) -> int:
        """Length of the unit's text in UTF-8."""
        if self.size is not None:
            return self.size
        return len(self.unit.text.encode("utf-8", errors="surrogatepass"))

    @property
    def idle(self) -> bool:
        """Whether the first request carries it."""
        return self.unit.load in IDLE


@dataclass(frozen=True, slots=True)
class Client:
    """Which client would send, or sent, the request."""

    name: str = "claude-code"
    version: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One audit of one target by one method and one tokenizer."""

    target: str
    method: str
    tokenizer: str
    exact: bool
    client: Client
    findings: Sequence[Finding]
    framing_tokens: int = 0
    """Role markers and the tool-use preamble: what the provider adds around the text; not in `total_tokens`."""
    model_tokenizer: str = ""
    """The model's own tokenizer where the report is counted with another one; empty otherwise."""
    model_tokens: int = 0
    """The idle tokens as the model's own tokenizer counts them: what is billed and fills its window."""
    model_exact: bool = True
    """False where the model's own tokenizer does not run here and was estimated."""
    warnings: Sequence[str] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
    """Further facts for people and scripts. Keys that reports show: `tokens` (how they were counted, a sentence),
    `window` (tokens), `tool_search` (bool), `loaded_total_tokens` (the total with it off), `gateway_total_tokens`."""

    @property
    def total_tokens(self) -> int:
        """What the first request carries before the user's own words."""
        return sum(f.tokens for f in self.findings if f.idle)

    @property
    def billed_tokens(self) -> int:
        """The total in the model's own tokens where they were counted, else in the report's."""
        return self.model_tokens or self.total_tokens

    @property
    def unattributed_tokens(self) -> int:
        """The part of the total whose source is not known."""
        return sum(f.tokens for f in self.findings if f.idle and not f.attributed)

    def largest(self, top: int) -> list[Finding]:
        """The `top` idle findings that cost most, the largest first."""
        return sorted((finding for finding in self.findings if finding.idle), key=lambda f: -f.tokens)[:top]

    def tokens_of(self, load: Load) -> int:
        """Tokens of all findings of one load."""
        return sum(f.tokens for f in self.findings if f.unit.load is load)

    @property
    def dynamic_tokens(self) -> int:
        """The part of the total that changes from day to day."""
        return sum(f.tokens for f in self.findings if f.idle and f.attributed and f.unit.component in DYNAMIC)

    @property
    def trainable_tokens(self) -> int:
        """The part of the total that is known and stays the same: what weights could hold."""
        return self.total_tokens - self.unattributed_tokens - self.dynamic_tokens

    def categories(self) -> list[tuple[Component, int, int]]:
        """(component, idle tokens, idle units) in the order of the report; they add up to `total_tokens`."""
        return [
            (
                component,
                sum(f.tokens for f in self.findings if f.idle and f.unit.component is component),
                sum(1 for f in self.findings if f.idle and f.unit.component is component),
            )
            for component in Component
        ]

    def to_json(self) -> dict[str, Any]:
        """The contract's JSON object."""
        return {
            "schema": SCHEMA,
            "target": self.target,
            "method": self.method,
            "tokenizer": self.tokenizer,
            "exact": self.exact,
            "client": {"name": self.client.name, "version": self.client.version, "model": self.client.model},
            "total_tokens": self.total_tokens,
            "unattributed_tokens": self.unattributed_tokens,
            "deferred_tokens": self.tokens_of(Load.DEFERRED),
            "on_demand_tokens": self.tokens_of(Load.ON_DEMAND),
            "framing_tokens": self.framing_tokens,
            "model_tokenizer": self.model_tokenizer or self.tokenizer,
            "model_tokens": self.billed_tokens,
            "model_exact": self.model_exact if self.model_tokens else self.exact,
            "categories": [
                {"name": component.value, "tokens": tokens, "units": units}
                for component, tokens, units in self.categories()
            ],
            "units": [_unit_json(finding) for finding in self.findings if finding.attributed],
            "notes": dict(self.notes),
            "warnings": list(self.warnings),
        }


def _unit_json(finding: Finding) -> dict[str, Any]:
    unit = finding.unit
    return {
        "digest": unit.digest,
        "category": unit.category.value,
        "level": unit.level.value,
        "component": unit.component.value,
        "name": unit.name,
        "source": unit.source,
        "load": unit.load.value,
        "tokens": finding.tokens,
        "bytes": finding.bytes,
    }
