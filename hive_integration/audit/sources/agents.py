"""Agents: `agents/**/*.md` of the user, the project and its parents, and of plugins. Reads files, starts nothing.

Their listing has no budget: every description is sent whole. How it is written: `docs/reference/listings.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hive_integration.audit.setup import Conditions, Place, Scope, Setup
from hive_integration.audit.sources.denials import EVERYTHING, denied
from hive_integration.audit.sources.entry import Reader
from hive_integration.audit.sources.found import Found, legible, source_of
from hive_integration.audit.sources.frontmatter import Document, Value, as_text
from hive_integration.audit.sources.listing import OLD, Dialect, collation, dialect
from hive_integration.units import Component, KnowledgeUnit, Load, unit_of

_STRENGTH = (Scope.MANAGED, Scope.LOCAL, Scope.PROJECT, Scope.USER, Scope.PLUGIN)


def find(setup: Setup, conditions: Conditions) -> Found:
    """The agents that the client would list, in its order, each line with its body, and what the client ignores."""
    reader = Reader(setup, dialect(conditions.version))
    units: dict[str, Sequence[KnowledgeUnit]] = {}
    for place in sorted(setup.places, key=lambda place: _STRENGTH.index(place.scope)):
        for name, found in _agents(reader, place).items():
            units.setdefault(name, found)
    gone = denied(setup.settings, ("Agent", "Task"))
    order = sorted(units, key=lambda name: agent_order(name, reader.style))
    kept = [name for name in order if not gone & {name, EVERYTHING}]
    return Found([unit for name in kept for unit in units[name]], reader.walker.warnings)


def agent_order(name: str, style: Dialect) -> tuple[bool, tuple[int, ...], str]:
    """The sort key of the agent listing; the newer clients put names that are not ASCII last."""
    return (style is not OLD and not name.isascii(), *collation(name))


def _agents(reader: Reader, place: Place) -> dict[str, Sequence[KnowledgeUnit]]:
    """One place's agents by name. Of two with one name the one that the folder holds later wins, as in the client."""
    plugin = place.scope is Scope.PLUGIN
    found: dict[str, Sequence[KnowledgeUnit]] = {}
    for root in place.overrides.get("agents", (place.root / "agents",)):
        for path in (root,) if root.suffix == ".md" else reader.walker.markdown(root):
            document = reader.document(path)
            if document is None:
                continue
            named = _of_plugin(place, root, path, document) if plugin else _own(reader, path, document)
            if named:
                found[named[0]] = list(_units(reader.setup, path, document, *named))
    return found


def _own(reader: Reader, path: Path, document: Document) -> tuple[str, str] | None:
    """(name, description) of the user's or project's agent; None where the client does not accept it."""
    name, description = document.fields.get("name"), document.fields.get("description")
    accepted = isinstance(name, str) and name and not name.startswith("-")
    if isinstance(name, str) and isinstance(description, str) and accepted and description:
        if ":" not in name or reader.style is OLD:
            return name, description.replace("\\n", "\n")
        accepted = False
    if document.marked and not document.broken:
        lacks = "a description" if accepted else "a usable name"
        reader.walker.warnings.append(f"{source_of(reader.setup, path)}: lacks {lacks}; the client ignores this agent")
    return None


def _of_plugin(place: Place, root: Path, path: Path, document: Document) -> tuple[str, str]:
    """(name, description) of a plugin's agent, `plugin:folder:name`; the client makes up what is missing."""
    folders = path.relative_to(root).parent.parts if root != path else ()
    name = as_text(document.fields.get("name")) or legible(path.stem)
    description = document.text("description").strip() or f"Agent from {place.prefix} plugin"
    return ":".join((place.prefix, *map(legible, folders), name)), description


def _units(setup: Setup, path: Path, document: Document, name: str, description: str) -> Iterator[KnowledgeUnit]:
    source = source_of(setup, path)
    line = f"- {name}: {description} (Tools: {_tools(document)})\n"
    yield unit_of(name, Component.AGENTS, Load.LISTED, line, source=source)
    if document.body.strip():
        yield unit_of(name, Component.AGENTS, Load.ON_DEMAND, document.body, source=source)


def _tools(document: Document) -> str:
    """What the line says in brackets. An agent with a memory can always read and write it."""
    granted, refused = (_names(document.fields.get(key)) for key in ("tools", "disallowedTools"))
    if document.text("memory") in {"user", "project", "local"} and "tools" in document.fields:
        granted += [tool for tool in ("Write", "Edit", "Read") if tool not in granted]
    if not granted or EVERYTHING in granted:
        refused = [] if EVERYTHING in refused else refused
        return f"All tools except {', '.join(refused)}" if refused else "All tools"
    return ", ".join(tool for tool in granted if tool not in refused) or "None"


_TOOL = re.compile(r"(?:[^\s,(]|[^\S ]|\([^()]*\)?)+")


def _names(value: Value) -> list[str]:
    """Tool names of a text or list: parted by commas and spaces outside brackets."""
    texts: Iterable[Value] = value if isinstance(value, tuple) else (value,)
    return [name for text in texts if isinstance(text, str) for name in _TOOL.findall(text)]
