"""Facts about what units know of one another."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.context import Context, context_of, description, purpose
from hive_integration.units import Component

from .samples import a_body, a_name, a_tool

UNITS = [
    a_tool("memory_store", "Store a value. Use when it must last."),
    a_tool("memory_list", "List values"),
    a_tool("swarm_init", "Begin"),
    a_name("mcp__hive__memory_store"),
    a_name("Read", Component.BUILTIN_TOOLS),
    a_name("Agent", Component.BUILTIN_TOOLS),
    a_body("# store\n\n```sh\nx\n```\n\nStores what must last.\n", Component.COMMANDS, "store"),
]


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("Call `memory_store` first", ["mcp__hive__memory_store"]),
        ("Pair with swarm_init, then memory_store", ["mcp__hive__swarm_init", "mcp__hive__memory_store"]),
        ("mcp__hive__memory_list lists", ["mcp__hive__memory_list"]),
        ("Read the file", []),
        ("Use the Read tool", ["Read"]),
        ("native Task is fine", ["Agent"]),
        ("`Unknown` and unknown_tool", []),
    ],
)
def test_tools_are_known_by_the_names_that_texts_use(text: str, tools: list[str]) -> None:
    """Short and wire names; a plain word only in code marks or beside `tool`; the old name of the agent tool."""
    assert context_of(UNITS).named(text) == tools


def test_a_short_name_that_two_servers_share_names_none() -> None:
    """It would be a guess."""
    context = context_of([a_tool("get_it"), a_tool("get_it", server="other")])
    assert context.named("call get_it") == []


def test_the_neighbour_shares_most_words() -> None:
    """It is another tool with a specification; a tool whose words nobody shares has none."""
    context = context_of(UNITS)
    assert context.neighbour("mcp__hive__memory_store") == "mcp__hive__memory_list"
    assert context.neighbour("mcp__hive__swarm_init") == ""


def test_what_is_kept_of_the_units() -> None:
    """Purposes, the digest of a tool's own line, the first sentence of a command's body."""
    context = context_of(UNITS)
    assert context.purposes["mcp__hive__memory_store"] == "Store a value"
    assert context.listed == {unit.name: unit.digest for unit in UNITS[3:6]}
    assert context.openings == {"store": "Stores what must last."}


def test_the_agent_tool_has_the_clients_name() -> None:
    """`Agent`, or `Task` in older clients."""
    assert context_of(UNITS).agent_tool == Context().agent_tool == "Agent"
    assert Context(("Task",)).agent_tool == "Task"


def test_a_purpose_ends_before_the_use() -> None:
    """At a full stop, a line's end, or where it begins to say when to use it."""
    assert purpose("Save a template Use when native X is wrong.") == "Save a template"
    assert purpose("\n# Heads\nDoes it. More.") == "Heads"
    assert purpose("") == ""
    assert len(purpose("word " * 500)) <= 240


def test_a_description_is_read_from_any_protocol() -> None:
    """Anthropic's and OpenAI's form; a text that is no JSON is its own description."""
    assert description(UNITS[1]) == "List values"
    openai = a_body('{"type":"function","function":{"name":"x","description":"Does","parameters":{}}}')
    assert description(openai) == "Does"
    assert description(a_body("no json")) == "no json"
    assert description(a_body("[1]")) == ""
