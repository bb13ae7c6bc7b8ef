"""Which configured MCP servers may start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.setup import Layer, Scope, Setup, State
from hive_integration.audit.sources.mcp_policy import Asked, approved, permitted
from hive_integration.audit.sources.scopes import merged
from hive_integration.settings import World

A = Asked("a", of_project=True, command=("run", "a"))
REMOTE = Asked("r", of_project=True, command=("https://x.com/mcp",), url="https://x.com/mcp")


def _setup(world: World, state: State | None = None, **scopes: Mapping[str, Any]) -> Setup:
    layers = [Layer(Scope(name), Path(name), values) for name, values in scopes.items()]
    settings = merged(layer.values for layer in layers)
    return Setup(world, world.cwd, (), settings, layers=layers, state=state or State())


def _name(*names: str) -> list[dict[str, str]]:
    return [{"serverName": name} for name in names]


@pytest.mark.parametrize("scope", ["user", "project", "local", "managed"])
def test_lists_of_any_scope_switch_servers_off(world: World, scope: str) -> None:
    """A project's server by `disabledMcpjsonServers`, any server by `deniedMcpServers`."""
    setup = _setup(world, **{scope: {"disabledMcpjsonServers": ["a"]}})
    assert not permitted(setup, A)
    assert permitted(setup, Asked("a", of_project=False, command=("run", "a")))
    assert not permitted(_setup(world, **{scope: {"deniedMcpServers": _name("a")}}), A)


def test_the_state_file_switches_servers_off(world: World) -> None:
    """What the user switched off here is off, whatever approves it."""
    on = {"enabledMcpjsonServers": ["a"]}
    assert not permitted(_setup(world, State(disabled_servers=["a"]), user=on), A)
    assert not permitted(_setup(world, State(disabled_project_servers=["a"]), user=on), A)
    assert permitted(_setup(world, State(disabled_servers=["b"]), user=on), A)


@pytest.mark.parametrize(
    ("rules", "server", "allowed"),
    [
        (_name("a"), A, True),
        (_name("b"), A, False),
        ([], A, False),
        ([{"serverCommand": ["run", "a"]}], A, True),
        ([{"serverCommand": ["run"]}], A, False),
        ([{"serverCommand": ["run", "b"]}, *_name("a")], A, False),
        ([{"serverUrl": "https://*.com/*"}], REMOTE, True),
        ([{"serverUrl": "https://y.com/*"}, *_name("r")], REMOTE, False),
        ([{"serverCommand": ["x"]}, *_name("r")], REMOTE, True),
        (_name("plugin:p:x"), Asked("plugin:p:x", of_project=False), False),
        ([5, "a"], A, False),
    ],
)
def test_an_allow_list_shuts_out_the_rest(world: World, rules: list[Any], server: Asked, allowed: bool) -> None:
    """Where it holds commands or addresses, a name is not enough for such a server; a name must be a plain word."""
    assert permitted(_setup(world, managed={"allowedMcpServers": rules}), server) is allowed


def test_an_organisation_may_keep_the_allow_list_to_itself(world: World) -> None:
    """Then what the user and the project allow does not count."""
    only = {"allowManagedMcpServersOnly": True, "allowedMcpServers": _name("b")}
    assert not permitted(_setup(world, project={"allowedMcpServers": _name("a")}, managed=only), A)
    assert permitted(_setup(world, project={"allowedMcpServers": _name("a")}, managed={"allowedMcpServers": []}), A)


@pytest.mark.parametrize("value", [5, "a", {"a": 1}, None])
def test_odd_lists_are_no_lists(world: World, value: object) -> None:
    """A list that is none neither allows nor denies."""
    setup = _setup(world, user={"allowedMcpServers": value, "deniedMcpServers": value})
    assert permitted(setup, A)


def test_approval_comes_from_settings_or_state(world: World) -> None:
    """By name, by the setting for all, or noted by the client."""
    assert not approved(_setup(world), "a")
    assert approved(_setup(world, user={"enableAllProjectMcpServers": True}), "a")
    assert approved(_setup(world, State(enabled_project_servers=["a"])), "a")
