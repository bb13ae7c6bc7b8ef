"""Which plugins the client would load for a project, and from which folders. Reads files, starts nothing.

Three ways lead to a plugin: enabled in the settings and installed from a marketplace; a folder in `skills` that
holds a manifest; a folder named for this session. How each was verified: `docs/reference/loading.md`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hive_integration.audit.setup import Place, Plugin, Scope
from hive_integration.audit.sources.json_file import mapping, read_object, strings
from hive_integration.settings import World

SKILLS_DIR = "skills-dir"
"""The marketplace under whose name a plugin in a `skills` folder is switched off."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What decides about plugins, beside the installed ones."""

    project: Path
    main_repository: Path | None
    settings: Mapping[str, Any] = field(repr=False)
    trusted: bool = False
    plugin_dirs: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class FoundPlugins:
    """Plugins in the order in which the client lists them, each name once; and what was odd."""

    plugins: Sequence[Plugin] = ()
    warnings: Sequence[str] = ()


def find(world: World, wanted: Wanted) -> FoundPlugins:
    """The plugins that the client would load. A session's folder beats an installed plugin of the same name."""
    warnings: list[str] = []
    enabled = mapping(wanted.settings.get("enabledPlugins"))
    found: dict[str, Plugin] = {}
    for root, entry, source in [
        *_session(world, wanted),
        *_installed(world, wanted, enabled, warnings),
        *_in_skills_folders(world, wanted),
    ]:
        plugin = _plugin(root, entry, source, warnings)
        off = plugin and source.endswith(f"@{SKILLS_DIR}") and enabled.get(f"{plugin.name}@{SKILLS_DIR}") is False
        if plugin and not off:
            found.setdefault(plugin.name, plugin)
    return FoundPlugins(list(found.values()), warnings)


def place(plugin: Plugin) -> Place:
    """The plugin as a place to look in, with the paths that its manifest names."""
    overrides = {key: _paths(plugin, key) for key in ("agents", "commands", "skills") if key in plugin.manifest}
    if "outputStyles" in plugin.manifest:
        overrides["output-styles"] = _paths(plugin, "outputStyles")
    return Place(Scope.PLUGIN, plugin.root, plugin.name, overrides)


# Session: `--plugin-dir` and a variable.


def _session(world: World, wanted: Wanted) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
    listed = world.env.get("CLAUDE_CODE_PLUGIN_DIRS", "")
    for folder in [*wanted.plugin_dirs, *(Path(part) for part in listed.split(os.pathsep) if part)]:
        root = world.cwd / os.path.expanduser(folder)  # noqa: PTH111 - Path.expanduser raises for an unknown user
        yield root, {"name": root.name}, str(folder)


# Installed from a marketplace.


def _installed(
    world: World, wanted: Wanted, enabled: Mapping[str, Any], warnings: list[str]
) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
    """A marketplace that is a folder serves plugins from itself; any other, from the cache of installed plugins."""
    ids = [name for name, state in enabled.items() if state and not name.endswith(f"@{SKILLS_DIR}")]
    if not ids:
        return
    folder = world.claude_dir / "plugins"
    known, installed = read_object(folder / "known_marketplaces.json"), read_object(folder / "installed_plugins.json")
    warnings += [file.warning for file in (known, installed) if file.warning]
    markets = {**_declared(wanted.settings), **mapping(known.values)}
    entries = {name: _entries(mapping(market), warnings) for name, market in markets.items()}
    records = mapping(mapping(installed.values).get("plugins"))
    for plugin in ids:
        name, _, market = plugin.rpartition("@")
        root, listed = _served(mapping(markets.get(market))), entries.get(market, {})
        entry = mapping(listed.get(name))
        source = entry.get("source")
        served = inside(root, source) if root and isinstance(source, str) else None
        if served:
            yield served, entry, plugin
        elif market in mapping(known.values) and (path := _cached(records.get(plugin), wanted)):
            yield path, {"name": name, **entry}, plugin
        else:
            warnings.append(f"plugin {plugin}: enabled, but not installed here; the client loads nothing of it")


def _declared(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Marketplaces that the settings declare; only a folder can be used before it was added."""
    declared = mapping(settings.get("extraKnownMarketplaces"))
    return {name: value for name, value in declared.items() if _served(mapping(value))}


def _served(market: Mapping[str, Any]) -> Path | None:
    """The folder of a marketplace that is used in place; None where plugins are copied from it first."""
    source = mapping(market.get("source"))
    path = market.get("installLocation", source.get("path"))
    return Path(path) if source.get("source") == "directory" and isinstance(path, str) else None


def _entries(market: Mapping[str, Any], warnings: list[str]) -> Mapping[str, Any]:
    """What a marketplace says about each of its plugins."""
    location = market.get("installLocation", mapping(market.get("source")).get("path"))
    if not isinstance(location, str):
        return {}
    file = read_object(Path(location) / ".claude-plugin" / "marketplace.json")
    warnings += [file.warning] if file.warning else []
    listed = mapping(file.values).get("plugins")
    plugins = [mapping(item) for item in listed] if isinstance(listed, list) else []
    return {plugin["name"]: plugin for plugin in plugins if isinstance(plugin.get("name"), str)}


def _cached(records: object, wanted: Wanted) -> Path | None:
    """Where an installed plugin lies: installed for the user, or for this very project."""
    own = {str(wanted.project), str(wanted.main_repository)}
    for record in map(mapping, records if isinstance(records, list) else [records]):
        path, owner = record.get("installPath"), record.get("projectPath")
        if isinstance(path, str) and (owner is None or owner in own) and _is_folder(Path(path)):
            return Path(path)
    return None


# Plugins in a skills folder.


def _in_skills_folders(world: World, wanted: Wanted) -> Iterator[tuple[Path, Mapping[str, Any], str]]:
    """The user's, and in a trusted folder the project's own (not its parents')."""
    folders = [world.claude_dir, *([wanted.project / ".claude"] if wanted.trusted else [])]
    for folder in folders:
        try:
            with os.scandir(folder / "skills") as scan:
                roots = sorted(Path(entry.path) for entry in scan)
        except OSError:
            continue
        for root in roots:
            if _is_file(root / ".claude-plugin" / "plugin.json"):
                yield root, {}, f"{root.name}@{SKILLS_DIR}"


# One plugin.

_NAME = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_PATHS = ("agents", "commands", "skills", "outputStyles", "hooks", "mcpServers")
_OBJECTS = ("commands", "hooks", "mcpServers")


def _plugin(root: Path, entry: Mapping[str, Any], source: str, warnings: list[str]) -> Plugin | None:
    """The plugin in a folder; None, with a warning, where the client would refuse it."""
    if not _is_folder(root):
        warnings.append(f"plugin {source}: {root} is not a folder; the client loads nothing of it")
        return None
    file = read_object(root / ".claude-plugin" / "plugin.json")
    if file.warning:
        warnings.append(file.warning)
    if file.values is None and file.warning:
        return None
    manifest = file.values if file.values is not None else _from_entry(entry)
    name = manifest.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        warnings.append(f"plugin {source}: its manifest names no usable name; the client loads nothing of it")
        return None
    if wrong := next((key for key in _PATHS if not _valid(key, manifest.get(key))), ""):
        warnings.append(f"plugin {source}: its manifest has a wrong {wrong}; the client loads nothing of it")
        return None
    return Plugin(name, root, manifest, source)


def _from_entry(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the marketplace says instead of a manifest; unlike one, its commands add to the default folder."""
    found = {key: value for key, value in entry.items() if key != "source"}
    commands = found.get("commands")
    return {**found, "commands": ["./commands", *strings(commands)]} if isinstance(commands, str | list) else found


def _valid(key: str, value: object) -> bool:
    if value is None or (isinstance(value, dict) and key in _OBJECTS):
        return True
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list):
        return False
    ending = ".md" if key == "agents" else ""
    return all(
        (isinstance(path, str) and path.startswith("./") and path.endswith(ending))
        or (isinstance(path, dict) and key in _OBJECTS)
        for path in paths
    )


def _paths(plugin: Plugin, key: str) -> Sequence[Path]:
    """The files and folders that a manifest names for one component; none outside the plugin."""
    value = plugin.manifest.get(key)
    named = [mapping(item).get("source") for item in value.values()] if isinstance(value, dict) else strings(value)
    paths = [inside(plugin.root, item) for item in named if isinstance(item, str)]
    return [path for path in paths if path]


def inside(root: Path, relative: str) -> Path | None:
    """`relative` in `root`; None where it would lead out of it."""
    path = Path(os.path.normpath(root / relative))
    return path if path.is_relative_to(root) else None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
