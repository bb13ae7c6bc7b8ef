"""Which configured MCP servers may start: what the user switched off here, and what an organisation allows. Pure."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hive_integration.audit.setup import Scope, Setup
from hive_integration.audit.sources.json_file import mapping, strings

MAX_RULES = 10_000
"""Of one list. Where more are denied no server may start; what is allowed after that many is not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules look at: `command` with its arguments, or else `url`."""

    name: str
    of_project: bool
    command: Sequence[str] = ()
    url: str = ""


def approved(setup: Setup, name: str) -> bool:
    """Whether a server of the project's `.mcp.json` was said yes to, so that the interactive client does not ask."""
    enabled = {*strings(setup.settings.get("enabledMcpjsonServers")), *setup.state.enabled_project_servers}
    return setup.settings.get("enableAllProjectMcpServers") is True or name in enabled


def permitted(setup: Setup, server: Asked) -> bool:
    """Whether neither the user nor the organisation switched it off."""
    off = {*strings(setup.settings.get("disabledMcpjsonServers")), *setup.state.disabled_project_servers}
    if server.name in setup.state.disabled_servers or (server.of_project and server.name in off):
        return False
    denied = _rules(setup.settings.get("deniedMcpServers"))
    if len(denied) > MAX_RULES or any(_meant(rule, server) for rule in denied):
        return False
    allowed = _allow_list(setup)
    if allowed is None:
        return True
    kind = "serverUrl" if server.url else "serverCommand"
    exact = [rule for rule in allowed if kind in rule]  # where there are such rules, a name is not enough
    return any(_meant(rule, server) for rule in exact or allowed)


def _allow_list(setup: Setup) -> list[Mapping[str, Any]] | None:
    managed = [layer for layer in setup.layers if layer.scope is Scope.MANAGED]
    only = any(layer.values.get("allowManagedMcpServersOnly") is True for layer in managed)
    lists = [layer.values.get("allowedMcpServers") for layer in (managed if only else setup.layers)]
    given = [value for value in lists if isinstance(value, list)]
    return [rule for value in given for rule in _rules(value)][:MAX_RULES] if given else None


_WORD = re.compile(r"[\w-]+", re.ASCII)


def _rules(value: object) -> list[Mapping[str, Any]]:
    """The rules of a list; one whose name is not a plain word never holds, not even for a server so named."""
    rules = [mapping(rule) for rule in value[: MAX_RULES + 1]] if isinstance(value, list) else []
    return [rule for rule in rules if _WORD.fullmatch(str(rule.get("serverName", "-")))]


def _meant(rule: Mapping[str, Any], server: Asked) -> bool:
    url = rule.get("serverUrl")
    if server.url and isinstance(url, str):
        return fnmatch.fnmatchcase(server.url, url)
    return rule.get("serverName") == server.name or rule.get("serverCommand") == list(server.command)
