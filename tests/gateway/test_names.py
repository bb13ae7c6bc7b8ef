"""Facts about names behind digests."""

from __future__ import annotations

from hive_integration.gateway.names import Names
from hive_integration.registry.cards import Manifest
from hive_integration.units import Component, digest_of

OLD, NEW = digest_of("old"), digest_of("new")


def test_a_known_name_with_another_text_has_drifted() -> None:
    """An unknown name has not: it is new."""
    names = Names(Manifest({OLD: "Tasks"}))
    drift = names.drift(Component.SYSTEM_PROMPT, "Tasks", NEW)
    assert drift is not None
    assert (drift.name, drift.seen, drift.expected) == ("Tasks", NEW, OLD)
    assert names.drift(Component.SYSTEM_PROMPT, "Tone", NEW) is None


def test_the_unit_store_names_what_the_manifest_does_not() -> None:
    """And tells components apart: a skill is not the agent of its name. Commands are listed as skills are."""
    names = Names(Manifest({OLD: ""}), lambda digest: ("agents", "scout"))
    assert names.drift(Component.AGENTS, "scout", NEW) is not None
    assert names.drift(Component.SKILLS, "scout", NEW) is None
    assert Names(Manifest({OLD: "go"}), lambda _: ("commands", "")).drift(Component.SKILLS, "go", NEW) is not None


def test_a_line_that_names_a_tool_is_not_its_schema() -> None:
    """A manifest that holds only the listed name says nothing about the tool's declaration."""
    line = digest_of("mcp__shed__dig")
    assert Names(Manifest({line: "mcp__shed__dig"})).drift(Component.MCP_TOOLS, "mcp__shed__dig", NEW) is None


def test_a_file_of_instructions_is_known_by_the_end_of_its_path() -> None:
    """The longest end that the manifest has; another user's file is not the project's."""
    names = Names(Manifest({OLD: "CLAUDE.md", NEW: "~/.claude/CLAUDE.md"}))
    other = digest_of("other")
    found = [names.drift(Component.MEMORY, path, other) for path in ("/srv/shed/CLAUDE.md", "/me/.claude/CLAUDE.md")]
    assert [drift.expected for drift in found if drift] == [OLD, NEW]
    assert names.drift(Component.MEMORY, "/srv/shed/rules.md", other) is None


def test_another_unit_of_the_name_explains_it() -> None:
    """Where the request holds a unit that the manifest knows by that name, the other is another."""
    names = Names(Manifest({OLD: "scout"}))
    drift = names.drift(Component.SKILLS, "scout", NEW)
    assert drift is not None
    assert names.real([drift], {OLD}) == ()
    assert names.real([drift], set()) == (drift,)
