"""The bundled hive is whole and really works: its board runs, lists its tools, and does what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from hive_integration.audit.servers.asking import list_tools
from hive_integration.audit.servers.stdio import Command, started
from hive_integration.audit.servers.tool_wire import text_limit
from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.tasks import run

SOURCE = Path(__file__).parent.parent / "examples/hive"
PARTS = {"agents": 4, "commands": 5, "skills": 4, "rules": 2}


@pytest.fixture
def hive(tmp_path: Path) -> Path:
    """A copy of the example with an empty board."""
    copy = Path(shutil.copytree(SOURCE, tmp_path / "hive"))
    (copy / "board/tasks.json").unlink()
    return copy


def _config(hive: Path) -> ServerConfig:
    entry = json.loads((hive / ".mcp.json").read_text())["mcpServers"]["board"]
    assert entry["command"].startswith("${HIVE_PYTHON:-")
    return ServerConfig("board", command=sys.executable, args=entry["args"], cwd=str(hive))


@pytest.mark.parametrize(("part", "count"), PARTS.items())
def test_each_part_is_there_and_described(part: str, count: int) -> None:
    """Agents, commands and skills have a description that the client can list; rules need none."""
    files = sorted((SOURCE / ".claude" / part).rglob("*.md"))
    assert len(files) == count
    for file in files:
        opening, _, body = file.read_text().removeprefix("---\n").partition("\n---\n")
        if part != "rules":
            assert len(yaml.safe_load(opening)["description"]) > 20, file
            assert len(body) > 200, file


def test_every_import_and_path_rule_leads_somewhere() -> None:
    """CLAUDE.md's import exists, and one rule is bound to paths."""
    imports = [line[1:] for line in (SOURCE / "CLAUDE.md").read_text().splitlines() if line.startswith("@")]
    assert [(SOURCE / name).is_file() for name in imports] == [True]
    assert "paths:" in (SOURCE / ".claude/rules/tests.md").read_text()
    assert "paths:" not in (SOURCE / ".claude/rules/commits.md").read_text()


def test_every_tool_that_the_hive_names_is_one_that_the_board_has(hive: Path) -> None:
    """Agents, commands and settings speak of no tool that does not exist; each tool is described well, and not cut."""
    (listing,) = run(list_tools([_config(hive)], env={"PATH": os.environ["PATH"]}))
    assert (listing.error, listing.warnings) == ("", ())
    assert listing.instructions
    names = {tool.name for tool in listing.tools}
    assert len(names) == 9
    for tool in listing.tools:
        assert 150 < len(tool.description) < text_limit()
        assert all(field.get("description") for field in tool.input_schema["properties"].values()), tool.name
    texts = (file.read_text() for file in SOURCE.rglob("*") if file.suffix in {".md", ".json", ".txt"})
    spoken = {name for text in texts for name in re.findall(r"mcp__board__(\w+)", text)}
    assert {"add_task", "list_tasks"} < spoken <= names


def test_the_board_remembers_what_it_is_told(hive: Path) -> None:
    """A task is added, taken, blocked, noted, found, moved; each answer is the next agent's truth."""
    answers = run(_called(hive, [
        ("add_task", {"title": "Say hello", "done_when": "it says hello"}),
        ("add_task", {"title": "Say goodbye", "done_when": "it does"}),
        ("assign_task", {"number": 1, "role": "maker"}),
        ("block_task", {"number": 2, "reason": "#1"}),
        ("move_task", {"number": 2, "state": "done"}),
        ("move_task", {"number": 1, "state": "review"}),
        ("note_task", {"number": 1, "note": "Seen in the terminal."}),
        ("search_tasks", {"words": "TERMINAL hello"}),
        ("list_tasks", {"with_blocked": False}),
        ("show_task", {"number": 7}),
        ("summarise_board", {}),
    ]))  # fmt: skip
    assert answers[0] == "#1 [todo] nobody: Say hello"
    assert answers[2] == "#1 [todo] maker: Say hello"
    assert answers[3].endswith("(blocked: #1)")
    assert "is blocked by: #1" in answers[4]
    assert answers[7] == answers[8] == "#1 [review] maker: Say hello"
    assert "there is no task 7; the board has: 1, 2" in answers[9]
    assert answers[10].startswith("1 todo, 0 doing, 1 review, 0 done")
    assert len(json.loads((hive / "board/tasks.json").read_text())["tasks"]) == 2


async def _called(hive: Path, calls: list[tuple[str, Mapping[str, object]]]) -> list[str]:
    from mcp import ClientSession

    config = _config(hive)
    command = Command([config.command, *config.args], {"PATH": os.environ["PATH"]}, config.cwd)
    async with started(command) as (server, sender), ClientSession(server.messages, sender) as session:
        await session.initialize()
        results = [await session.call_tool(name, dict(arguments)) for name, arguments in calls]
    return [result.content[0].text for result in results]
