"""Small projects for tests: files from a dictionary, and the setup that the client would see there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hive_integration.audit.setup import Conditions, Place, Scope, Setup
from hive_integration.audit.sources.found import Found
from hive_integration.audit.sources.invocable import Invocables, find
from hive_integration.audit.sources.scopes import read_state
from hive_integration.settings import World
from hive_integration.units import Load

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OLD = Conditions(version="2.1.197", model="claude-opus-4-8", window=200_000)
NEW = Conditions(version="2.1.329", model="claude-opus-5-5", window=1_000_000)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def setup_of(world: World, files: Mapping[str, str | bytes], *plugins: Place, **settings: Any) -> Setup:
    """A project with these files; those below `~` are the user's."""
    for name, text in files.items():
        home = name.startswith("~/")
        write(world.home if home else world.cwd, {name.removeprefix("~/"): text})
    own = [Place(Scope.PROJECT, world.cwd / ".claude"), Place(Scope.USER, world.home / ".claude")]
    state = read_state(world, world.cwd, [])
    return Setup(world, world.cwd, [*own, *plugins], settings, state=state)


def plugin(root: Path, files: Mapping[str, str | bytes], **overrides: list[Path]) -> Place:
    """A plugin called `plug`."""
    return Place(Scope.PLUGIN, write(root, files), "plug", overrides)


def listed(setup: Setup, conditions: Conditions = NEW, **bundled: int) -> list[str]:
    """The lines of the listing of skills and commands, without their line ends."""
    return lines(invocables(setup, conditions, **bundled).found)


def invocables(setup: Setup, conditions: Conditions = NEW, **bundled: int) -> Invocables:
    """Skills and commands, at a fixed time."""
    return find(setup, conditions, bundled, NOW)


def lines(found: Found) -> list[str]:
    """The listed lines, without their line ends."""
    return [unit.text.removesuffix("\n") for unit in found.units if unit.load is Load.LISTED]


def skill(**fields: str) -> str:
    """A Markdown file with front matter."""
    return "---\n" + "".join(f"{key.replace('__', '-')}: {value}\n" for key, value in fields.items()) + "---\nBody.\n"
