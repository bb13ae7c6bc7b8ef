"""Facts about the state file as the commands write it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from hive_integration.cli.stating import keep_state, watched_files
from hive_integration.registry.cards import Manifest
from hive_integration.settings import World
from hive_integration.units import digest_of
from tests.registry.folder import make, write

AGENT = "---\nname: scout\ndescription: Looks ahead.\n---\nBody.\n"


def test_files_whose_units_are_known_are_watched(world: World) -> None:
    """A file without a known unit is not: it may change as it likes."""
    write(world.cwd / ".claude/agents/scout.md", AGENT)
    write(world.cwd / "CLAUDE.md", "Be brief.\n")
    line = digest_of("- scout: Looks ahead. (Tools: All tools)")
    (found,) = watched_files(world, world.cwd, Manifest({line: "scout"}))
    assert (found.path, found.units) == (world.cwd / ".claude/agents/scout.md", ["scout"])
    assert found.sha256 == hashlib.sha256(AGENT.encode()).hexdigest()
    assert watched_files(world, world.cwd, Manifest({})) == []


def test_the_users_own_files_are_found_too(world: World) -> None:
    """Their source is written with a tilde."""
    write(world.home / ".claude/agents/scout.md", AGENT)
    line = digest_of("- scout: Looks ahead. (Tools: All tools)")
    (found,) = watched_files(world, world.cwd, Manifest({line: ""}))
    assert found.path == world.home / ".claude/agents/scout.md"


def test_a_switch_leaves_a_state(world: World, tmp_path: Path) -> None:
    """It is written where the plugin of this user's sessions reads it."""
    folder = make(tmp_path / "config")
    env = {"HIVE_CONFIG_DIR": str(folder), "HIVE_DATA_DIR": str(tmp_path / "data")}
    path = keep_state(replace(world, env=env), folder)
    assert path == tmp_path / "data/state.json"
    assert json.loads(path.read_text())["watched"] == []
