"""The hooks that would run when a session starts. They are read, never run; only the probe learns what they add."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hive_integration.audit.setup import Plugin, Scope, Setup
from hive_integration.audit.sources.found import source_of
from hive_integration.audit.sources.json_file import mapping, read_object
from hive_integration.audit.sources.plugins import inside

_START = "startup"
"""What SessionStart's matcher is compared with when a session is new."""


@dataclass(frozen=True, slots=True)
class HookCommand:
    """One command of one event. `source` is the file that configures it."""

    event: str
    matcher: str
    command: str = field(repr=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class FoundHooks:
    """Commands, each once an event, and what was odd on the way."""

    commands: Sequence[HookCommand] = ()
    warnings: Sequence[str] = ()


def find(setup: Setup) -> FoundHooks:
    """The hooks of all scopes and plugins that are not switched off; of SessionStart only those for a new session."""
    warnings: list[str] = []
    found: dict[tuple[str, str], HookCommand] = {}
    for source, hooks in _all(setup, warnings):
        for hook in _commands(hooks, source):
            if hook.event != "SessionStart" or _matches(hook.matcher):
                found.setdefault((hook.event, hook.command), hook)
    return FoundHooks(list(found.values()), warnings)


def _all(setup: Setup, warnings: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    managed = [layer for layer in setup.layers if layer.scope is Scope.MANAGED]
    if any(layer.values.get("disableAllHooks") is True for layer in managed):
        return
    only_managed = any(layer.values.get("allowManagedHooksOnly") is True for layer in managed)
    only_managed |= any(layer.values.get("disableAllHooks") is True for layer in setup.layers)
    for layer in managed if only_managed else setup.layers:
        yield source_of(setup, layer.path), mapping(layer.values.get("hooks"))
    given = {name for layer in managed for name, on in mapping(layer.values.get("enabledPlugins")).items() if on}
    for plugin in setup.plugins:
        if not only_managed or plugin.source in given:
            yield from _of_plugin(setup, plugin, warnings)


def _of_plugin(setup: Setup, plugin: Plugin, warnings: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A plugin's `hooks/hooks.json`, and the files or hooks that its manifest names beside it."""
    named = plugin.manifest.get("hooks")
    for item in ["./hooks/hooks.json", *(named if isinstance(named, list) else [named])]:
        if isinstance(item, dict):
            yield source_of(setup, plugin.root / ".claude-plugin" / "plugin.json"), item
        elif isinstance(item, str) and (path := inside(plugin.root, item)):
            yield from _of_file(setup, path, warnings)


def _of_file(setup: Setup, path: Path, warnings: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    file = read_object(path)
    warnings += [file.warning] if file.warning else []
    yield source_of(setup, path), mapping(mapping(file.values).get("hooks"))


def _commands(hooks: Mapping[str, Any], source: str) -> Iterator[HookCommand]:
    for event, groups in hooks.items():
        for group in groups if isinstance(groups, list) else ():
            listed, matcher = mapping(group).get("hooks"), mapping(group).get("matcher", "")
            for hook in map(mapping, listed if isinstance(listed, list) else ()):
                command = hook.get("command")
                if hook.get("type") == "command" and isinstance(command, str) and isinstance(matcher, str):
                    yield HookCommand(str(event), matcher, command, source)


def _matches(matcher: str) -> bool:
    """Whether it means a new session. Plain alternatives are compared; any other pattern is taken to match."""
    plain = re.fullmatch(r"[\w|, -]*", matcher)
    return not plain or not matcher or _START in {part.strip() for part in re.split("[|,]", matcher)}
