"""Where Claude Code looks for a project, and the settings it would go by. Reads files, starts nothing.

The rules, and the client versions on which each was seen, stand in `docs/reference/loading.md`. Where they differ,
the newer client's rule is taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hive_integration.audit.setup import Layer, Place, Scope, Setup, State
from hive_integration.audit.sources import plugins
from hive_integration.audit.sources.json_file import mapping, read_object, strings
from hive_integration.errors import HiveError, UsageError
from hive_integration.files import read_text
from hive_integration.settings import World

STATE_LIMIT = 64 * 1024 * 1024
_MAX_PARENTS = 256


def find_setup(target: Path, world: World, *, plugin_dirs: Sequence[Path] = ()) -> Setup:
    """Everything the client would look at when started in the folder `target` (relative to `world.cwd`).

    `plugin_dirs` are those of `--plugin-dir`. Raises UsageError where `target` is not a folder, HiveError where it
    cannot be entered; whatever else is odd becomes a warning.
    """
    project = _folder(target, world)
    repository = _repository(project)
    main = _main_work_tree(repository) if repository else None
    warnings: list[str] = []
    state = read_state(world, main or project, warnings)
    layers = list(_layers(world, project, main, warnings))
    settings = merged(layer.values for layer in layers)
    folders = _project_folders(project, repository, world)
    found = plugins.find(world, plugins.Wanted(project, main, settings, state.trusted, tuple(plugin_dirs)))
    return Setup(
        world=world,
        project=project,
        places=[
            Place(Scope.MANAGED, world.managed_dir / ".claude"),
            Place(Scope.USER, world.claude_dir),
            *(Place(Scope.PROJECT, folder / ".claude") for folder in folders),
            *(plugins.place(plugin) for plugin in found.plugins),
        ],
        settings=settings,
        trusted=state.trusted,
        warnings=[*warnings, *found.warnings],
        layers=layers,
        plugins=found.plugins,
        state=state,
        repository=repository,
        main_repository=main,
    )


def _folder(target: Path, world: World) -> Path:
    try:
        project = (world.cwd / target.expanduser()).resolve()
        if not project.exists():
            raise UsageError(f"{target} does not exist", hint="give the folder of a project")
        if not project.is_dir():
            raise UsageError(f"{target} is not a folder", hint=f"give the folder that holds it: {target.parent}")
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HiveError(f"{target} cannot be entered: {reason}", hint="give the folder of a project") from error
    return project


# Git: what the client remembers of a project, it keeps under the name of the main work tree.


def _repository(project: Path) -> Path | None:
    return next((folder for folder in (project, *project.parents) if _exists(folder / ".git")), None)


def _main_work_tree(repository: Path) -> Path:
    """`repository` itself, or, where it is a linked work tree, the main one."""
    git = repository / ".git"
    if git.is_dir():
        return repository
    named = read_text(git, limit=4096).text.partition("gitdir:")[2].strip()
    parts = Path(repository, named).parts
    linked = "\0" not in named and len(parts) > 3 and parts[-3:-1] == (".git", "worktrees")
    return Path(os.path.normpath(Path(*parts[:-3]))) if linked else repository


def _project_folders(project: Path, repository: Path | None, world: World) -> Iterator[Path]:
    """The project and its parents, nearest first: up to the repository's root, else up to the home folder."""
    for folder in (project, *project.parents)[:_MAX_PARENTS]:
        own = _same(folder / ".claude", world.claude_dir)  # the user's own folder is not a project's too
        if not own:
            yield folder
        if folder == repository or (repository is None and folder == world.home):
            return


# The client's own file.


def read_state(world: World, key: Path, warnings: list[str]) -> State:
    """What the client noted about the user and the project that it knows as `key`; what is odd goes to `warnings`."""
    file = read_object(world.claude_json, limit=STATE_LIMIT)
    warnings += [file.warning] if file.warning else []
    values = mapping(file.values)
    project = mapping(mapping(values.get("projects")).get(str(key)))
    return State(
        trusted=project.get("hasTrustDialogAccepted") is True,
        outside_imports=project.get("hasClaudeMdExternalIncludesApproved") is True,
        user_servers=mapping(values.get("mcpServers")),
        local_servers=mapping(project.get("mcpServers")),
        disabled_servers=strings(project.get("disabledMcpServers")),
        disabled_project_servers=strings(project.get("disabledMcpjsonServers")),
        enabled_project_servers=strings(project.get("enabledMcpjsonServers")),
        skill_usage=mapping(values.get("skillUsage")),
    )


# Settings.


def _layers(world: World, project: Path, main: Path | None, warnings: list[str]) -> Iterator[Layer]:
    """The settings files, the weakest first; one that the client refuses is left out whole, with a warning."""
    seen: set[str] = set()
    for scope, path in _settings_paths(world, project, main):
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        file = read_object(path)
        if file.warning:
            warnings.append(file.warning)
        if file.values is None:
            continue
        if wrong := _wrong(file.values):
            warnings.append(f"{path}: {wrong} has a value of the wrong kind; the client ignores the whole file")
            continue
        yield Layer(scope, path, file.values)


def _settings_paths(world: World, project: Path, main: Path | None) -> Iterator[tuple[Scope, Path]]:
    yield Scope.USER, world.claude_dir / "settings.json"
    yield Scope.PROJECT, project / ".claude" / "settings.json"
    yield Scope.LOCAL, project / ".claude" / "settings.local.json"
    if main:
        yield Scope.LOCAL, main / ".claude" / "settings.local.json"
    yield Scope.MANAGED, world.managed_dir / "managed-settings.json"
    try:
        extra = sorted(path for path in (world.managed_dir / "managed-settings.d").iterdir())
    except OSError:
        extra = []
    for path in extra:
        if path.suffix == ".json" and not path.name.startswith("."):
            yield Scope.MANAGED, path


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _enabled(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, bool | list) for item in value.values())


def _skill_states(value: object) -> bool:
    states = {"on", "name-only", "user-invocable-only", "off"}
    return isinstance(value, dict) and all(item in states for item in value.values() if isinstance(item, str))


def _permissions(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(key, []), list) for key in ("allow", "deny", "ask", "additionalDirectories")
    )


_KINDS: Mapping[str, Callable[[object], bool]] = {
    "claudeMdExcludes": _texts,
    "disabledMcpjsonServers": _texts,
    "enabledPlugins": _enabled,
    "skillOverrides": _skill_states,
    "permissions": _permissions,
    **dict.fromkeys(("env", "statusLine"), lambda value: isinstance(value, dict)),
    **dict.fromkeys(("outputStyle", "model", "language"), lambda value: isinstance(value, str)),
    **dict.fromkeys(
        ("enableAllProjectMcpServers", "disableAllHooks", "autoMemoryEnabled"), lambda value: isinstance(value, bool)
    ),
}
"""Settings whose wrong kind makes the client ignore the file; with others it ignores the setting (2.1.329)."""


def _wrong(values: Mapping[str, Any]) -> str:
    return next((key for key, fits in _KINDS.items() if key in values and not fits(values[key])), "")


def merged(layers: Iterator[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One mapping of many, the weakest first: mappings merge, lists join, the rest is replaced."""
    result: dict[str, Any] = {}
    for layer in layers:
        _merge(result, layer)
    return result


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        old = into.get(key)
        if isinstance(value, dict):
            inner = dict(old) if isinstance(old, dict) else {}
            _merge(inner, value)
            into[key] = inner
        elif isinstance(value, list) and isinstance(old, list):
            known = {item for item in old if isinstance(item, str)}
            into[key] = [*old, *(item for item in value if not isinstance(item, str) or item not in known)]
        else:
            into[key] = value


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False
