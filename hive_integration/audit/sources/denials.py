"""Permission rules that take something out of the first request: a tool denied whole, an agent denied by name. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from hive_integration.units import TOOLS, Component, KnowledgeUnit, Load

EVERYTHING = "*"
_RULE = re.compile(r"(?P<tool>[A-Za-z]+)(?:\((?P<what>.*)\))?", re.DOTALL)


def denied(settings: Mapping[str, Any], tools: Collection[str]) -> frozenset[str]:
    """What `permissions.deny` forbids these tools: names in brackets, or `EVERYTHING`."""
    found = (_RULE.fullmatch(rule) for rule in _rules(settings))
    return frozenset(match["what"] or EVERYTHING for match in found if match and match["tool"] in tools)


def is_withheld(settings: Mapping[str, Any], unit: KnowledgeUnit) -> bool:
    """Whether a tool or an agent of this name is kept out of the request, its name in a listing too.

    A rule that names a whole tool withholds it (`Workflow`, `mcp__server__tool`), one that names a server withholds all
    of its tools (`mcp__server`, `mcp__server__*`); a server's instructions stay. Seen with 2.1.197 and 2.1.329.
    """
    if unit.component is Component.AGENTS:
        return unit.load is Load.LISTED and bool(denied(settings, ("Agent", "Task")) & {unit.name, EVERYTHING})
    if unit.component not in TOOLS:
        return False
    return any(rule == unit.name or _names_the_server(rule, unit.name) for rule in _rules(settings))


def _names_the_server(rule: str, tool: str) -> bool:
    if not rule.startswith("mcp__"):
        return False
    return fnmatchcase(tool, rule) or (rule.count("__") == 1 and tool.startswith(f"{rule}__"))


def _rules(settings: Mapping[str, Any]) -> Iterator[str]:
    permissions = settings.get("permissions")
    rules = permissions.get("deny") if isinstance(permissions, Mapping) else None
    return (rule for rule in rules if isinstance(rule, str)) if isinstance(rules, list) else iter(())
