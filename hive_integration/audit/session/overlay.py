"""A throw-away view of the user's Claude Code configuration, for one probe.

What the client reads is a link to the real thing, or a copy; what it writes stays in a temporary folder. Credentials,
sessions and history are left out, so that the probe can neither use, show nor change them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.audit.sources.json_file import mapping, read_object
from hive_integration.audit.sources.scopes import STATE_LIMIT
from hive_integration.files import atomic_write
from hive_integration.settings import World

READ_BY_THE_CLIENT = (
    "CLAUDE.md", "AGENTS.md", "settings.json", "settings.local.json", "agents", "commands", "skills", "rules",
    "output-styles", "hooks", "workflows", "themes", "keybindings.json", "managed-settings.json",
)  # fmt: skip
"""What is linked. A list of what may be seen is safer than a list of what must not."""
_PLUGIN_DEPTH = 4
"""`plugins/cache/MARKET/PLUGIN/VERSION`: in each of these the client leaves marks, and it deletes versions."""

_SECRETS = ("oauthAccount", "primaryApiKey", "customApiKeyResponses", "claudeAiOauth", "oauth")


@dataclass(frozen=True, slots=True)
class Overlay:
    """The folder to use as `CLAUDE_CONFIG_DIR`, and how to undo its traces in what the client sent."""

    root: Path
    real: Path

    def restore_paths(self, body: bytes) -> bytes:
        """The body as it would read had the client used the real folder."""
        return body.replace(_in_json(self.root), _in_json(self.real))


@contextmanager
def overlay(world: World, known_as: Path, *, trusted: bool = False) -> Iterator[Overlay]:
    """Make the view, and remove it afterwards. The links are removed, never what they point to.

    `known_as`: the folder under whose name the client remembers the project. `trusted`: the view says that the user
    has trusted it, whatever the user's own file says.
    """
    root = Path(tempfile.mkdtemp(prefix="hive-ctx-probe-")).resolve()
    try:
        for name in READ_BY_THE_CLIENT:
            source = world.claude_dir / name
            if source.exists():
                (root / name).symlink_to(source)
        _mirror(world.claude_dir / "plugins", root / "plugins", _PLUGIN_DEPTH)
        _link_memory(world, known_as, root)
        state = _state_without_secrets(world)
        atomic_write(root / ".claude.json", json.dumps(_accepted(state, known_as) if trusted else state), mode=0o600)
        yield Overlay(root, world.claude_dir)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _mirror(source: Path, target: Path, depth: int) -> None:
    """Folders down to `depth` as folders of the view's own, the client's lists in them as copies, the rest as links."""
    if not source.is_dir():
        return
    target.mkdir()
    with suppress(OSError), os.scandir(source) as entries:
        for entry in entries:
            path, own = Path(entry.path), target / entry.name
            if depth and entry.is_dir(follow_symlinks=False):
                _mirror(path, own, depth - 1)
            elif depth == _PLUGIN_DEPTH and entry.is_file() and entry.name.endswith(".json"):
                shutil.copy(path, own)
            else:
                own.symlink_to(path)


def _link_memory(world: World, known_as: Path, root: Path) -> None:
    """Auto memory is idle context too, but the transcripts beside it are not the probe's business."""
    slug = re.sub(r"[^A-Za-z0-9]", "-", str(known_as))
    memory = world.claude_dir / "projects" / slug / "memory"
    if memory.is_dir():
        (root / "projects" / slug).mkdir(parents=True)
        (root / "projects" / slug / "memory").symlink_to(memory)


def _state_without_secrets(world: World) -> dict[str, Any]:
    state = mapping(read_object(world.claude_json, limit=STATE_LIMIT).values)
    kept = {key: value for key, value in state.items() if key not in _SECRETS}
    return {"theme": "dark", **kept, "hasCompletedOnboarding": True}


def _accepted(state: dict[str, Any], known_as: Path) -> dict[str, Any]:
    projects = mapping(state.get("projects"))
    here = mapping(projects.get(str(known_as)))
    accepted = {**here, "hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
    return {**state, "projects": {**projects, str(known_as): accepted}}


def _in_json(path: Path) -> bytes:
    return json.dumps(str(path), ensure_ascii=False)[1:-1].encode()
