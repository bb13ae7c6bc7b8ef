"""What the unit store keeps. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hive_integration.settings import now
from hive_integration.units import TOOLS


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """A unit with its text; `schema` is a tool's input schema, None for anything else."""

    digest: str
    name: str
    component: str
    text: str
    schema: Mapping[str, Any] | None = None
    seen_at: datetime = field(default_factory=now)

    @property
    def is_tool(self) -> bool:
        """Whether it can be looked up as a tool, by name."""
        return self.component in TOOLS


@dataclass(frozen=True, slots=True)
class StoredPrompt:
    """A model's full prompt as one client sent it: its system blocks, and the digests of its tools, in order."""

    model: str
    client: str
    system: Sequence[Mapping[str, Any]]
    tools: tuple[str, ...]
    seen_at: datetime = field(default_factory=now)
