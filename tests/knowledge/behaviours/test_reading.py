"""Facts about reading a unit."""

from __future__ import annotations

from hive_integration.knowledge.behaviours.reading import Reading
from hive_integration.knowledge.context import Context
from hive_integration.units.behaviour import BehaviourKind
from tests.knowledge.samples import a_body, a_tool


def test_lines_are_those_of_the_file() -> None:
    """The source says where the text begins; what has no lines is named as it is."""
    unit = a_body("# T\n\nAlways run all the tests.\n")
    reading = Reading(unit, Context())
    assert reading.source(3) == "CLAUDE.md:3"
    assert [s.line for s in reading.of_kind(BehaviourKind.MUST)] == [3]
    assert Reading(a_tool("store"), Context()).source(3) == "hive/store"


def test_the_clients_label_is_not_read() -> None:
    """`Contents of …` is the client's, and counts no line."""
    reading = Reading(a_body("Contents of /a/b/CLAUDE.md (project):\n\nAlways run all the tests."), Context())
    assert [(s.text, s.line) for s in reading.sentences] == [("Always run all the tests.", 1)]


def test_a_tool_is_read_by_its_description() -> None:
    """A full stop that was forgotten before `Use when` is put in."""
    reading = Reading(a_tool("set", "Set the value of it Use when it must last."), Context())
    assert [s.text for s in reading.page.sentences] == ["Set the value of it.", "Use when it must last."]
