"""Permission rules that take something out of the first request: a tool denied whole, an agent denied by name. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

EVERYTHING = "*"
_RULE = re.compile(r"(?P<tool>[A-Za-z]+)(?:\((?P<what>.*)\))?", re.DOTALL)


def denied(settings: Mapping[str, Any], tools: Collection[str]) -> frozenset[str]:
    """What `permissions.deny` forbids these tools: names in brackets, or `EVERYTHING`."""
    permissions = settings.get("permissions")
    rules = permissions.get("deny") if isinstance(permissions, Mapping) else None
    found = (_RULE.fullmatch(rule) for rule in rules if isinstance(rule, str)) if isinstance(rules, list) else ()
    return frozenset(match["what"] or EVERYTHING for match in found if match and match["tool"] in tools)
