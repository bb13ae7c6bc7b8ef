"""How Claude Code's context messages are told apart: one row a kind of section. Pure.

Each pattern is the shortest opening that identifies a section; seen on the wire with clients 2.1.197 and 2.1.329.
A pattern is matched at a line start only, and none is a phrase that a person's own text is likely to open with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from hive_integration.units.unit import Component, Load


class Split(Enum):
    """How a section falls into units."""

    WHOLE = auto()  # one unit
    ENTRIES = auto()  # a heading, then `- name: description`, maybe over several lines
    NAMES = auto()  # a heading, then one tool name a line
    SERVERS = auto()  # a heading, then `## server` and its text
    LINES = auto()  # a heading, then lines of environment and static ones (`units.environment` tells them apart)


@dataclass(frozen=True, slots=True)
class Marker:
    """A kind of section. `name` may hold `{0}`, filled from the pattern's group; so is the origin of a file."""

    pattern: str
    name: str
    component: Component
    split: Split = Split.WHOLE
    from_client: bool = True
    """False where the text was written by someone else: a file, a hook, a server."""


MARKERS: tuple[Marker, ...] = (
    Marker(r"(SessionStart(?::\w+)?) hook [^\n:]{1,80}:", "{0}", Component.HOOKS, from_client=False),
    Marker(r"(UserPromptSubmit) hook [^\n:]{1,80}:", "{0}", Component.HOOKS, from_client=False),
    Marker(r"(InstructionsLoaded|Setup) hook [^\n:]{1,80}:", "{0}", Component.HOOKS, from_client=False),
    Marker(r"# Environment\nYou have been invoked", "environment", Component.ENVIRONMENT, Split.LINES),
    Marker(r"You are powered by the model", "model identity", Component.ENVIRONMENT),
    Marker(r"Today's date is \d", "date", Component.ENVIRONMENT),
    Marker(r"<total_tokens>", "token budget", Component.ENVIRONMENT),
    Marker(
        r"As you answer the user's questions, you can use the following context:",
        "context heading",
        Component.SYSTEM_PROMPT,
    ),
    Marker(r"# (currentDate|gitStatus|userEmail|directoryStructure)\n", "{0}", Component.ENVIRONMENT),
    Marker(r" *IMPORTANT: this context may or may not be relevant", "context footing", Component.SYSTEM_PROMPT),
    Marker(r"Claude Code attached this context automatically", "context footing", Component.SYSTEM_PROMPT),
    Marker(r"# claudeMd\n", "instructions heading", Component.MEMORY),
    Marker(r"Codebase and user instructions are shown below", "instructions heading", Component.MEMORY),
    Marker(
        r"Contents of ([^\n]{1,4096}?) \((?:[^\n()]|\([^\n()]*\))*\):\n", "{0}", Component.MEMORY, from_client=False
    ),
    Marker(r"## Auto Mode Active\n", "auto mode", Component.SYSTEM_PROMPT),
    Marker(r"Attribution for git commits", "commit attribution", Component.SYSTEM_PROMPT),
    Marker(r"# (Output Style: [^\n]{1,80})\n", "{0}", Component.SYSTEM_PROMPT, from_client=False),
    Marker(r"([^\n]{1,80}) output style is active\.", "output style reminder", Component.SYSTEM_PROMPT),
    Marker(r"The following deferred tools are now available", "deferred tools", Component.BUILTIN_TOOLS, Split.NAMES),
    Marker(r"Available agent types for the Agent tool:", "agents", Component.AGENTS, Split.ENTRIES),
    Marker(r"When you launch multiple agents", "agents footing", Component.AGENTS),
    Marker(r"# MCP Server Instructions\n", "mcp instructions", Component.MCP_TOOLS, Split.SERVERS),
    Marker(r"The following skills are available", "skills", Component.SKILLS, Split.ENTRIES),
)

ANY_MARKER = re.compile(
    f"^(?:{'|'.join(f'(?P<m{i}>{marker.pattern})' for i, marker in enumerate(MARKERS))})", re.MULTILINE
)
"""All rows in one pass; the first row that matches at a place names it."""

REMINDER = re.compile(r"<system-reminder>\n?|\n?</system-reminder>\s*")
LOAD_OF = {
    Split.ENTRIES: Load.LISTED,
    Split.NAMES: Load.LISTED,
    Split.WHOLE: Load.ALWAYS,
    Split.SERVERS: Load.ALWAYS,
    Split.LINES: Load.ALWAYS,
}
