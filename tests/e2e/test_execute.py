"""The real claude-flow server, pinned: its own results in the data, from a scratch folder, at its own pace."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hive_integration.audit.servers.asking import list_tools, unit_of_tool
from hive_integration.audit.sources.mcp_config import find
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.cli.compiling import Ways
from hive_integration.knowledge.extract import extracted
from hive_integration.settings import World
from hive_integration.tasks import run
from hive_integration.tokens.choose import DEFAULT, counter_for
from hive_integration.units.lines import to_line
from tests.dataset.teacher.sample import compile_with

pytestmark = pytest.mark.e2e
TOOLS = ("memory_store", "memory_list", "task_create", "task_list", "agent_list", "system_status", "claims_list",
         "config_list")  # fmt: skip


def test_results_of_the_real_server_are_in_the_data(world: World, claude_flow_3: Callable[[Path], Path]) -> None:
    """Some twenty calls: valid against its own schemas, no path of this machine, failures told in its own words."""
    claude_flow_3(world.cwd)
    world = replace(world, env={"PATH": os.environ["PATH"]})
    [config] = find(find_setup(world.cwd, world)).servers
    [listing] = run(list_tools([config], env={**world.env, "HOME": str(world.home)}))
    units = [unit_of_tool(config.name, tool) for tool in listing.tools if tool.name in TOOLS]
    path = world.cwd / "units.jsonl"
    path.write_text("".join(f"{to_line(each)}\n" for each in extracted(units, counter_for(DEFAULT, world.cache_dir))))
    _, made = compile_with(world, world.cwd / "out", Ways(execute=True), total=60, units=path)
    assert made.servers is not None
    tally = made.servers.tally
    assert tally.calls >= 20
    assert tally.dropped == 0
    assert tally.failed < tally.calls / 2
    rows = [json.loads(line) for line in (world.cwd / "out" / "provenance.jsonl").read_text().splitlines()]
    assert sum(row["generator"] == "offline+executed" for row in rows) >= 10
    whole = (world.cwd / "out" / "train.jsonl").read_text()
    assert str(world.cwd) not in whole
    assert "hive-scratch" not in whole
