"""Plugins: layouts as the real `claude plugin` commands leave them, and what the client then loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.setup import Place, Scope, Setup
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.settings import World
from tests.audit.tree import write


def _plugin(root: Path, **manifest: Any) -> Path:
    return write(root, {".claude-plugin/plugin.json": json.dumps({"name": root.name, **manifest})})


def _market(world: World, root: Path, kind: str = "directory", **plugins: Any) -> None:
    """A marketplace that the user added."""
    listed = [{"name": name, "source": f"./plugins/{name}", **entry} for name, entry in plugins.items()]
    write(root, {".claude-plugin/marketplace.json": json.dumps({"name": "mkt", "plugins": listed})})
    known = {"mkt": {"source": {"source": kind, "path": str(root)}, "installLocation": str(root)}}
    write(world.home, {".claude/plugins/known_marketplaces.json": json.dumps(known)})


def _enable(world: World, **states: bool) -> None:
    enabled = {f"{name}@mkt": state for name, state in states.items()}
    write(world.home, {".claude/settings.json": json.dumps({"enabledPlugins": enabled})})


def _record(world: World, path: Path, **more: str) -> None:
    records = {"version": 2, "plugins": {"one@mkt": [{"scope": "user", "installPath": str(path), **more}]}}
    write(world.home, {".claude/plugins/installed_plugins.json": json.dumps(records)})


def _names(setup: Setup) -> list[str]:
    return [plugin.name for plugin in setup.plugins]


def test_a_folder_that_is_a_marketplace_serves_its_plugins_in_place(world: World, tmp_path: Path) -> None:
    """Plugins of a local marketplace come from its own folder, not from the cache."""
    root = _plugin(tmp_path / "mkt/plugins/one")
    _market(world, tmp_path / "mkt", one={})
    _enable(world, one=True)
    _record(world, tmp_path / "elsewhere")
    setup = find_setup(world.cwd, world)
    assert [(plugin.name, plugin.root, plugin.source) for plugin in setup.plugins] == [("one", root, "one@mkt")]
    assert setup.places[-1] == Place(Scope.PLUGIN, root, "one")


@pytest.mark.parametrize(("owner", "loaded"), [(None, True), ("this", True), ("/other", False)])
def test_plugins_of_other_marketplaces_come_from_the_cache(
    world: World, tmp_path: Path, owner: str | None, loaded: bool
) -> None:
    """They count where they were installed for the user or for this project."""
    root = _plugin(tmp_path / "cache/one")
    _market(world, tmp_path / "mkt", "git", one={})
    _enable(world, one=True)
    project = str(world.cwd) if owner == "this" else owner
    _record(world, root, **({"projectPath": project} if project else {}))
    setup = find_setup(world.cwd, world)
    assert _names(setup) == (["one"] if loaded else [])
    assert bool(setup.warnings) is not loaded


def test_a_stronger_scope_disables_a_plugin(world: World, tmp_path: Path) -> None:
    """A plugin that the user enabled and the project's local settings disabled is not loaded."""
    _plugin(tmp_path / "mkt/plugins/one")
    _market(world, tmp_path / "mkt", one={})
    _enable(world, one=True)
    write(world.cwd, {".claude/settings.local.json": '{"enabledPlugins": {"one@mkt": false}}'})
    assert _names(find_setup(world.cwd, world)) == []


def test_a_marketplace_that_settings_declare_need_not_be_added(world: World, tmp_path: Path) -> None:
    """A folder in `extraKnownMarketplaces` is enough."""
    _plugin(tmp_path / "mkt/plugins/one")
    write(
        tmp_path / "mkt",
        {".claude-plugin/marketplace.json": '{"plugins": [{"name": "one", "source": "./plugins/one"}]}'},
    )
    declared = {"mkt": {"source": {"source": "directory", "path": str(tmp_path / "mkt")}}}
    settings = {"enabledPlugins": {"one@mkt": True}, "extraKnownMarketplaces": declared}
    write(world.home, {".claude/settings.json": json.dumps(settings)})
    assert _names(find_setup(world.cwd, world)) == ["one"]


def test_the_manifest_names_the_plugin(world: World, tmp_path: Path) -> None:
    """The prefix is the manifest's name, not the marketplace's."""
    _plugin(tmp_path / "mkt/plugins/one", name="other")
    _market(world, tmp_path / "mkt", one={})
    _enable(world, one=True)
    assert _names(find_setup(world.cwd, world)) == ["other"]


def test_a_marketplace_may_stand_in_for_a_manifest(world: World, tmp_path: Path) -> None:
    """Without a manifest, what the marketplace says counts; its commands add to the default folder."""
    root = write(tmp_path / "mkt/plugins/one", {"commands/a.md": "a", "more/b.md": "b"})
    _market(world, tmp_path / "mkt", one={"strict": False, "commands": ["./more/b.md"]})
    _enable(world, one=True)
    setup = find_setup(world.cwd, world)
    assert setup.places[-1].overrides == {"commands": [root / "commands", root / "more/b.md"]}


def test_a_folder_for_this_session(world: World, tmp_path: Path) -> None:
    """`--plugin-dir` and the variable load a plugin; without a manifest the folder names it; a name counts once."""
    bare = write(tmp_path / "bare", {"commands/a.md": "a"})
    twin = _plugin(tmp_path / "twin", name="bare")
    third = _plugin(tmp_path / "third")
    world = World({"CLAUDE_CODE_PLUGIN_DIRS": str(third)}, world.home, world.cwd, world.cache_dir, world.managed_dir)
    setup = find_setup(world.cwd, world, plugin_dirs=[bare, twin])
    assert [(plugin.name, plugin.root) for plugin in setup.plugins] == [("bare", bare), ("third", third)]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_plugin_in_a_skills_folder(world: World, trusted: bool) -> None:
    """The user's is loaded, the project's only in a trusted folder; `name@skills-dir` switches one off."""
    _plugin(world.home / ".claude/skills/mine")
    _plugin(world.home / ".claude/skills/off")
    _plugin(world.cwd / ".claude/skills/theirs")
    state = {"projects": {str(world.cwd): {"hasTrustDialogAccepted": trusted}}}
    write(world.home, {".claude.json": json.dumps(state)})
    write(world.cwd, {".claude/settings.json": '{"enabledPlugins": {"off@skills-dir": false}}'})
    assert _names(find_setup(world.cwd, world)) == (["mine", "theirs"] if trusted else ["mine"])


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        ({"name": "A B"}, "no usable name"), ({"name": 5}, "no usable name"), ({"commands": 5}, "wrong commands"),
        ({"commands": "x"}, "wrong commands"), ({"commands": "../../etc"}, "wrong commands"),
        ({"agents": "./folder"}, "wrong agents"), ({"skills": [5]}, "wrong skills"),
    ],
)  # fmt: skip
def test_a_manifest_that_the_client_refuses_costs_the_plugin(
    world: World, tmp_path: Path, manifest: dict[str, Any], why: str
) -> None:
    """Wrong names and paths that do not begin with `./` make the client load nothing of it."""
    setup = find_setup(world.cwd, world, plugin_dirs=[_plugin(tmp_path / "one", **manifest)])
    assert _names(setup) == []
    assert why in setup.warnings[0]


def test_a_broken_manifest_and_a_missing_folder_are_warnings(world: World, tmp_path: Path) -> None:
    """Neither stops the audit."""
    broken = write(tmp_path / "one", {".claude-plugin/plugin.json": "{"})
    setup = find_setup(world.cwd, world, plugin_dirs=[broken, tmp_path / "none"])
    assert _names(setup) == []
    assert len(setup.warnings) == 2


def test_paths_of_a_manifest_replace_the_default_ones(world: World, tmp_path: Path) -> None:
    """Commands may be named by an object; a path that leads out of the plugin is left out."""
    manifest = {
        "agents": ["./a/x.md"], "skills": "./", "outputStyles": "./styles",
        "commands": {"one": {"source": "./c.md"}, "two": {"content": "inline"}, "three": {"source": "./../../out.md"}},
    }  # fmt: skip
    root = _plugin(tmp_path / "one", **manifest)
    overrides = find_setup(world.cwd, world, plugin_dirs=[root]).places[-1].overrides
    assert overrides == {
        "agents": [root / "a/x.md"], "skills": [root], "commands": [root / "c.md"], "output-styles": [root / "styles"],
    }  # fmt: skip


@pytest.mark.parametrize("text", ["{", "[]", '{"plugins": 5}', '{"plugins": {"one@mkt": 5}}', '{"mkt": 5}'])
def test_odd_records_load_nothing(world: World, text: str) -> None:
    """Whatever the client's own lists hold, the audit goes on and says what is missing."""
    _enable(world, one=True)
    for name in ("installed_plugins.json", "known_marketplaces.json"):
        write(world.home, {f".claude/plugins/{name}": text})
    setup = find_setup(world.cwd, world)
    assert _names(setup) == []
    assert "one@mkt: enabled, but not installed here" in setup.warnings[-1]
