"""Facts about the book of units that examples are made from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.dataset.book import Book, read_book
from hive_integration.errors import HiveError
from hive_integration.units import Component, Load, unit_of
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.lines import Extracted, to_line

SCHEMA = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}


def tool(name: str, route: str = "weights") -> Extracted:
    """A tool with one behaviour."""
    text = json.dumps({"name": name, "description": f"Does {name}.", "input_schema": SCHEMA})
    unit = unit_of(name, Component.MCP_TOOLS, Load.DEFERRED, text, source=f"box/{name}", schema=SCHEMA)
    behaviour = Behaviour(BehaviourKind.TOOL, f"Use {name}.", (unit.digest,), unit.source, name)
    return Extracted(unit, {"o200k_base": 9}, "tools", route, "stable", (behaviour,))


ENTRIES = [tool(f"mcp__box__{name}") for name in ("memory_store", "memory_list", "agent_spawn")]


def test_tools_are_found_with_their_specification() -> None:
    """Also those that stay in the prompt: a call must be valid whatever is taught; but they teach nothing."""
    stays = tool("mcp__box__secret_tool", "stay")
    book = Book([*ENTRIES, stays])
    assert book.tools["mcp__box__secret_tool"].schema == SCHEMA
    assert book.tools["mcp__box__memory_store"].description == "Does mcp__box__memory_store."
    assert {b.subject for b in book.behaviours.values()} == {entry.unit.name for entry in ENTRIES}


def test_the_nearest_neighbours_share_most_words() -> None:
    """They tempt; a tool is not its own neighbour, and one that is not known has none."""
    book = Book(ENTRIES)
    assert book.neighbours("mcp__box__memory_store")[0] == "mcp__box__memory_list"
    assert "mcp__box__memory_store" not in book.neighbours("mcp__box__memory_store")
    assert book.neighbours("other") == ()


def test_names_alone_decide_who_tempts_whom() -> None:
    """A changed description changes no other tool's examples; a new name may."""
    assert Book(ENTRIES).names == Book(ENTRIES[::-1]).names != Book(ENTRIES[:2]).names


def test_a_file_is_read_with_the_line_of_what_is_wrong(tmp_path: Path) -> None:
    """Blank lines are nothing; a line separator inside a text is no end of line."""
    path = tmp_path / "units.jsonl"
    note = unit_of("note", Component.MEMORY, Load.ALWAYS, "one\u2028two", source="CLAUDE.md:1")
    lines = [to_line(Extracted(note, {}, "memory", "weights", "stable", ())), *map(to_line, ENTRIES)]
    path.write_text("\n".join([*lines, "", ""]), encoding="utf-8")
    assert len(read_book(path).entries) == 4
    path.write_text("\n".join([*lines, "{"]), encoding="utf-8")
    with pytest.raises(HiveError, match=r"units\.jsonl:5: "):
        read_book(path)
    with pytest.raises(HiveError):
        read_book(tmp_path / "gone.jsonl")
