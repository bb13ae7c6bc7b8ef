"""MCP servers as configured; which of them start was seen with real servers and `claude -p`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.sources import mcp_config
from hive_integration.audit.sources.mcp_config import ServerConfig, find
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.settings import World
from tests.audit.tree import write


def _mcp(**servers: object) -> str:
    return json.dumps({"mcpServers": servers})


def _stdio(*args: str, **more: Any) -> dict[str, Any]:
    return {"command": "run", "args": list(args), **more}


def _servers(world: World, files: Mapping[str, str], folder: str = ".", *plugins: Path) -> list[ServerConfig]:
    for name, text in files.items():
        write(world.home if name.startswith("~/") else world.cwd, {name.removeprefix("~/"): text})
    (world.cwd / folder).mkdir(parents=True, exist_ok=True)
    return list(find(find_setup(world.cwd / folder, world, plugin_dirs=plugins)).servers)


def _state(world: World, **values: Any) -> str:
    project = values.pop("project", {})
    return json.dumps({**values, "projects": {str(world.cwd): project}})


def test_all_places_name_servers(world: World) -> None:
    """Local and user servers stand in the state file, the project's in `.mcp.json`; settings files name none."""
    state = _state(world, mcpServers={"u": _stdio()}, project={"mcpServers": {"l": _stdio()}})
    found = _servers(
        world,
        {".mcp.json": _mcp(p=_stdio("x")), "~/.claude.json": state, ".claude/settings.json": _mcp(s=_stdio())},
    )
    assert [(server.name, server.scope, server.source) for server in found] == [
        ("l", "local", "~/.claude.json:1"),
        ("p", "project", ".mcp.json:1"),
        ("u", "user", "~/.claude.json:1"),
    ]
    assert (found[1].command, found[1].args, found[1].cwd) == ("run", ["x"], str(world.cwd))


def test_the_strongest_and_nearest_of_one_name_counts(world: World) -> None:
    """Local beats project beats user, and of two `.mcp.json` files the nearer one."""
    state = _state(world, mcpServers={"a": _stdio("user"), "b": _stdio("user")})
    files = {".mcp.json": _mcp(a=_stdio("far"), c=_stdio("far")), "in/.mcp.json": _mcp(a=_stdio("near"))}
    found = _servers(world, {**files, "~/.claude.json": state}, "in")
    assert {server.name: server.args for server in found} == {"a": ["near"], "c": ["far"], "b": ["user"]}


@pytest.mark.parametrize(
    "config",
    [
        5, {}, {"command": 5}, {"command": ""}, {"type": "zz", "command": "x"}, {"type": "http"}, {"url": "http://x"},
        {"type": "sse", "url": 5}, [], None,
    ],
)  # fmt: skip
def test_a_server_that_is_not_configured_correctly_is_left_out(world: World, config: object) -> None:
    """It is named in a warning, and the others count."""
    write(world.cwd, {".mcp.json": _mcp(bad=config, good=_stdio())})
    found = mcp_config.find(find_setup(world.cwd, world))
    assert [server.name for server in found.servers] == ["good"]
    assert "'bad'" in found.warnings[0]


@pytest.mark.parametrize("text", ["{", "[]", '{"a": {"command": "x"}}', '{"mcpServers": []}', "// c\n{}"])
def test_an_odd_file_names_no_server(world: World, text: str) -> None:
    """Broken JSON, comments and servers without their heading are nothing to the client."""
    assert _servers(world, {".mcp.json": text}) == []


def test_remote_servers(world: World) -> None:
    """`http` and `sse` keep their address and headers."""
    remote = {"type": "http", "url": "https://x/${A:-y}", "headers": {"Auth": "${TOKEN}", "odd": 5}}
    (server,) = _servers(world, {".mcp.json": _mcp(r=remote)})
    assert (server.transport, server.url, server.headers, server.command) == (
        "http",
        "https://x/y",
        {"Auth": "${TOKEN}"},
        "",
    )


def test_variables_are_filled_in(world: World) -> None:
    """From the shell and the user's settings, not the project's; what is not set stays or takes its default."""
    world = World({"SHELL_VAR": "s"}, world.home, world.cwd, world.cache_dir, world.managed_dir)
    args = ["${SHELL_VAR}", "${USER_VAR}", "${PROJECT_VAR}", "${NONE:-d}", "${NONE:-}", "$SHELL_VAR"]
    found = _servers(
        world,
        {
            ".mcp.json": _mcp(a=_stdio(*args, env={"K": "${SHELL_VAR}"})),
            "~/.claude/settings.json": '{"env": {"USER_VAR": "u"}}',
            ".claude/settings.json": '{"env": {"PROJECT_VAR": "p"}}',
        },
    )
    assert found[0].args == ["s", "u", "${PROJECT_VAR}", "d", "", "$SHELL_VAR"]
    assert found[0].env == {"K": "s"}


def test_names_that_the_client_keeps_are_left_out(world: World) -> None:
    """A server called `ide` or `workspace` is not started."""
    names = ["ide", "workspace", "claude-in-chrome", "computer-use", "Workspace"]
    assert [s.name for s in _servers(world, {".mcp.json": _mcp(**dict.fromkeys(names, _stdio()))})] == ["Workspace"]


def test_a_server_that_is_switched_off_does_not_hide_a_weaker_one(world: World) -> None:
    """The user's server of the same name comes forward."""
    state = _state(world, mcpServers={"a": _stdio("user")})
    files = {".mcp.json": _mcp(a=_stdio("project")), "~/.claude.json": state}
    found = _servers(world, {**files, ".claude/settings.json": '{"disabledMcpjsonServers": ["a"]}'})
    assert [(server.scope, server.args) for server in found] == [("user", ["user"])]


@pytest.mark.parametrize(
    ("settings", "approved"),
    [({}, False), ({"enabledMcpjsonServers": ["a"]}, True), ({"enableAllProjectMcpServers": True}, True)],
)
def test_a_projects_server_is_approved_by_settings(world: World, settings: dict[str, Any], approved: bool) -> None:
    """Without them the interactive client asks, though `claude -p` starts it; a user's own server needs no approval."""
    state = _state(world, mcpServers={"u": _stdio()})
    files = {".mcp.json": _mcp(a=_stdio()), "~/.claude.json": state, ".claude/settings.json": json.dumps(settings)}
    assert [server.approved for server in _servers(world, files)] == [approved, True]


def test_only_a_true_always_load_counts(world: World) -> None:
    """`"true"` as a text does not."""
    found = _servers(world, {".mcp.json": _mcp(a=_stdio(alwaysLoad=True), b=_stdio(alwaysLoad="true"))})
    assert [server.always_load for server in found] == [True, False]


def test_a_managed_file_is_the_only_source(world: World, tmp_path: Path) -> None:
    """Even an empty one shuts out everyone else's servers, plugins included."""
    plugin = write(tmp_path / "plug", {".mcp.json": _mcp(x=_stdio())})
    write(world.managed_dir, {"managed-mcp.json": _mcp(m=_stdio())})
    assert [server.scope for server in _servers(world, {".mcp.json": _mcp(a=_stdio())}, ".", plugin)] == ["managed"]
    write(world.managed_dir, {"managed-mcp.json": _mcp()})
    assert _servers(world, {}, ".", plugin) == []


def test_servers_of_plugins(world: World, tmp_path: Path) -> None:
    """Named `plugin:plugin:server`; the manifest beats `.mcp.json`, which may do without its heading."""
    manifest = {"name": "plug", "mcpServers": {"both": _stdio("manifest"), "own": _stdio("${CLAUDE_PLUGIN_ROOT}")}}
    files = {".claude-plugin/plugin.json": json.dumps(manifest), ".mcp.json": json.dumps({"both": _stdio("file")})}
    root = write(tmp_path / "plug", files)
    found = _servers(world, {}, ".", root)
    assert {s.name: s.args for s in found} == {"plugin:plug:both": ["manifest"], "plugin:plug:own": [str(root)]}


def test_a_plugins_server_is_not_started_twice(world: World, tmp_path: Path) -> None:
    """One that starts what another server starts is left out, whatever its name and variables."""
    one = write(
        tmp_path / "one", {".mcp.json": _mcp(a=_stdio("same"), b=_stdio("same"), c=_stdio("other", env={"A": "1"}))}
    )
    two = write(tmp_path / "two", {".mcp.json": _mcp(a=_stdio("same"))})
    assert [server.name for server in _servers(world, {}, ".", one, two)] == ["plugin:one:a", "plugin:one:c"]
    found = _servers(world, {".mcp.json": _mcp(p=_stdio("same"), q=_stdio("same"))}, ".", one, two)
    assert [server.name for server in found] == ["p", "q", "plugin:one:c"]


def test_secrets_are_in_no_warning_and_no_representation(world: World) -> None:
    """Variables and headers of a server are used, never shown."""
    bad = {"type": "http", "headers": {"Auth": "s3cret"}, "env": {"K": "s3cret"}}
    good = _stdio(env={"K": "s3cret"})
    write(world.cwd, {".mcp.json": _mcp(bad=bad, good=good)})
    found = mcp_config.find(find_setup(world.cwd, world))
    assert found.servers[0].env == {"K": "s3cret"}
    assert "s3cret" not in repr(found)


def test_odd_names_are_shown_safely(world: World) -> None:
    """Escapes in a server's name do not reach a terminal through a warning."""
    write(world.cwd, {".mcp.json": json.dumps({"mcpServers": {"\x1b[31m\ud800": 5}})})
    (warning,) = mcp_config.find(find_setup(world.cwd, world)).warnings
    assert "\x1b" not in warning
    assert warning.encode()
