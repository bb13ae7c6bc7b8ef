"""What Claude Code would read for one project: the places, and the settings as the client merges them. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from hive_integration.settings import World


class Scope(StrEnum):
    """Where a file stands, from the strongest to the weakest, as the client ranks settings."""

    MANAGED = "managed"
    LOCAL = "local"
    PROJECT = "project"
    USER = "user"
    PLUGIN = "plugin"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that may hold `agents/`, `commands/`, `skills/`, `output-styles/`, `rules/`."""

    scope: Scope
    root: Path
    prefix: str = ""
    """A plugin's namespace (`hive` in `hive:audit`); empty elsewhere."""
    overrides: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    """A plugin manifest's own paths by component (`agents`, `commands`, `skills`): they replace the default folder,
    except `skills`, which adds to it."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One settings file as it counts: already without what the client refuses to read."""

    scope: Scope
    path: Path
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plugin:
    """An enabled plugin. `manifest` is its `plugin.json`, or what its marketplace says where it has none."""

    name: str
    root: Path
    manifest: Mapping[str, Any] = field(default_factory=dict, repr=False)
    source: str = ""
    """`name@marketplace`, or the folder it came from."""


@dataclass(frozen=True, slots=True)
class State:
    """What the client's own file (`.claude.json`) knows about the user and this project."""

    trusted: bool = False
    outside_imports: bool = False
    """Whether the user let this project's instructions import files from outside it."""
    user_servers: Mapping[str, Any] = field(default_factory=dict, repr=False)
    local_servers: Mapping[str, Any] = field(default_factory=dict, repr=False)
    disabled_servers: Sequence[str] = ()
    """Servers of any scope that the user switched off here."""
    disabled_project_servers: Sequence[str] = ()
    enabled_project_servers: Sequence[str] = ()
    skill_usage: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """How often and when each skill was last used, as the client notes it."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything the client would look at for `project`, before any of it is read."""

    world: World
    project: Path
    places: Sequence[Place]
    settings: Mapping[str, Any] = field(repr=False)
    """All settings scopes merged: managed over local over project over user; lists joined."""
    trusted: bool = True
    """Whether the user accepted the trust dialog for this folder (`~/.claude.json`)."""
    warnings: Sequence[str] = ()
    layers: Sequence[Layer] = ()
    """The settings files one by one, the weakest first."""
    plugins: Sequence[Plugin] = ()
    state: State = field(default_factory=State)
    repository: Path | None = None
    """The root of the git work tree that holds the project."""
    main_repository: Path | None = None
    """The same, but of the main work tree: what the client remembers about a project is kept under its name."""

    def variable(self, name: str) -> str:
        """An environment variable as the client sees it: a settings file's `env` beats the shell; empty if unset."""
        env = self.settings.get("env")
        value = env.get(name) if isinstance(env, Mapping) else None
        return str(self.world.env.get(name, "") if value is None else value)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What decides how the client loads things, beside the files themselves."""

    version: str = "2.1.329"
    model: str = "claude-opus-5-5"
    window: int = 200_000
    """The model's context window in tokens; the listing budget is a share of it."""
    interactive: bool = False
    """An interactive session, which carries more of the client's own than `claude -p` does."""
    tool_search: bool = True
    """MCP tools (and rarer built-in ones) are deferred: named, not specified, in the first request."""
