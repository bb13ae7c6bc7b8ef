"""Where the client looks, and the settings it goes by: seen on the wire of 2.1.329."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.setup import Scope, Setup
from hive_integration.audit.sources.scopes import find_setup, merged
from hive_integration.errors import HiveError, UsageError
from hive_integration.settings import World
from tests.audit.tree import write

USER, PROJECT, LOCAL = "user", "project", "local"


def _settings(world: World, **files: Mapping[str, Any] | str) -> Setup:
    """Settings files by name; `managed` and what begins with `drop_` are the organisation's."""
    paths = {
        "user": world.home / ".claude/settings.json",
        "project": world.cwd / ".claude/settings.json",
        "local": world.cwd / ".claude/settings.local.json",
        "managed": world.managed_dir / "managed-settings.json",
    }
    for name, value in files.items():
        path = paths.get(name, world.managed_dir / "managed-settings.d" / f"{name}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    return find_setup(world.cwd, world)


def test_settings_rank_managed_local_project_user(world: World) -> None:
    """Of one key the strongest scope's value counts, and drop-ins beat the managed file in their order."""
    ranks = ["user", "project", "local", "managed", "drop_1", "drop_2"]
    for count in range(1, len(ranks) + 1):
        setup = _settings(world, **{name: {"outputStyle": name} for name in ranks[:count]})
        assert setup.settings["outputStyle"] == ranks[count - 1]
    assert [layer.scope for layer in setup.layers][:3] == [Scope.USER, Scope.PROJECT, Scope.LOCAL]


def test_lists_join_and_mappings_merge(world: World) -> None:
    """What two scopes list is listed together, each text once; keys of mappings are merged one by one."""
    setup = _settings(
        world,
        user={"claudeMdExcludes": ["a", "b"], "env": {"A": "1", "B": "1"}},
        project={"claudeMdExcludes": ["b", "c"], "env": {"B": "2"}},
    )
    assert setup.settings == {"claudeMdExcludes": ["a", "b", "c"], "env": {"A": "1", "B": "2"}}


@pytest.mark.parametrize(
    "text",
    [
        "{broken", "[1]", "", "null", '{"outputStyle": "x",}', '{"outputStyle": 5}', '{"outputStyle": "x", "env": 5}',
        '{"outputStyle": "x", "permissions": "y"}', '{"outputStyle": "x", "enabledPlugins": [1]}',
        '{"outputStyle": "x", "claudeMdExcludes": [1]}', '{"outputStyle": "x", "skillOverrides": {"a": "zz"}}',
        '{"outputStyle": "x", "disableAllHooks": "yes"}', '{"a": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)  # fmt: skip
def test_a_file_that_the_client_refuses_is_left_out_whole(world: World, text: str) -> None:
    """Broken JSON, and a value of the wrong kind where the client is strict, cost the whole file; a warning says so."""
    setup = _settings(world, user={"outputStyle": "kept"}, project=text)
    assert setup.settings == {"outputStyle": "kept"}
    assert len(setup.warnings) == 1
    assert "settings.json" in setup.warnings[0]


@pytest.mark.parametrize("extra", [{"hooks": 5}, {"unknown": 1}, {"mcpServers": 5}, {"env": {"A": 5}}])
def test_where_the_client_is_lenient_the_file_counts(world: World, extra: dict[str, Any]) -> None:
    """Unknown keys and odd hooks do not cost the file."""
    assert _settings(world, project={"outputStyle": "x", **extra}).settings["outputStyle"] == "x"


def test_project_settings_are_those_of_the_folder_itself(world: World) -> None:
    """A parent's project settings do not count; its local ones do where it is the repository's root, and win."""
    write(world.cwd, {".git/HEAD": "", "in/.claude/settings.local.json": '{"outputStyle": "inner"}'})
    _settings(world, project={"model": "outer"}, local={"outputStyle": "root"})
    setup = find_setup(world.cwd / "in", world)
    assert setup.settings == {"outputStyle": "root"}


def test_home_as_project_reads_its_settings_once(world: World) -> None:
    """Started in the home folder, the user's settings are not the project's as well."""
    write(world.home, {".claude/settings.json": '{"claudeMdExcludes": ["a"]}'})
    setup = find_setup(world.home, world)
    assert [layer.scope for layer in setup.layers] == [Scope.USER]
    assert [place.scope for place in setup.places] == [Scope.MANAGED, Scope.USER]


def _folders(setup: Setup) -> list[Path]:
    return [place.root.parent for place in setup.places if place.scope is Scope.PROJECT]


def test_parents_count_up_to_the_repository(world: World) -> None:
    """Places are the folder and its parents up to the repository's root, the nearest first."""
    write(world.cwd, {"repo/.git/HEAD": "", "repo/in/x/y": ""})
    repo = world.cwd / "repo"
    setup = find_setup(repo / "in" / "x", world)
    assert _folders(setup) == [repo / "in" / "x", repo / "in", repo]
    assert (setup.repository, setup.main_repository) == (repo, repo)


def test_parents_count_up_to_home_without_a_repository(world: World) -> None:
    """Outside a repository the search ends at the home folder, whose own configuration is the user's."""
    write(world.home, {"a/b/x": ""})
    assert _folders(find_setup(world.home / "a" / "b", world)) == [world.home / "a" / "b", world.home / "a"]


def test_a_linked_work_tree_knows_its_main_one(world: World) -> None:
    """Trust and servers are kept under the main work tree's name."""
    main = write(world.cwd / "main", {".git/worktrees/side/HEAD": ""})
    side = write(world.cwd / "side", {".git": f"gitdir: {main}/.git/worktrees/side\n"})
    write(world.home, {".claude.json": json.dumps({"projects": {str(main): {"hasTrustDialogAccepted": True}}})})
    setup = find_setup(side, world)
    assert (setup.repository, setup.main_repository, setup.trusted) == (side, main, True)
    submodule = write(world.cwd / "sub", {".git": "gitdir: ../.git/modules/sub\n"})
    assert find_setup(submodule, world).main_repository == submodule


@pytest.mark.parametrize(
    ("state", "trusted"),
    [(True, True), (False, False), ("yes", False)],
)
def test_trust_is_what_the_client_noted(world: World, state: object, trusted: bool) -> None:
    """Only a true `hasTrustDialogAccepted` of this very folder is trust."""
    write(world.home, {".claude.json": json.dumps({"projects": {str(world.cwd): {"hasTrustDialogAccepted": state}}})})
    assert find_setup(world.cwd, world).trusted is trusted


@pytest.mark.parametrize("text", ["{", "[]", '{"projects": []}', '{"projects": {"x": 5}}', '{"mcpServers": 5}'])
def test_an_odd_state_file_is_no_state(world: World, text: str) -> None:
    """Whatever the client's own file holds, the audit goes on."""
    write(world.home, {".claude.json": text})
    assert not find_setup(world.cwd, world).trusted


def test_another_configuration_folder_takes_all_with_it(world: World, tmp_path: Path) -> None:
    """With CLAUDE_CONFIG_DIR, settings and the state file come from there."""
    other = write(
        tmp_path / "other", {"settings.json": '{"outputStyle": "x"}', ".claude.json": '{"mcpServers": {"a": 1}}'}
    )
    write(world.home, {".claude/settings.json": '{"outputStyle": "no"}'})
    world = World({"CLAUDE_CONFIG_DIR": str(other)}, world.home, world.cwd, world.cache_dir, world.managed_dir)
    setup = find_setup(world.cwd, world)
    assert setup.settings == {"outputStyle": "x"}
    assert setup.state.user_servers == {"a": 1}


def test_a_target_that_is_no_folder_is_wrong_usage(world: World) -> None:
    """A missing folder and a file are refused in one line with a hint."""
    (world.cwd / "file").write_text("")
    for name, why in (("none", "does not exist"), ("file", "is not a folder")):
        with pytest.raises(UsageError, match=why) as caught:
            find_setup(Path(name), world)
        assert caught.value.hint


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_target_that_cannot_be_a_path_is_one_line(world: World, name: str) -> None:
    """What the system cannot even look up is an error like any other."""
    with pytest.raises(HiveError):
        find_setup(Path(name), world)


def test_a_loop_of_links_as_target_is_one_line(world: World) -> None:
    """A link to itself is refused."""
    (world.cwd / "loop").symlink_to("loop")
    with pytest.raises(HiveError):
        find_setup(Path("loop"), world)


def test_settings_that_are_no_files_are_warnings(world: World) -> None:
    """A FIFO as settings file does not stop the audit."""
    (world.cwd / ".claude").mkdir()
    os.mkfifo(world.cwd / ".claude" / "settings.json")
    assert "not a regular file" in find_setup(world.cwd, world).warnings[0]


def test_a_setup_shows_no_values(world: World) -> None:
    """Settings hold secrets: they are not in what a log or an error would print."""
    setup = _settings(world, user={"env": {"TOKEN": "s3cret"}})
    write(world.home, {".claude.json": '{"mcpServers": {"a": {"env": {"K": "s3cret"}}}}'})
    assert "s3cret" not in repr(find_setup(world.cwd, world)) + repr(setup)


def test_long_lists_join_quickly() -> None:
    """Joining does not grow with the square of a list's length."""
    long = [f"x{index}" for index in range(200_000)]
    assert len(merged(iter([{"a": long}, {"a": long}]))["a"]) == len(long)
