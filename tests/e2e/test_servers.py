"""The real claude-flow server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hive_integration.audit.servers.asking import list_tools, to_wire
from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.tasks import run

pytestmark = pytest.mark.e2e


def test_claude_flow_lists_its_353_tools(claude_flow_3: Callable[[Path], Path], tmp_path: Path) -> None:
    """All of them come in one go, each has a wire form that parses, and nothing is complained of."""
    project = claude_flow_3(tmp_path / "project")
    entry = json.loads((project / ".mcp.json").read_text())["mcpServers"]["claude-flow"]
    config = ServerConfig(
        "claude-flow", command=entry["command"], args=entry["args"], env=entry["env"], cwd=str(project)
    )
    (listing,) = run(list_tools([config], timeout=60, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}))
    assert (listing.error, listing.warnings) == ("", ())
    assert len(listing.tools) == 353
    assert {json.loads(to_wire("claude-flow", tool))["name"] for tool in listing.tools} == {
        f"mcp__claude-flow__{tool.name}" for tool in listing.tools
    }
