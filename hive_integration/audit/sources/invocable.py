"""Skills and commands together: they share one listing, its order, its names and its budget. Reads files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hive_integration.audit.setup import Conditions, Scope, Setup
from hive_integration.audit.sources.budget import budget
from hive_integration.audit.sources.commands import own_commands, plugin_commands
from hive_integration.audit.sources.denials import EVERYTHING, denied
from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.found import Found
from hive_integration.audit.sources.json_file import mapping
from hive_integration.audit.sources.listing import (
    BUILT_IN_PROMPTS,
    MAX_DESCRIPTION,
    Entry,
    Fitted,
    dialect,
    fit,
    nameable,
    settled,
)
from hive_integration.audit.sources.skills import own_skills, plugin_skills
from hive_integration.units import KnowledgeUnit, Load, unit_of


@dataclass(frozen=True, slots=True)
class Invocables:
    """Skills and commands as the client would list them, and what becomes of its own entries."""

    found: Found
    bundled: Mapping[str, int]
    """Characters of each of the client's own lines as it would be sent, line end included; 0 where it is not sent."""


def find(setup: Setup, conditions: Conditions, bundled: Mapping[str, int], when: datetime) -> Invocables:
    """Read all skills and commands and write their listing.

    `bundled`: characters of each of the client's own lines in an empty project, line end included. `when`: the current
    time, because recently used skills come first where the budget runs short.
    """
    style = dialect(conditions.version)
    reader = Reader(setup, style, limit=_limit(setup), overrides=_overrides(setup))
    entries = list(_entries(reader))
    listed = settled((entry for entry in entries if entry.listed), style)
    own = _bundled(bundled, {entry.name for entry in listed}, reader)
    fitted = fit(listed, own, budget(setup, conditions), _uses(setup.state.skill_usage, when))
    if EVERYTHING in denied(setup.settings, ("Skill",)):
        fitted = Fitted([""] * len(listed), {})
    units = [unit for entry, line in zip(listed, fitted.lines, strict=True) for unit in _units(entry, line)]
    silent = [entry for entry in entries if not entry.listed or not nameable(entry.name, style)]
    units += [unit for entry in silent for unit in _units(entry, "")]
    odd = [f"{entry.source}: the client does not list this name" for entry in silent if entry.listed]
    return Invocables(Found(units, [*reader.walker.warnings, *odd]), dict.fromkeys(bundled, 0) | fitted.bundled)


_OWN_ORDER = (Scope.MANAGED, Scope.USER, Scope.PROJECT, Scope.LOCAL)


def _entries(reader: Reader) -> Iterator[Entry]:
    """All skills and commands in the order of the listing: one's own before those of plugins."""
    places = [place for scope in _OWN_ORDER for place in reader.setup.places if place.scope is scope]
    plugins = [place for place in reader.setup.places if place.scope is Scope.PLUGIN]
    yield from own_skills(reader, places)
    yield from own_commands(reader, places)
    for place in plugins:
        yield from plugin_commands(reader, place)
    for place in plugins:
        yield from plugin_skills(reader, place)


def _units(entry: Entry, line: str) -> Iterator[KnowledgeUnit]:
    """A listed entry's line, under the name that stands in it, and its body."""
    if line:
        yield unit_of(entry.head, entry.component, Load.LISTED, line, source=entry.source)
    if entry.body.strip():
        yield unit_of(entry.head, entry.component, Load.ON_DEMAND, entry.body, source=entry.source)


# What the client brings along.

_STAYS = "plugin-authoring"
"""The one entry that `disableBundledSkills` leaves."""


def _bundled(bundled: Mapping[str, int], taken: set[str], reader: Reader) -> dict[str, int]:
    """The client's own lines that are sent, with their characters, before the budget."""
    setup = reader.setup
    off = setup.settings.get("disableBundledSkills") is True
    off = off or setup.variable("CLAUDE_CODE_DISABLE_BUNDLED_SKILLS").lower() in {"1", "true", "yes", "on"}
    kept = {}
    for name, chars in bundled.items():
        override = reader.overrides.get(name, "on")
        replaced = name in taken and (reader.style.unique or name not in BUILT_IN_PROMPTS)
        if replaced or (off and name != _STAYS) or override in {"off", "user-invocable-only"}:
            continue
        bare = len(f"- {name}\n")
        kept[name] = bare if override == "name-only" else min(chars, bare + len(": ") + reader.limit)
    return kept


# Settings and use.


def _limit(setup: Setup) -> int:
    value = setup.settings.get("skillListingMaxDescChars")
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else MAX_DESCRIPTION


def _overrides(setup: Setup) -> Mapping[str, str]:
    value = setup.settings.get("skillOverrides")
    return {str(name): str(state) for name, state in value.items()} if isinstance(value, Mapping) else {}


_HALF_LIFE = 7.0
_FLOOR = 0.1


def _uses(usage: Mapping[str, Any], when: datetime) -> Callable[[str], float]:
    """How much a skill was used, as the client weighs it: its uses, halved every seven days down to a tenth."""
    return lambda name: _weight(mapping(usage.get(name)), when)


def _weight(use: Mapping[str, Any], when: datetime) -> float:
    try:
        days = (when.timestamp() - use["lastUsedAt"] / 1000) / 86_400
        return float(use["usageCount"] * max(0.5 ** (days / _HALF_LIFE), _FLOOR))
    except (TypeError, KeyError, OverflowError):
        return 0.0
