"""Permission rules that take something out of the first request."""

from __future__ import annotations

import pytest

from hive_integration.audit.sources.denials import EVERYTHING, denied, is_withheld
from hive_integration.units import Component, Load, unit_of


def test_names_in_brackets_are_denied_one_by_one() -> None:
    """A rule names a tool, and maybe one use of it; other tools' rules do not count."""
    settings = {"permissions": {"deny": ["Agent(a)", "Task(b c)", "Bash(rm *)", "Agent(", 5]}}
    assert denied(settings, ("Agent", "Task")) == {"a", "b c"}


def test_a_bare_rule_denies_everything() -> None:
    """A tool without brackets, or with a star in them, is denied whole."""
    assert denied({"permissions": {"deny": ["Skill"]}}, ("Skill",)) == {EVERYTHING}
    assert denied({"permissions": {"deny": ["Skill(*)"]}}, ("Skill",)) == {EVERYTHING}


def test_odd_settings_deny_nothing() -> None:
    """Settings of the wrong shape are nobody's rules."""
    for settings in ({}, {"permissions": []}, {"permissions": {"deny": "Agent"}}, {"permissions": None}):
        assert denied(settings, ("Agent",)) == frozenset()


@pytest.mark.parametrize(
    ("rule", "name", "component", "gone"),
    [
        ("Workflow", "Workflow", Component.BUILTIN_TOOLS, True),
        ("Bash(rm:*)", "Bash", Component.BUILTIN_TOOLS, False),
        ("mcp__board", "mcp__board__add", Component.MCP_TOOLS, True),
        ("mcp__board__*", "mcp__board__add", Component.MCP_TOOLS, True),
        ("mcp__board__list", "mcp__board__add", Component.MCP_TOOLS, False),
        ("mcp__boa", "mcp__board__add", Component.MCP_TOOLS, False),
        ("mcp__*", "board instructions", Component.MCP_TOOLS, False),
        ("Agent(Explore)", "Explore", Component.AGENTS, True),
        ("Agent(Explore)", "Plan", Component.AGENTS, False),
        ("Agent", "Plan", Component.AGENTS, True),
        ("Workflow", "Workflow", Component.SKILLS, False),
    ],
)
def test_a_denied_tool_or_agent_is_withheld(rule: str, name: str, component: Component, gone: bool) -> None:
    """As seen on the wire: the declaration and the listed name both go; a rule with a pattern in brackets stays one."""
    unit = unit_of(name, component, Load.LISTED, name)
    assert is_withheld({"permissions": {"deny": [rule]}}, unit) is gone
