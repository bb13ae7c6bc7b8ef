"""Hooks that would run when a session starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.sources import hooks
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.settings import World
from tests.audit.tree import write


def _group(command: str, matcher: str | None = None, **more: Any) -> dict[str, Any]:
    hook = {"type": "command", "command": command, **more}
    return {"hooks": [hook]} if matcher is None else {"matcher": matcher, "hooks": [hook]}


def _start(*groups: object) -> str:
    return json.dumps({"hooks": {"SessionStart": list(groups)}})


def _commands(world: World, files: Mapping[str, str], plugin: Path | None = None) -> list[str]:
    for name, text in files.items():
        base = world.home if name.startswith("~/") else world.managed_dir if name.startswith("!") else world.cwd
        write(base, {name.lstrip("~/!"): text})
    setup = find_setup(world.cwd, world, plugin_dirs=[plugin] if plugin else [])
    return [hook.command for hook in hooks.find(setup).commands]


SETTINGS = ".claude/settings.json"
USER = "~/.claude/settings.json"
MANAGED = "!managed-settings.json"


def test_hooks_of_all_scopes_count(world: World) -> None:
    """User, project, local and managed hooks all run; the same command runs once, whoever names it."""
    files = {USER: "user", SETTINGS: "project", ".claude/settings.local.json": "local", MANAGED: "managed"}
    texts = {name: _start(_group(command), _group("same")) for name, command in files.items()}
    assert _commands(world, texts) == ["user", "same", "project", "local", "managed"]


def test_a_hook_knows_its_file(world: World) -> None:
    """Event, matcher and source stand beside the command, which is not printed."""
    write(world.cwd, {SETTINGS: json.dumps({"hooks": {"UserPromptSubmit": [_group("echo s3cret", "x")]}})})
    (hook,) = hooks.find(find_setup(world.cwd, world)).commands
    assert (hook.event, hook.matcher, hook.source) == ("UserPromptSubmit", "x", ".claude/settings.json:1")
    assert "s3cret" not in repr(hook)


@pytest.mark.parametrize(
    ("matcher", "runs"),
    [
        (None, True), ("", True), ("*", True), ("startup", True), ("startup|resume", True), ("resume, startup", True),
        (" startup", True), (".*", True), ("^startup$", True), ("resume", False), ("start", False), ("Startup", False),
        ("start|up", False), ("|", False),
    ],
)  # fmt: skip
def test_a_session_start_hook_runs_if_its_matcher_means_a_new_session(
    world: World, matcher: str | None, runs: bool
) -> None:
    """Plain alternatives must name `startup`; patterns are taken to match."""
    assert bool(_commands(world, {SETTINGS: _start(_group("x", matcher))})) is runs


@pytest.mark.parametrize(
    "group",
    [
        5, [], {"hooks": 5}, {"hooks": [5, {"type": "prompt", "prompt": "x"}, {"command": "x"}, {"type": "command"}]},
        _group("x", matcher=5),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_is_no_command_is_none(world: World, group: object) -> None:
    """Prompts, hooks without a type and things that are no hooks are passed over."""
    assert _commands(world, {SETTINGS: _start(group, _group("good"))}) == ["good"]


def test_hooks_can_be_switched_off(world: World) -> None:
    """`disableAllHooks` leaves the managed ones; in managed settings, none; `allowManagedHooksOnly` only those."""
    off = json.loads(_start(_group("project")))
    files = {SETTINGS: json.dumps({**off, "disableAllHooks": True}), MANAGED: _start(_group("managed"))}
    assert _commands(world, files) == ["managed"]
    managed = json.loads(files[MANAGED])
    assert _commands(world, {MANAGED: json.dumps({**managed, "disableAllHooks": True})}) == []
    files = {SETTINGS: _start(_group("project")), MANAGED: json.dumps({**managed, "allowManagedHooksOnly": True})}
    assert _commands(world, files) == ["managed"]


def test_plugins_bring_hooks(world: World, tmp_path: Path) -> None:
    """The default file, files that the manifest names and hooks inside it all count."""
    manifest = {"name": "one", "hooks": ["./more.json", {"SessionStart": [_group("inline")]}]}
    files = {".claude-plugin/plugin.json": json.dumps(manifest), "hooks/hooks.json": _start(_group("default"))}
    root = write(tmp_path / "one", {**files, "more.json": _start(_group("more"))})
    assert _commands(world, {}, root) == ["default", "more", "inline"]


def test_a_broken_hooks_file_is_a_warning(world: World, tmp_path: Path) -> None:
    """The rest of the plugin's hooks still count."""
    root = write(tmp_path / "one", {"hooks/hooks.json": "{"})
    found = hooks.find(find_setup(world.cwd, world, plugin_dirs=[root]))
    assert found.commands == []
    assert "hooks.json" in found.warnings[0]
