"""Facts about what a folder is taken for, and about what is refused."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.errors import HiveError, UsageError
from hive_integration.install.target import Target, read_object, recognised
from hive_integration.registry.places import memory_of
from hive_integration.settings import World


def put(root: Path, **files: str) -> Path:
    """A folder with those files; `/` is written `__`, a leading dot `_`."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_marketplace_is_known_by_its_file_whatever_else_is_there(world: World) -> None:
    """Its plugin goes beside the other plugins."""
    (world.cwd / ".claude-plugin").mkdir()
    (world.cwd / ".claude-plugin/marketplace.json").write_text('{"name": "the-market", "plugins": []}')
    (world.cwd / ".claude-flow").mkdir()
    target = recognised(None, "project", world)
    assert target == Target(world.cwd, "marketplace", "the-market")
    assert (target.plugin, target.settings, target.scope) == ("plugins/hive", ".claude/settings.local.json", "project")
    assert str(target) == "marketplace (the-market)"


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ({"_claude__settings_json": '{"claudeFlow": {}}'}, "claude-flow 3"),
        ({"_claude-flow__data": ""}, "claude-flow 3"),
        ({"_claude__settings_json": '{"env": {"CLAUDE_FLOW_HOOKS_ENABLED": "true"}}'}, "claude-flow 2"),
        ({"_hive-mind__config_json": "{}"}, "claude-flow 2"),
        ({"_claude__commands__hive-mind__README_md": ""}, "claude-flow 2"),
        (
            {"_mcp_json": json.dumps({"mcpServers": {"x": {"args": ["ruflo@latest"]}}})},
            "claude-flow 2",
        ),
        (
            {"_mcp_json": json.dumps({"mcpServers": {"claude-flow": {"env": {"CLAUDE_FLOW_MODE": "v3"}}}})},
            "claude-flow 3",
        ),
    ],
)
def test_a_hive_is_known_by_any_of_its_signs(world: World, files: dict[str, str], detail: str) -> None:
    """And its major version by what only the third has."""
    put(world.cwd, **files)
    target = recognised(world.cwd, "project", world)
    assert (target.kind, target.detail, target.plugin) == ("hive", detail, "hive-integration/plugin")


@pytest.mark.parametrize("name", [".claude", "CLAUDE.md", ".mcp.json"])
def test_anything_of_claude_code_makes_a_project(world: World, name: str) -> None:
    """Also a folder or a file that is empty or broken."""
    (world.cwd / name).mkdir() if name == ".claude" else (world.cwd / name).write_text("{")
    assert recognised(Path(), "project", world) == Target(world.cwd, "project")


def test_a_folder_of_nothing_is_refused_with_what_was_looked_for(world: World) -> None:
    """The hint names the nearest folder above that would do, within the same repository."""
    sub = world.cwd / "src/deep"
    sub.mkdir(parents=True)
    with pytest.raises(HiveError, match=r"looked for .claude-plugin/marketplace.json .* CLAUDE.md") as caught:
        recognised(sub, "project", world)
    assert "mkdir .claude" in caught.value.hint
    (world.cwd / "CLAUDE.md").write_text("x")
    with pytest.raises(HiveError) as caught:
        recognised(sub, "project", world)
    assert caught.value.hint == f"did you mean {world.cwd}?"
    (sub.parent / ".git").mkdir()
    with pytest.raises(HiveError) as caught:
        recognised(sub, "project", world)
    assert "did you mean" not in caught.value.hint


def test_a_target_is_its_real_path(world: World, tmp_path: Path) -> None:
    """However it was named: an installation is found again by it."""
    (world.cwd / ".claude").mkdir()
    (tmp_path / "link").symlink_to(world.cwd)
    assert recognised(tmp_path / "link", "project", world).root == world.cwd


def test_the_users_own_configuration_is_asked_for_by_its_scope_only(world: World) -> None:
    """As a project it is refused, and so is the home folder; the scope takes either name or none."""
    (world.claude_dir).mkdir()
    own = Target(world.claude_dir, "user")
    assert (own.settings, own.plugin, own.scope) == ("settings.json", "hive-integration/plugin", "user")
    for folder in (None, world.home, world.claude_dir):
        assert recognised(folder, "user", world) == own
    for folder in (world.home, world.claude_dir):
        with pytest.raises(UsageError, match="your own configuration"):
            recognised(folder, "project", world)
    with pytest.raises(UsageError, match="--scope user is your own configuration"):
        recognised(world.cwd, "user", world)


def test_claude_config_dir_is_the_users_own(world: World, tmp_path: Path) -> None:
    """And one that is not there is said, never made."""
    elsewhere = replace(world, env={"CLAUDE_CONFIG_DIR": str(tmp_path / "elsewhere")})
    with pytest.raises(HiveError, match="there is no"):
        recognised(None, "user", elsewhere)
    (tmp_path / "elsewhere").mkdir()
    assert recognised(None, "user", elsewhere).root == tmp_path / "elsewhere"


@pytest.mark.parametrize("name", ["nowhere", "file", "nul\0l"])
def test_no_folder_is_wrong_usage(world: World, name: str) -> None:
    """A file and an impossible name, too."""
    (world.cwd / "file").write_text("")
    with pytest.raises(UsageError, match="no folder"):
        recognised(Path(name), "project", world)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_elses_is_refused(world: World) -> None:
    """Before anything is planned."""
    (world.cwd / ".claude").mkdir()
    world.cwd.chmod(0o555)
    with pytest.raises(HiveError, match="cannot be written to"):
        recognised(None, "project", world)
    world.cwd.chmod(0o755)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', "[" * 100_000])
def test_a_file_that_holds_no_object_reads_as_an_empty_one(tmp_path: Path, text: str) -> None:
    """Whatever is odd about it is for others to say."""
    (tmp_path / "x.json").write_text(text)
    assert read_object(tmp_path / "x.json") == ({"a": 1} if "a" in text else {})
    assert read_object(tmp_path / "none") == {}


@pytest.mark.parametrize(("kind", "inside"), [("project", "hive-integration/plugin"), ("marketplace", "plugins/hive")])
def test_a_part_of_an_installation_is_no_target(world: World, kind: str, inside: str) -> None:
    """The plugin's folder is a marketplace of its own, and what was installed there would stay when all else goes."""
    root = world.cwd
    if kind == "marketplace":
        (root / ".claude-plugin").mkdir(exist_ok=True)
        (root / ".claude-plugin/marketplace.json").write_text('{"name": "m"}')
    (root / ".claude").mkdir(exist_ok=True)
    (root / "hive-integration").mkdir()
    (root / inside / ".claude-plugin").mkdir(parents=True)
    (root / inside / ".claude-plugin/marketplace.json").write_text('{"name": "hive-ctx"}')
    assert recognised(root / inside, "project", world).kind == "marketplace"
    memory = memory_of(world.data_dir, root)
    memory.mkdir(parents=True)
    (memory / "ledger.json").write_text("{}")
    with pytest.raises(UsageError, match="part of the installation") as caught:
        recognised(root / inside, "project", world)
    assert str(root) in caught.value.hint
    assert recognised(root, "project", world).kind == kind
