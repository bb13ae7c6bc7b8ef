"""Facts about the client's own command, with a script in the client's place."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install import client as module
from hive_integration.install.client import Client, add, find_client, is_plugin, known, remove, version_of
from hive_integration.settings import World

SCRIPT = """#!/bin/sh
case "$1" in --version) echo "2.1.329 (Claude Code)"; exit ;; esac
quiet="$DISABLE_AUTOUPDATER|$CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"
echo "$*|$(pwd)|$HOME|$XDG_CONFIG_HOME|$CLAUDE_CONFIG_DIR|$quiet" >> "$LOG"
"""


def client(tmp_path: Path, text: str = SCRIPT) -> Client:
    """A client that notes what it was asked."""
    program = tmp_path / "bin/claude"
    program.parent.mkdir(exist_ok=True)
    program.write_text(text)
    program.chmod(0o755)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LOG": str(tmp_path / "log")}
    return Client(str(program), tmp_path / ".claude", env)


def test_the_client_is_the_one_on_path_or_the_one_that_was_named(world: World, tmp_path: Path) -> None:
    """None on PATH is no error; a name that is no program is."""
    program = client(tmp_path).program
    assert find_client(world) is None
    on_path = replace(world, env={"PATH": str(tmp_path / "bin")})
    assert find_client(on_path) == Client(program, world.claude_dir, on_path.env)
    assert find_client(world, Path(program)) == Client(program, world.claude_dir, world.env)
    with pytest.raises(HiveError, match="is no program"):
        find_client(world, tmp_path / "nothing")


def test_its_version_is_read_as_numbers(tmp_path: Path) -> None:
    """Nothing usable is empty, which is below every version."""
    assert version_of(client(tmp_path)) == (2, 1, 329)
    for text in ("#!/bin/sh\necho hello\n", "#!/bin/sh\nexit 1\n", "no script"):
        assert version_of(client(tmp_path, text)) == ()


def test_it_is_told_the_folder_where_it_can_change_no_settings(tmp_path: Path) -> None:
    """In an empty folder that is gone afterwards, without updates or traffic, and with git's settings elsewhere."""
    told = client(tmp_path)
    assert add(told, tmp_path / "the plugin") == ""
    assert remove(replace(told, config_dir=tmp_path / "other")) == ""
    first, second = ((tmp_path / "log").read_text()).splitlines()
    command, cwd, home, config, claude, *quiet = first.split("|")
    assert command == f"plugin marketplace add {tmp_path}/the plugin --scope local"
    assert (home, claude, quiet) == (str(tmp_path), "", ["1", "1"])
    assert cwd == config
    assert not Path(cwd).exists()
    assert second.split("|")[0] == "plugin marketplace remove hive-ctx"
    assert second.split("|")[4] == str(tmp_path / "other")


def test_what_it_says_when_it_fails_is_passed_on(tmp_path: Path) -> None:
    """Its last line, or its exit code; a program that is none is said, too."""
    assert add(client(tmp_path, "#!/bin/sh\necho a; echo no such thing >&2; exit 1\n"), tmp_path) == "no such thing"
    assert add(client(tmp_path, "#!/bin/sh\nexit 7\n"), tmp_path) == "exit code 7"
    assert "does not start" in add(client(tmp_path, "no script"), tmp_path)


def test_a_client_that_hangs_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And reported like any other that fails."""
    monkeypatch.setattr(module, "SECONDS", 0.3)
    began = time.monotonic()
    said = add(client(tmp_path, '#!/bin/sh\nsleep 5 &\necho $! > "$LOG"\nwait\n'), tmp_path)
    assert said == "no answer within 0.3 seconds"
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ({"source": "directory", "path": "/somewhere"}, Path("/somewhere")),
        ({"source": "github", "repo": "a/b"}, None),
        ({"source": "directory", "path": 3}, None),
        ("text", None),
    ],
)
def test_which_folder_it_knows_stands_in_its_own_file(tmp_path: Path, source: object, found: Path | None) -> None:
    """Somebody else's marketplace of our name is not ours."""
    assert known(tmp_path) is None
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/known_marketplaces.json").write_text(json.dumps({"hive-ctx": {"source": source}}))
    assert known(tmp_path) == found


def test_a_plugin_is_a_folder_with_its_manifest(tmp_path: Path) -> None:
    """No folder is none."""
    assert not is_plugin(None)
    assert not is_plugin(tmp_path)
    (tmp_path / ".claude-plugin").mkdir()
    (tmp_path / ".claude-plugin/plugin.json").write_text("{}")
    assert is_plugin(tmp_path)
