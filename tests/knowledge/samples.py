"""Units as tests make them, and what is found in them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hive_integration.knowledge.behaviours import behaviours_of
from hive_integration.knowledge.context import context_of
from hive_integration.units import Component, KnowledgeUnit, Load, unit_of
from hive_integration.units.behaviour import Behaviour, BehaviourKind

SOURCES = {
    Component.MEMORY: "CLAUDE.md:1",
    Component.AGENTS: ".claude/agents/a.md:5",
    Component.SKILLS: ".claude/skills/s/SKILL.md:5",
    Component.COMMANDS: ".claude/commands/c.md:1",
}


class Words:
    """A counter that counts words."""

    name, exact, note = "words", True, "words"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Words of each text."""
        return [len(text.split()) for text in texts]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Not needed here."""
        raise NotImplementedError


def a_tool(name: str, said: str = "", schema: dict | None = None, *, server: str = "hive") -> KnowledgeUnit:
    """An MCP tool's specification."""
    schema = {"type": "object", "properties": {}} if schema is None else schema
    wire = f"mcp__{server}__{name}"
    text = json.dumps({"name": wire, "description": said, "input_schema": schema})
    return unit_of(wire, Component.MCP_TOOLS, Load.DEFERRED, text, source=f"{server}/{name}", schema=schema)


def a_name(name: str, component: Component = Component.MCP_TOOLS) -> KnowledgeUnit:
    """The line by which a deferred tool is listed."""
    return unit_of(name, component, Load.LISTED, f"{name}\n", source=f"client@1/{name}")


def a_body(text: str, component: Component = Component.MEMORY, name: str = "it") -> KnowledgeUnit:
    """The text of a file."""
    load = Load.ALWAYS if component is Component.MEMORY else Load.ON_DEMAND
    return unit_of(name, component, load, text, source=SOURCES[component])


def a_line(name: str, said: str, component: Component = Component.SKILLS) -> KnowledgeUnit:
    """A listed skill, command or agent."""
    end = " (Tools: All tools)" if component is Component.AGENTS else ""
    return unit_of(name, component, Load.LISTED, f"- {name}: {said}{end}\n", source=SOURCES[component])


def found(unit: KnowledgeUnit, kind: BehaviourKind | None = None, *others: KnowledgeUnit) -> list[Behaviour]:
    """The behaviours of a unit, of one kind or of all. `others`: units that stand beside it."""
    behaviours = behaviours_of(unit, context_of([unit, *others]))
    return [behaviour for behaviour in behaviours if kind is None or behaviour.kind is kind]
