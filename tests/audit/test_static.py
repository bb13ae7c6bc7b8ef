"""Facts about the static audit: what files and servers say becomes a report, without anything being started."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.audit.render import words
from hive_integration.audit.report import Report
from hive_integration.audit.servers.asking import Listing
from hive_integration.audit.servers.tool_wire import ToolSpec
from hive_integration.audit.sources.inventory import Inventory, take_inventory
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.audit.static import conditions_of, server_units, static_report
from hive_integration.settings import World, now
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.units import Component, Load

TOOLS = (ToolSpec("add", "Adds a task.", {"type": "object"}), ToolSpec("list", "Lists them.", {"type": "object"}))
BOARD = Listing("board", TOOLS, "Use the board.")


def settings(world: World, **values: object) -> None:
    (world.cwd / ".claude").mkdir(exist_ok=True)
    (world.cwd / ".claude" / "settings.json").write_text(json.dumps(values))


def inventory(world: World, **conditions: str) -> Inventory:
    setup = find_setup(world.cwd, world)
    return take_inventory(setup, conditions_of(setup, **conditions), now())


def report(world: World, *listings: Listing, **conditions: str) -> Report:
    return static_report(inventory(world, **conditions), OpenAICounter("o200k_base"), listings)


def with_server(world: World) -> None:
    (world.cwd / ".mcp.json").write_text(json.dumps({"mcpServers": {"board": {"command": "false"}}}))
    settings(world, enableAllProjectMcpServers=True)


def test_an_empty_project_costs_what_the_client_brings(world: World) -> None:
    """Only the measured figures of the client, and they say so: the total is no exact count."""
    found = report(world)
    assert found.total_tokens > 5_000
    assert not found.exact
    assert all(finding.unit.source.startswith("claude-code@") for finding in found.findings)


def test_an_agent_adds_its_line_to_the_total_and_its_body_on_demand(world: World) -> None:
    """Naive meters count the file; the first request carries a line of it."""
    before = report(world).total_tokens
    (world.cwd / ".claude" / "agents").mkdir(parents=True)
    (world.cwd / ".claude" / "agents" / "scout.md").write_text(
        "---\nname: scout\ndescription: Looks around.\n---\n" + "Long body. " * 500
    )
    after = report(world)
    assert 0 < after.total_tokens - before < 40
    assert after.tokens_of(Load.ON_DEMAND) > 1_000


def test_a_server_that_was_not_asked_is_named_in_the_warnings(world: World) -> None:
    """Its tools are not guessed."""
    with_server(world)
    assert any("board" in warning and "--start-servers" in warning for warning in report(world).warnings)


def test_tools_are_deferred_with_tool_search_and_sent_without(world: World) -> None:
    """The same tools cost their names, or their whole specification."""
    with_server(world)
    deferred = report(world, BOARD)
    settings(world, enableAllProjectMcpServers=True, env={"ENABLE_TOOL_SEARCH": "false"})
    loaded = report(world, BOARD)

    def loads(one: Report) -> set[Load]:
        return {f.unit.load for f in one.findings if f.unit.name == "mcp__board__add"}

    assert loads(deferred) == {Load.DEFERRED, Load.LISTED}
    assert loads(loaded) == {Load.ALWAYS}


def test_a_server_that_asks_to_be_loaded_is_loaded(world: World) -> None:
    """`alwaysLoad` beats tool search."""
    conditions = conditions_of(find_setup(world.cwd, world))
    units = list(server_units(BOARD, conditions, always_load=True))
    assert [unit.load for unit in units] == [Load.ALWAYS] * 3
    assert units[0].name == "board instructions"


def test_what_a_server_did_wrong_is_a_warning(world: World) -> None:
    """The report says what is missing and why, and what was odd about a server that did answer."""
    with_server(world)
    failed = replace(BOARD, tools=(), error="board: ended at once", warnings=["board: printed rubbish"])
    said = report(world, failed).warnings
    assert {"MCP server board: ended at once; not counted", "MCP server board: printed rubbish"} <= set(said)
    broken = report(world, replace(BOARD, error="board: ended half-way")).warnings
    assert f"MCP server board: ended half-way; only {len(TOOLS)} of its tools are counted" in broken


def test_hooks_that_may_add_text_are_a_warning(world: World) -> None:
    """They are never run to find out."""
    hook = {"hooks": [{"type": "command", "command": "touch ran"}]}
    settings(world, hooks={"SessionStart": [hook]})
    assert any("SessionStart" in warning for warning in report(world).warnings)
    assert not (world.cwd / "ran").exists()


@pytest.mark.parametrize(
    ("env", "version", "search"),
    [
        ({}, "2.1.329", True),
        ({"ENABLE_TOOL_SEARCH": "false"}, "2.1.329", False),
        ({"ENABLE_TOOL_SEARCH": "true"}, "2.1.197", True),
        ({"ANTHROPIC_BASE_URL": "http://127.0.0.1:8787"}, "2.1.329", True),
        ({"ANTHROPIC_BASE_URL": "http://127.0.0.1:8787"}, "2.1.197", False),
        ({"ANTHROPIC_BASE_URL": "https://api.anthropic.com"}, "2.1.197", True),
    ],
)
def test_tool_search_follows_variable_address_and_version(
    world: World, env: dict[str, str], version: str, search: bool
) -> None:
    """As measured: an old client behind a gateway loads every tool."""
    setup = find_setup(world.cwd, replace(world, env={**world.env, **env}))
    assert conditions_of(setup, version=version).tool_search is search


def test_the_model_comes_from_option_variable_or_settings(world: World) -> None:
    """In that order; an alias means what this client means by it."""
    settings(world, model="haiku")
    setup = find_setup(world.cwd, world)
    assert conditions_of(setup).model == "claude-haiku-5-5"
    assert conditions_of(setup, model="claude-sonnet-5").model == "claude-sonnet-5"
    varied = find_setup(world.cwd, replace(world, env={"ANTHROPIC_MODEL": "claude-opus-4-8"}))
    assert conditions_of(varied).model == "claude-opus-4-8"


def test_the_report_is_of_this_project(world: World, tmp_path: Path) -> None:
    """The target is the folder that was audited."""
    assert report(world).target == str((tmp_path / "project").resolve())


def test_mcp_units_are_of_their_component(world: World) -> None:
    """Names, specifications and instructions of a server are all MCP."""
    with_server(world)
    units = [f.unit for f in report(world, BOARD).findings if "board" in f.unit.source]
    assert {unit.component for unit in units} == {Component.MCP_TOOLS}
    assert len(units) == 5


def test_the_report_says_which_servers_were_asked(world: World) -> None:
    """ "Nothing was started" is said only where it is true."""
    with_server(world)
    assert (report(world).notes["asked"], report(world, BOARD).notes["asked"]) == ([], ["board"])
    assert "nothing was started" in words.how(report(world))
    assert "nothing was started" not in words.how(report(world, BOARD))
