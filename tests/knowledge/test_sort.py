"""Facts about sorting units, and the agreement with two samples that were labelled by reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.knowledge.sort import Entry, entries, file_of, sort
from hive_integration.units import Category, Component, KnowledgeUnit, Level, Load, unit_of

from .samples import a_body, a_line, a_name, a_tool

T, P, M = Category.TOOL_SPECIFICATIONS, Category.AGENT_PERSONAS, Category.METHODOLOGIES
R, S, C = Category.OPERATIONAL_RULES, Category.SYSTEM_PROMPTS, Category.COMMUNICATION_PATTERNS
USAGE = "# store\n\nStores.\n\n## Usage\n```bash\nnpx hive store [options]\n```\n\n## Options\n- `--key <k>` - Key\n"
PERSONA = "# Mary\n\nYou are Mary, the Business Analyst. You bring deep expertise.\n\n## Adopt Persona\nDo.\n"
WORKFLOW = "# Release\n\n**Goal:** Ship.\n\n## Workflow\n### Step 1: Tag\nTag it.\n### Step 2: Push\nPush it.\n"
RULES = "# Rules\n\n- Always test.\n- Never push to main.\n- You must sign.\n- Do not skip hooks.\n"
TONE = "# Tone\n\n## Symbols\nUse arrows.\n## Abbreviations\nUse cfg.\n## Tone\nBe warm.\n"


@pytest.mark.parametrize(
    ("unit", "category", "level"),
    [
        (a_tool("store"), T, Level.TOOLS),
        (a_name("mcp__hive__store"), T, Level.TOOLS),
        (unit_of("skills", Component.SKILLS, Load.ALWAYS, "The following skills\n"), T, Level.TOOLS),
        (a_line("tester", "Tests.", Component.AGENTS), P, Level.AGENTS),
        (a_body(USAGE, Component.COMMANDS), T, Level.TOOLS),
        (a_body(PERSONA, Component.SKILLS), P, Level.AGENTS),
        (a_body(WORKFLOW, Component.SKILLS), M, Level.METHODOLOGIES),
        (a_body(WORKFLOW, Component.SKILLS, "django-release"), M, Level.DOMAIN),
        (a_body(RULES), R, Level.CORE),
        (a_body(RULES, Component.SKILLS, "policies"), R, Level.CORE),
        (a_body(TONE, Component.SKILLS, "voice"), C, Level.CORE),
        (unit_of("Tone and style", Component.SYSTEM_PROMPT, Load.ALWAYS, "# Tone"), C, Level.CORE),
        (unit_of("identity", Component.SYSTEM_PROMPT, Load.ALWAYS, "You are X."), S, Level.CORE),
        (unit_of("date", Component.ENVIRONMENT, Load.ALWAYS, "today"), S, Level.DOMAIN),
        (unit_of("Stop", Component.HOOKS, Load.ALWAYS, "said"), R, Level.DOMAIN),
    ],
)
def test_each_kind_of_unit_has_its_place(unit: KnowledgeUnit, category: Category, level: Level) -> None:
    """By the component where it decides, by signs where it cannot."""
    placed = sort(unit)
    assert (placed.category, placed.level) == (category, level), placed.reason
    assert not placed.reason.startswith("ambiguous")


def test_the_reason_says_what_was_seen() -> None:
    """The rule's name, and the words that it saw."""
    assert sort(a_body(PERSONA, Component.SKILLS)).reason.startswith("role definition ('Adopt Persona')")


def test_a_line_and_its_body_are_sorted_alike() -> None:
    """A line that says nothing is known by the body behind it."""
    line, body = a_line("store", "store", Component.COMMANDS), a_body(USAGE, Component.COMMANDS, "store")
    files = entries([line, body])
    assert files[file_of(line)] == Entry(line.text, body.text)
    assert sort(line, files[file_of(line)]).category is sort(body, files[file_of(body)]).category is T


def test_doubt_is_said() -> None:
    """Two categories of nearly the same weight, a long text without a sign, a text that nobody knows."""
    both = "# X\n\n## Rules\nA.\n## Mandatory rules\nB.\n## Policy\nC.\n## Strategy\nD.\n"
    nothing = a_body("These words say nothing about any of it. " * 20, Component.COMMANDS)
    stranger = unit_of("?", Component.OTHER, Load.ALWAYS, "hello")
    for unit in (a_body(both, Component.SKILLS), nothing, stranger):
        assert sort(unit).reason.startswith("ambiguous: "), sort(unit)


@pytest.mark.parametrize("name", ["labels.jsonl", "labels_second.jsonl"])
def test_labels_hold_no_text(name: str) -> None:
    """A label is a name, a digest and a place; the words stay with their makers."""
    rows = [json.loads(line) for line in (Path(__file__).parent / name).read_text().splitlines()]
    assert len(rows) >= (200 if name == "labels.jsonl" else 40)
    assert {key for row in rows for key in row} == {
        "framework", "component", "load", "name", "digest", "category", "level"
    }  # fmt: skip
    assert all(len(value) <= 90 for row in rows for value in row.values())
