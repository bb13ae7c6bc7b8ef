"""Facts about how a session is composed: what is a Claude Code, and the file that its settings lie in."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.cli.running import is_claude, run_session, settings_file
from hive_integration.errors import HiveError, UsageError
from hive_integration.settings import World

from .gateway_folder import configuration


@pytest.mark.parametrize(
    ("name", "yes"), [("claude", True), ("claude.exe", True), ("npx", False), ("claude-flow", False)]
)
def test_the_client_is_known_by_its_name(tmp_path: Path, name: str, yes: bool) -> None:
    """A program that starts it reads no `--settings`."""
    program = tmp_path / name
    program.write_text("")
    assert is_claude(str(program)) is yes


def test_a_link_to_the_client_is_the_client(tmp_path: Path) -> None:
    """And a link of its name, as npm makes it, to whatever it is inside."""
    (tmp_path / "claude.exe").write_text("")
    (tmp_path / "cc").symlink_to(tmp_path / "claude.exe")
    (tmp_path / "cli.js").write_text("")
    (tmp_path / "claude").symlink_to(tmp_path / "cli.js")
    assert is_claude(str(tmp_path / "cc"))
    assert is_claude(str(tmp_path / "claude"))


def test_the_settings_lie_in_a_file_of_their_owner_and_go(tmp_path: Path) -> None:
    """They hold the key; the command line holds only the file's name."""
    with settings_file(tmp_path / "sessions", {"env": {"A": "1"}}) as options:
        flag, name = options
        assert flag == "--settings"
        assert json.loads(Path(name).read_text()) == {"env": {"A": "1"}}
        assert Path(name).stat().st_mode & 0o777 == 0o600
    assert list((tmp_path / "sessions").iterdir()) == []


def test_without_settings_there_is_no_file(tmp_path: Path) -> None:
    """A program that is no Claude Code is given none."""
    with settings_file(tmp_path / "sessions", {}) as options:
        assert options == ()
    assert not (tmp_path / "sessions").exists()


def test_what_killed_launchers_left_is_removed(tmp_path: Path) -> None:
    """By the next one; a file of one that lives stays, and so does what is not ours."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f"{gone.pid}.json", "1.json", "notes.json"):
        (tmp_path / name).write_text("{}")
    with settings_file(tmp_path, {"env": {}}):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"1.json", "notes.json"}


def test_what_is_wrong_is_said_before_anything_starts(world: World, tmp_path: Path) -> None:
    """A program that is not there, a folder that is not there, a switch that says neither, a broken configuration."""
    with pytest.raises(HiveError, match="no program nonsense"):
        run_session(["nonsense"], world, configuration(tmp_path / "config"))
    with pytest.raises(UsageError, match="no folder"):
        run_session(["true"], world, tmp_path / "nowhere")
    odd = replace(world, env={**world.env, "USE_FINETUNED": "x"})
    with pytest.raises(HiveError, match="USE_FINETUNED is 'x'"):
        run_session(["true"], odd, configuration(tmp_path / "config"))
    (tmp_path / "config" / "hive.toml").write_text("[switch\n")
    with pytest.raises(HiveError, match=r"hive\.toml:1"):
        run_session(["true"], world, tmp_path / "config")
