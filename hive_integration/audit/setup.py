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
class Setup:
    """Everything the client would look at for `project`, before any of it is read."""

    world: World
    project: Path
    places: Sequence[Place]
    settings: Mapping[str, Any]
    """All settings scopes merged: managed over local over project over user; lists joined."""
    settings_files: Sequence[Path] = ()
    trusted: bool = True
    """Whether the user accepted the trust dialog for this folder (`~/.claude.json`)."""
    warnings: Sequence[str] = ()

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
    tool_search: bool = True
    """MCP tools (and rarer built-in ones) are deferred: named, not specified, in the first request."""
