"""What a folder is, as a target: a marketplace, a Hive, a project, the user's own configuration. Reads, never writes.

The kind decides where the plugin and the settings go. A folder that is none of these is refused with what was looked
for: an installation that nothing reads would be worse than none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hive_integration.errors import HiveError, UsageError
from hive_integration.files import read_text
from hive_integration.registry.places import INTEGRATION, installed
from hive_integration.settings import World

Kind = Literal["marketplace", "hive", "project", "user"]
Scope = Literal["project", "user"]

MARKETPLACE = ".claude-plugin/marketplace.json"
_AMONG_OTHERS = "plugins/hive"
_PROJECT = (".claude", "CLAUDE.md", ".mcp.json")
_HIVE = (".claude-flow", ".hive-mind", ".swarm", ".claude/commands/hive-mind", ".claude/agents/hive-mind")
_SERVERS = ("claude-flow", "ruflo")
_LOOKED_FOR = (
    f"{MARKETPLACE} (a plugin marketplace), for {', '.join(_HIVE[:3])} or a server {' or '.join(_SERVERS)} in "
    f".mcp.json (a Hive), and for {', '.join(_PROJECT)} (a project)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A folder to install into. `root` is its real path; `detail` says more than the kind, in a few words."""

    root: Path
    kind: Kind
    detail: str = ""

    @property
    def scope(self) -> Scope:
        """Whose settings are edited."""
        return "user" if self.kind == "user" else "project"

    @property
    def settings(self) -> str:
        """The settings file that is edited, from `root`."""
        return "settings.json" if self.kind == "user" else ".claude/settings.local.json"

    @property
    def plugin(self) -> str:
        """The plugin's folder, from `root`."""
        return _AMONG_OTHERS if self.kind == "marketplace" else f"{INTEGRATION}/plugin"

    def __str__(self) -> str:
        return f"{self.kind} ({self.detail})" if self.detail else self.kind


def recognised(folder: Path | None, scope: Scope, world: World) -> Target:
    """The target that `folder` is (None: the working directory), or, of scope `user`, the user's own configuration.

    Raises `UsageError` where the two do not go together or there is no such folder, `HiveError` where it is no target.
    """
    if scope == "user":
        return _user(folder, world)
    root = _real(world.cwd if folder is None else world.cwd / folder)
    if root in {_real(world.home, must=False), _real(world.claude_dir, must=False)}:
        raise UsageError(f"{root} holds your own configuration, not a project's", hint="for that: --scope user")
    _refuse_ours(root, world)
    if not os.access(root, os.W_OK | os.X_OK):
        raise HiveError(f"{root} cannot be written to", hint="choose a folder of your own")
    return _kind(root, world)


def _refuse_ours(root: Path, world: World) -> None:
    """A folder of an installation is no target: the plugin's looks like a marketplace."""
    if (owner := installed(world, root)) is None:
        return
    ours = (INTEGRATION, _AMONG_OTHERS) if (owner / MARKETPLACE).is_file() else (INTEGRATION,)
    if any(root.is_relative_to(owner / each) for each in ours):
        raise UsageError(f"{root} is a part of the installation in {owner}", hint=f"give {owner} itself")


def _user(folder: Path | None, world: World) -> Target:
    root = _real(world.claude_dir, must=False)
    if folder is not None and _real(world.cwd / folder) not in {root, _real(world.home, must=False)}:
        raise UsageError(
            f"--scope user is your own configuration, {root}, not {folder}", hint="give a TARGET or --scope user"
        )
    if not root.is_dir():
        raise HiveError(f"there is no {root}", hint="start Claude Code once, or set CLAUDE_CONFIG_DIR")
    return Target(root, "user")


def _kind(root: Path, world: World) -> Target:
    if (root / MARKETPLACE).is_file():
        name = read_object(root / MARKETPLACE).get("name")
        return Target(root, "marketplace", name if isinstance(name, str) else "")
    signs = set(_hive_signs(root))
    if signs:
        return Target(root, "hive", "claude-flow 3" if "3" in signs else "claude-flow 2")
    if any((root / name).exists() for name in _PROJECT):
        return Target(root, "project")
    hint = _nearest(root, world) or "give a project's folder; `mkdir .claude` makes one of this folder"
    raise HiveError(f"{root} is nothing to install into: looked for {_LOOKED_FOR}", hint=hint)


def _hive_signs(root: Path) -> Iterator[str]:
    """The major versions of claude-flow that the folder has signs of; nothing where it has none."""
    settings = read_object(root / ".claude/settings.json")
    variables = _mapping(settings.get("env"))
    if "claudeFlow" in settings or (root / ".claude-flow").is_dir():
        yield "3"
    if any((root / name).is_dir() for name in _HIVE) or any(name.startswith("CLAUDE_FLOW_") for name in variables):
        yield "2"
    for name, server in _mapping(read_object(root / ".mcp.json").get("mcpServers")).items():
        started = json.dumps([name, _mapping(server).get("command"), _mapping(server).get("args")])
        if any(word in started for word in _SERVERS):
            yield "3" if _mapping(_mapping(server).get("env")).get("CLAUDE_FLOW_MODE") == "v3" else "2"


def _nearest(root: Path, world: World) -> str:
    """A hint at the nearest folder above that would do: up to the repository's root, below the home folder."""
    for folder, below in zip(root.parents, (root, *root.parents), strict=False):
        if (below / ".git").exists() or folder == _real(world.home, must=False):
            break
        if any((folder / name).exists() for name in (MARKETPLACE, *_PROJECT)):
            return f"did you mean {folder}?"
    return ""


def read_object(path: Path) -> Mapping[str, Any]:
    """A JSON file's object; empty where there is none that can be read."""
    text = read_text(path)
    try:
        value = json.loads(text.text) if text.readable else {}
    except (ValueError, RecursionError):
        return {}
    return _mapping(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _real(path: Path, *, must: bool = True) -> Path:
    try:
        real = Path(os.path.realpath(path))
        if must and not real.is_dir():
            raise UsageError(f"no folder {path}", hint="give the folder to install into")
    except (OSError, ValueError) as error:
        raise UsageError(f"no folder {path}", hint="give the folder to install into") from error
    return real
