"""Facts about an installation as a user has it: real targets, the real client, everything taken back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.install.tree import odd_project, snapshot

from .installs import CARD, TARGETS, Site

pytestmark = pytest.mark.e2e

HIVE = "hive-integration/configs/hive.toml"
COMMANDS = ["hive:audit", "hive:status", "hive:switch"]


@pytest.fixture(params=["no client", "2.1.329", "2.1.197"])
def client(request: pytest.FixtureRequest) -> Path | None:
    """A client on PATH, or none."""
    version = request.param.removeprefix("2.1.")
    return None if request.param == "no client" else request.getfixturevalue(f"claude_{version}")


@pytest.fixture(params=["marketplace", "claude-flow 3.43.0", "claude-flow 2.7.0", "odd settings"])
def build(request: pytest.FixtureRequest, claude_flow_3: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """Each kind of target."""
    return claude_flow_3 if request.param == "claude-flow 3.43.0" else TARGETS[request.param]


def test_all_of_it_is_taken_back(tmp_path: Path, client: Path | None, build: Callable[[Path], Path]) -> None:
    """Install, install, switch to and fro, uninstall: paths, bytes, modes and links are as before."""
    site = Site(tmp_path, client)
    site.root.mkdir()
    build(site.root)
    before = snapshot(site.root)
    site.hive_ctx("install", "--dry-run")
    assert (snapshot(site.root), (tmp_path / "data" / "installs").exists()) == (before, False)

    site.hive_ctx("install", "--overlay", "tool-search")
    first = snapshot(site.root)
    assert first != before
    assert "nothing to change" in site.hive_ctx("install").stdout
    assert snapshot(site.root) == first

    hive = site.root / HIVE
    default = hive.read_text()
    (site.root / "hive-integration/models/acme.toml").write_text(CARD)
    hive.write_text(default.replace('finetuned = ""', 'finetuned = "acme"'))
    site.hive_ctx("switch", "finetuned")
    assert "nothing to change" in site.hive_ctx("install").stdout
    site.hive_ctx("switch", "full")
    hive.write_text(default)
    (site.root / "hive-integration/models/acme.toml").unlink()

    site.hive_ctx("uninstall")
    assert snapshot(site.root) == before
    assert not list((tmp_path / "data" / "installs").iterdir())
    assert "hive-ctx" not in site.known()


def test_what_the_user_made_stays(tmp_path: Path, build: Callable[[Path], Path]) -> None:
    """A card, an edited switch, a changed key: named, and left; the rest goes."""
    site = Site(tmp_path)
    site.root.mkdir()
    build(site.root)
    before = snapshot(site.root)
    site.hive_ctx("install")
    (site.root / "hive-integration/models/acme.toml").write_text(CARD)
    hive = site.root / HIVE
    hive.write_text(hive.read_text().replace('finetuned = ""', 'finetuned = "acme"'))
    site.hive_ctx("switch", "finetuned")
    settings = site.root / ".claude/settings.local.json"
    settings.write_text(settings.read_text().replace('"hive@hive-ctx"', '"mine@mine": true, "hive@hive-ctx"'))
    done = site.hive_ctx("uninstall")
    assert "hive-integration/models/acme.toml is not ours and stays" in done.stderr
    assert HIVE in done.stderr
    after = snapshot(site.root)
    assert {path: seen for path, seen in after.items() if path in before and path != ".claude/settings.local.json"} == {
        path: seen for path, seen in before.items() if path != ".claude/settings.local.json"
    }
    assert {path for path in after if path not in before} <= {
        ".claude", ".claude/settings.local.json", "hive-integration", "hive-integration/configs", HIVE,
        "hive-integration/models", "hive-integration/models/acme.toml",
    }  # fmt: skip
    assert json.loads(settings.read_text())["enabledPlugins"] == {"mine@mine": True}


@pytest.mark.parametrize("version", ["claude_329", "claude_197"])
def test_the_real_client_loads_the_plugin_and_rewrites_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, version: str
) -> None:
    """In the very first session of a folder that nobody has trusted yet; its own command lists it as enabled."""
    site = Site(tmp_path, request.getfixturevalue(version))
    odd_project(site.root)
    report = json.loads(site.hive_ctx("install", "--format", "json").stdout)
    assert report["plugin"]["known"] is True
    installed = snapshot(site.root)
    assert "hive@hive-ctx" in site.claude("plugin", "list")
    assert site.commands() == COMMANDS
    assert snapshot(site.root) == installed
    site.hive_ctx("uninstall")
    assert site.commands() == []
    assert not (site.home / ".config").exists()


@pytest.mark.parametrize("version", ["claude_329", "claude_197"])
def test_one_of_two_installations_goes_and_the_other_keeps_its_plugin(
    tmp_path: Path, request: pytest.FixtureRequest, version: str
) -> None:
    """The client knows one folder by the marketplace's name: whoever leaves hands over, the last one cleans up."""
    client = request.getfixturevalue(version)
    one, two = Site(tmp_path, client), Two(tmp_path, client)
    for site in (one, two):
        odd_project(site.root)
        site.hive_ctx("install")
    assert str(two.root) in json.dumps(one.known())
    two.hive_ctx("uninstall")
    assert str(one.root) in json.dumps(one.known())
    assert one.commands() == COMMANDS
    one.hive_ctx("uninstall")
    assert "hive-ctx" not in one.known()


class Two(Site):
    """Another target of the same person's."""

    @property
    def root(self) -> Path:
        """Beside the first one."""
        return self.base / "another"


def test_the_users_own_configuration_is_a_target_too(tmp_path: Path, claude_329: Path) -> None:
    """Asked for by its scope: every session has the plugin; taken back, the settings are as they were."""
    site = Site(tmp_path, claude_329)
    site.root.mkdir()
    settings = site.home / ".claude/settings.json"
    settings.parent.mkdir()
    settings.write_text('{"theme":"dark" ,  "permissions":{"allow":[]}}\n')
    before = snapshot(site.home)
    site.hive_ctx("install", "--scope", "user")
    assert site.commands() == COMMANDS
    site.hive_ctx("uninstall", "--scope", "user")
    after = snapshot(site.home)
    assert after[".claude/settings.json"] == before[".claude/settings.json"]
    assert not any("hive-integration" in path for path in after)


def test_the_targets_own_script_installs_again_and_takes_it_back(tmp_path: Path) -> None:
    """After a clone: the folder came with the repository, the settings and what is remembered did not."""
    site = Site(tmp_path)
    odd_project(site.root)
    before = snapshot(site.root)
    site.hive_ctx("install")
    program = json.loads((site.root / ".claude/settings.local.json").read_text())["env"]["HIVE_CTX"]
    env = {**site.env(), "HIVE_CTX": program}

    def script(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(site.root / "hive-integration/install.sh"), *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL)  # fmt: skip

    assert "nothing to change" in script().stdout
    assert script("--uninstall", "--yes").returncode == 0
    assert snapshot(site.root) == before
