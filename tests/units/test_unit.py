"""Facts about a unit's identity."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hive_integration.units import Category, Component, Level, Load, canonical_json, digest_of, unit_of


def test_line_ends_and_blank_edges_do_not_change_a_digest() -> None:
    """The same text saved on another system is the same unit."""
    assert digest_of("a  \r\nb\r\n\r\n") == digest_of("\na\nb")


def test_a_changed_word_changes_the_digest() -> None:
    """Drift is visible."""
    assert digest_of("always test") != digest_of("always tests")


def test_a_tool_has_one_digest_in_every_protocol() -> None:
    """Key order, extra fields and the protocol's own wrapping are not part of a tool's identity."""
    schema = {"type": "object", "properties": {"b": {}, "a": {}}}
    anthropic = {"name": "t", "description": "d", "input_schema": schema, "cache_control": {"type": "ephemeral"}}
    openai = {"type": "function", "function": {"parameters": schema, "name": "t", "description": "d"}}
    assert digest_of(json.dumps(anthropic)) == digest_of(json.dumps(openai))


def test_a_tools_schema_is_part_of_its_identity() -> None:
    """Another parameter makes another unit."""
    one, other = ({"name": "t", "input_schema": {"properties": {key: {}}}} for key in "ab")
    assert digest_of(json.dumps(one)) != digest_of(json.dumps(other))


def test_category_and_level_follow_from_the_component() -> None:
    """A tool is a tool specification on L2, an agent a persona on L3."""
    tool = unit_of("t", Component.MCP_TOOLS, Load.DEFERRED, "{}")
    agent = unit_of("a", Component.AGENTS, Load.LISTED, "- a: b")
    assert (tool.category, tool.level) == (Category.TOOL_SPECIFICATIONS, Level.TOOLS)
    assert (agent.category, agent.level) == (Category.AGENT_PERSONAS, Level.AGENTS)


@given(st.text())
def test_any_text_has_a_digest_that_normalising_keeps(text: str) -> None:
    """A digest exists for every text, and trailing line ends never matter."""
    assert digest_of(text) == digest_of(text + "\n")


@given(st.dictionaries(st.text(), st.integers()))
def test_canonical_json_forgets_the_order_of_keys(value: dict[str, int]) -> None:
    """Equal objects have equal canonical text."""
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))
