"""What the other units say that one unit's behaviours need: which tools there are, and by which one a skill is called.

Pure. The names alone are enough, so tools count whose specification is not at hand.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from hive_integration.knowledge.markdown import page
from hive_integration.units import TOOLS, Component, KnowledgeUnit, Load

_RENAMED = {"Task": "Agent"}
"""Tools of the client under an older name, which frameworks still use."""
_NAMES = re.compile(r"(?P<tick>`?)(?P<name>[A-Za-z][\w-]{1,120})(?P=tick)")
_CALLED = re.compile(r"(?:\bnative|\bthe|\buse|\bcall|\busing|\bwith|\bvia) $|^ tools?\b", re.IGNORECASE)
_COMMON = 200
"""A word that so many tools share tells none of them apart."""


@dataclass(frozen=True)
class Context:
    """The tools in play. `purposes`: what each is for, as far as its specification is at hand."""

    tools: Sequence[str] = ()
    purposes: Mapping[str, str] = field(default_factory=dict)
    listed: Mapping[str, str] = field(default_factory=dict)
    """The digest of the line by which a deferred tool is listed."""
    openings: Mapping[str, str] = field(default_factory=dict)
    """The first sentence of each skill's and command's body."""

    @property
    def agent_tool(self) -> str:
        """The tool that starts an agent."""
        return "Task" if "Task" in self._known and "Agent" not in self._known else "Agent"

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.tools)

    @cached_property
    def _short(self) -> Mapping[str, str]:
        """Wire names by the names that texts use: `swarm_init` for `mcp__claude-flow__swarm_init`, where it is one."""
        found: dict[str, set[str]] = defaultdict(set)
        for tool in self.tools:
            found[tool.rpartition("__")[2]].add(tool)
        return {short: next(iter(tools)) for short, tools in found.items() if len(tools) == 1}

    def named(self, text: str) -> list[str]:
        """The tools that a text names, in order. A name that is a plain word counts in code marks or beside `tool`."""
        found: dict[str, None] = {}
        for match in _NAMES.finditer(text):
            name = _RENAMED.get(match["name"], match["name"])
            tool = name if name in self._known else self._short.get(name, "")
            if not tool:
                continue
            marked = bool(match["tick"]) or "_" in name or "-" in name
            around = (text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 7])
            if marked or (name[0].isupper() and any(_CALLED.search(side) for side in around)):
                found[tool] = None
        return list(found)

    def neighbour(self, tool: str) -> str:
        """The tool whose name is most like another's, so that it tempts; empty where none shares a word."""
        mine = _words(tool)
        near = {other for word in mine for other in self._by_word.get(word, ())} - {tool}
        return min(near, key=lambda other: (-len(mine & _words(other)), len(_words(other)), other), default="")

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for tool in self.purposes:
            for word in _words(tool):
                found[word].append(tool)
        return {word: tools for word, tools in found.items() if len(tools) <= _COMMON}


def _words(tool: str) -> frozenset[str]:
    """The words of a tool's own name."""
    own = tool.rpartition("__")[2]
    return frozenset(word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", own))


def context_of(units: Iterable[KnowledgeUnit]) -> Context:
    """The context that units are for one another."""
    tools: dict[str, None] = {}
    purposes: dict[str, str] = {}
    listed: dict[str, str] = {}
    openings: dict[str, str] = {}
    for unit in units:
        if unit.load is Load.ON_DEMAND and unit.component in (Component.SKILLS, Component.COMMANDS):
            openings[unit.name] = _opening(unit.text)
        if unit.component not in TOOLS or not is_tool_name(unit):
            continue
        tools[unit.name] = None
        if unit.schema is not None:
            purposes[unit.name] = purpose(description(unit))
        elif unit.load is Load.LISTED and unit.text:
            listed[unit.name] = unit.digest
    return Context(tuple(tools), purposes, listed, {name: said for name, said in openings.items() if said})


def _opening(body: str) -> str:
    sentences = page(body[:3000]).sentences
    return next((s.text for s in sentences if len(s.text.split()) > 3 and not s.text.endswith(":")), "")


def is_tool_name(unit: KnowledgeUnit) -> bool:
    """Whether a unit of a tools component is one tool: not a heading of their list, not a server's instructions."""
    return unit.schema is not None or unit.load in (Load.LISTED, Load.DEFERRED) or (
        unit.component is Component.BUILTIN_TOOLS and bool(re.fullmatch(r"[A-Za-z][\w-]*", unit.name))
    )  # fmt: skip


def description(unit: KnowledgeUnit) -> str:
    """What a tool's specification says in words."""
    try:
        tool = json.loads(unit.text)
    except (ValueError, RecursionError):
        return unit.text
    inner = tool.get("function", tool) if isinstance(tool, dict) else {}
    said = inner.get("description", "") if isinstance(inner, dict) else ""
    return said if isinstance(said, str) else ""


_ENDS = re.compile(
    r"(?<=[.!?])\s|\n|\s(?=(?:Use (?:this |it |only )?(?:when|if|for|to)|Pair with|Do not|Don't|Returns?) )"
)
_LONGEST = 240


def purpose(said: str) -> str:
    """The first words of a description: what the tool is for, without a full stop."""
    first = next((part.strip() for part in _ENDS.split(said.strip()[:4000]) if part and part.strip(" #*-")), "")
    words = " ".join(first.split()).strip(" #*-")
    return (words if len(words) <= _LONGEST else words[:_LONGEST].rpartition(" ")[0]).rstrip(".:;, ")
