"""What passes is remembered, and what must not be."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from hive_integration.gateway.memory import MAIN_SESSION
from hive_integration.gateway.parts import Parts
from tests.gateway.idle import tool
from tests.gateway.live import asked
from tests.gateway.made import exchange, furniture

TOOLS = [tool(f"Tool{i}") for i in range(MAIN_SESSION)]
FULL = [{"type": "text", "text": "You are a gardener. Mind the bees."}]
MINIMAL = "Be brief."


async def _seen(tmp_path: Path, *bodies: dict[str, Any], headers: list[tuple[str, str]] | None = None) -> Parts:
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path, prompt={"system": MINIMAL, "tools": "names"})
        for body in bodies:
            ex = exchange(parts, asked(**body), headers=headers or [])
            parts.memory.see(ex, parts.config.cards["tuned"])
        return parts


async def test_a_main_session_is_remembered(tmp_path: Path) -> None:
    """Its tools with their schemas, and its prompt."""
    parts = await _seen(tmp_path, {"system": FULL, "tools": TOOLS})
    assert parts.store.prompt("claude-x") == FULL
    found = parts.store.tool("Tool0")
    assert found is not None
    assert found.schema == TOOLS[0]["input_schema"]


async def test_what_is_no_main_session_is_not(tmp_path: Path) -> None:
    """Titles and summaries come with few tools, and a subagent has a prompt of its own."""
    parts = await _seen(tmp_path / "a", {"system": FULL, "tools": TOOLS[1:]})
    assert parts.store.prompt("claude-x") is None
    parts = await _seen(tmp_path / "b", {"system": FULL, "tools": TOOLS}, headers=[("X-Claude-Code-Agent-Id", "scout")])
    assert parts.store.prompt("claude-x") is None


async def test_no_prompt_does_not_take_the_full_ones_place(tmp_path: Path) -> None:
    """A request without a system prompt has none to remember."""
    parts = await _seen(tmp_path, {"system": FULL, "tools": TOOLS}, {"tools": [*TOOLS, tool("New")]})
    assert parts.store.prompt("claude-x") == FULL


async def test_a_minimal_prompt_does_not_take_the_full_ones_place(tmp_path: Path) -> None:
    """The plugin's sessions send it; their tools are still worth keeping."""
    minimal = {"system": [{"type": "text", "text": MINIMAL}], "tools": [*TOOLS, tool("New")]}
    parts = await _seen(tmp_path, {"system": FULL, "tools": TOOLS}, minimal)
    assert parts.store.prompt("claude-x") == FULL
    assert parts.store.tool("New") is not None
