"""All that the examples are made from: units, tools and behaviours of one units.jsonl, to look up. Pure once read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from hive_integration.errors import HiveError
from hive_integration.files import read_text
from hive_integration.units import TOOLS, KnowledgeUnit
from hive_integration.units.behaviour import Behaviour
from hive_integration.units.lines import Extracted, from_line

LARGEST = 1_000_000_000
"""Bytes of a units.jsonl."""
NEAR = 12
"""Tools that may tempt beside another one."""


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """A tool with its specification: what an example's calls are checked against."""

    unit: KnowledgeUnit
    description: str = field(repr=False)
    schema: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Book:
    """The units that go into weights, in the order of the file."""

    entries: Sequence[Extracted] = field(repr=False)

    @cached_property
    def tools(self) -> Mapping[str, ToolEntry]:
        """Tools by name, also those that stay in the prompt: calls must be valid whatever is taught."""
        found: dict[str, ToolEntry] = {}
        for entry in self.entries:
            unit = entry.unit
            if unit.component in TOOLS and unit.schema is not None:
                found.setdefault(unit.name, ToolEntry(unit, _description(unit), unit.schema))
        return found

    @cached_property
    def names(self) -> str:
        """A sha256 over the names of all tools: who tempts whom follows from them."""
        return hashlib.sha256("\0".join(sorted(self.tools)).encode()).hexdigest()

    @cached_property
    def behaviours(self) -> Mapping[str, Behaviour]:
        """Behaviours by id, of units that are routed to the weights."""
        return {b.id: b for entry in self.entries if entry.route == "weights" for b in entry.behaviours}

    @cached_property
    def units(self) -> Mapping[str, Extracted]:
        """Units by digest."""
        return {entry.unit.digest: entry for entry in self.entries}

    def neighbours(self, name: str) -> Sequence[str]:
        """Tools that are easily taken for this one: most words of the name in common first."""
        return self._neighbours.get(name, ())

    @cached_property
    def _neighbours(self) -> Mapping[str, Sequence[str]]:
        words = {name: _words(name) for name in self.tools}
        near: dict[str, Sequence[str]] = {}
        for name, own in words.items():
            ranked = sorted((-len(own & other), each) for each, other in words.items() if each != name)
            near[name] = [each for _, each in ranked[:NEAR]]
        return near


def read_book(path: Path) -> Book:
    """Read a units.jsonl. Raises `HiveError` with the line that is wrong, or where there is nothing to compile."""
    text = read_text(path, limit=LARGEST)
    if not text.readable:
        raise HiveError(text.warning or f"{path}: cannot be read", hint="`hive-ctx extract PATH --out FILE` makes one")
    return Book(list(_entries(path, text.text.split("\n"))))


def _entries(path: Path, lines: Iterable[str]) -> Iterable[Extracted]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield from_line(line)
        except HiveError as error:
            raise HiveError(f"{path}:{number}: {error}", hint=error.hint) from error


def _description(unit: KnowledgeUnit) -> str:
    try:
        return str(json.loads(unit.text).get("description", ""))
    except (ValueError, AttributeError, RecursionError):
        return ""


def _words(name: str) -> frozenset[str]:
    """The words of a tool's name, its server among them."""
    return frozenset(word for word in re.split(r"[^a-z0-9]+", name.lower()) if word not in {"", "mcp"})
