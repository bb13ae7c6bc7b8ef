"""One piece of static context and its identity. Pure values.

A unit's digest is the sha256 of its *normalised* text, so that the same tool found in a running server, in a recorded
request and in a unit store is one unit. Normalised means: line ends are `\\n`, no spaces at line ends, no blank edge;
a tool is its canonical JSON (name, description, schema; keys sorted), whatever protocol declared it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Category(StrEnum):
    """The six knowledge categories."""

    SYSTEM_PROMPTS = "system_prompts"
    AGENT_PERSONAS = "agent_personas"
    METHODOLOGIES = "methodologies"
    TOOL_SPECIFICATIONS = "tool_specifications"
    OPERATIONAL_RULES = "operational_rules"
    COMMUNICATION_PATTERNS = "communication_patterns"


class Level(StrEnum):
    """The knowledge hierarchy."""

    CORE = "L0"
    METHODOLOGIES = "L1"
    TOOLS = "L2"
    AGENTS = "L3"
    DOMAIN = "L4"


class Load(StrEnum):
    """How the client really loads a unit."""

    ALWAYS = "always"  # its text is in the first request
    LISTED = "listed"  # the first request carries a line about it; the body comes later
    DEFERRED = "deferred"  # not in the model's window until searched for
    ON_DEMAND = "on_demand"  # a body that is read when it is invoked


class Component(StrEnum):
    """The part of the client that brings a unit in: the audit's categories, in the order of the report."""

    SYSTEM_PROMPT = "system_prompt"
    BUILTIN_TOOLS = "builtin_tools"
    MCP_TOOLS = "mcp_tools"
    AGENTS = "agents"
    COMMANDS = "commands"
    SKILLS = "skills"
    MEMORY = "memory"
    HOOKS = "hooks"
    ENVIRONMENT = "environment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KnowledgeUnit:
    """One piece of static context.

    `text` is what the model would read, as the client renders it (a tool: its wire JSON). `source` is `file:line`,
    `server/tool`, or `client@version/section`. `schema` holds a tool's input schema and is None for anything else.
    """

    digest: str
    name: str
    component: Component
    category: Category
    level: Level
    load: Load
    source: str
    text: str
    schema: Mapping[str, Any] | None = None


IDLE = (Load.ALWAYS, Load.LISTED)
"""The loads that the first request carries."""
TOOLS = (Component.BUILTIN_TOOLS, Component.MCP_TOOLS)
"""The components whose units are tools."""


def unit_of(  # noqa: PLR0913 - a unit has this many facets; all but the first four have a default
    name: str,
    component: Component,
    load: Load,
    text: str,
    *,
    source: str = "",
    category: Category | None = None,
    level: Level | None = None,
    schema: Mapping[str, Any] | None = None,
) -> KnowledgeUnit:
    """Make a unit; category and level follow from the component unless they are given."""
    default_category, default_level = DEFAULTS[component]
    return KnowledgeUnit(
        digest=digest_of(text),
        name=name,
        component=component,
        category=category or default_category,
        level=level or default_level,
        load=load,
        source=source,
        text=text,
        schema=schema,
    )


DEFAULTS: Mapping[Component, tuple[Category, Level]] = {
    Component.SYSTEM_PROMPT: (Category.SYSTEM_PROMPTS, Level.CORE),
    Component.BUILTIN_TOOLS: (Category.TOOL_SPECIFICATIONS, Level.TOOLS),
    Component.MCP_TOOLS: (Category.TOOL_SPECIFICATIONS, Level.TOOLS),
    Component.AGENTS: (Category.AGENT_PERSONAS, Level.AGENTS),
    Component.COMMANDS: (Category.METHODOLOGIES, Level.METHODOLOGIES),
    Component.SKILLS: (Category.METHODOLOGIES, Level.METHODOLOGIES),
    Component.MEMORY: (Category.OPERATIONAL_RULES, Level.DOMAIN),
    Component.HOOKS: (Category.OPERATIONAL_RULES, Level.DOMAIN),
    Component.ENVIRONMENT: (Category.SYSTEM_PROMPTS, Level.DOMAIN),
    Component.OTHER: (Category.SYSTEM_PROMPTS, Level.CORE),
}
"""Where a component's units belong unless something better is known."""


def digest_of(text: str) -> str:
    """`sha256:` and the hex digest of the normalised text."""
    return "sha256:" + hashlib.sha256(_normalised(text).encode("utf-8", errors="surrogatepass")).hexdigest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces: equal values have equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _essence(tool: dict[str, Any]) -> object:
    """A tool's name, description and schema, whatever protocol declares it; any other object as it is."""
    inner = tool["function"] if isinstance(tool.get("function"), dict) else tool
    schema = inner.get("input_schema", inner.get("parameters"))
    if "name" not in inner or schema is None:
        return tool
    return {"name": inner["name"], "description": inner.get("description", ""), "schema": schema}


def _normalised(text: str) -> str:
    if text.startswith('{"'):
        try:
            return canonical_json(_essence(json.loads(text)))
        except (ValueError, RecursionError):
            pass
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()
