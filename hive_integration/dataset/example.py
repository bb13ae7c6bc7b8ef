"""One example: a conversation that shows behaviours, and everything that is known about it. Values only.

It is neutral: exports write it in the form of a trainer. What it does not hold, it names: tools by name, behaviours by
id, units by digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hive_integration.units.dialogue import Message

Complexity = Literal["simple", "moderate", "complex"]
COMPLEXITIES: tuple[Complexity, ...] = ("simple", "moderate", "complex")


@dataclass(frozen=True, slots=True)
class Declared:
    """A tool as an export declares it."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Example:
    """One example. `key` is its content address: it follows from the task that asked for it, never from its place."""

    key: str
    messages: tuple[Message, ...]
    tools: tuple[str, ...]
    """Names of the tools in play: those that are used, and distractors."""
    behaviours: tuple[str, ...]
    """Ids of the behaviours that it shows."""
    units: tuple[str, ...]
    """Digests of the units that it teaches."""
    complexity: Complexity
    error_case: bool
    family: str
    """Its family of phrasing or template: splits, and the floor of diversity, go by it."""
    negative: bool = False
    """No tool fits, or the one that tempts is wrong."""
    language: str = "en"
    """The user's language, as a two-letter code."""
    generator: str = "offline"
    teacher: str | None = None
    """The model that wrote it; None where none did."""
    licence: str = "Apache-2.0"
    rejected: tuple[Message, ...] = ()
    """The wrong way from the last user's message on, for preference pairs; empty where none was made."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A task that gave no example, and why."""

    key: str
    reason: str
