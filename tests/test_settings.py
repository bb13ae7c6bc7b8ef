"""Facts about the door to the environment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hive_integration.settings import World, now, read_world


def test_the_clients_folder_follows_its_variable(world: World) -> None:
    """`CLAUDE_CONFIG_DIR` moves the folder and the state file into it."""
    assert world.claude_dir == world.home / ".claude"
    assert world.claude_json == world.home / ".claude.json"
    moved = replace(world, env={"CLAUDE_CONFIG_DIR": "/elsewhere"})
    assert (moved.claude_dir, moved.claude_json) == (Path("/elsewhere"), Path("/elsewhere/.claude.json"))


def test_the_world_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Home and cache come from variables, once."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HIVE_CACHE_DIR", str(tmp_path / "c"))
    seen = read_world()
    assert (seen.home, seen.cache_dir) == (tmp_path, tmp_path / "c")


def test_the_folders_of_configuration_and_data_follow_their_variables(world: World) -> None:
    """`HIVE_CONFIG_DIR` and `HIVE_DATA_DIR`; else the system's own places, under a name of ours."""
    assert world.chosen_config_dir is None
    assert world.user_config_dir.name == world.data_dir.name == "hive-ctx"
    assert world.user_config_dir != world.data_dir
    moved = replace(world, env={"HIVE_CONFIG_DIR": "/c", "HIVE_DATA_DIR": "/d"})
    assert (moved.chosen_config_dir, moved.data_dir) == (Path("/c"), Path("/d"))


def test_the_clock_is_utc() -> None:
    """Times carry their zone."""
    assert now().utcoffset() == timedelta(0)
