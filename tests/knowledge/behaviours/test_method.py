"""Facts about methods."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.behaviours.method import RED_GREEN
from hive_integration.units import Component
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import CheckKind, failure
from hive_integration.units.dialogue import Message
from tests.knowledge.samples import a_body, a_tool, found


def methods(text: str, *others: object) -> list[Behaviour]:
    return found(a_body(text, Component.SKILLS, "release"), BehaviourKind.METHOD, *others)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Use BMAD (Break, Make, Apply, Debug) for it.", ("Break", "Make", "Apply", "Debug")),
        ("SPARC methodology (Specification, Pseudocode, Architecture, Refinement, Completion)",
         ("Specification", "Pseudocode", "Architecture", "Refinement", "Completion")),
        ("**Flow**: Understand → Plan → Execute → Validate", ("Understand", "Plan", "Execute", "Validate")),
        ("Break -> Make -> Apply -> Debug", ("Break", "Make", "Apply", "Debug")),
        ("Work test-first: red, green, refactor.", RED_GREEN),
        ("## Workflow\n1. **Tag**: name it\n2. **Push**: send it\n3. **Tell**: say it\n", ("Tag", "Push", "Tell")),
        ("### Step 1: Tag it\na\n### Step 2: Push it\nb\n### Step 3: Say it\n", ("Tag it", "Push it", "Say it")),
        ("# Process\n## 1. Tag it\n## 2. Push it\n## 3. Say it\n", ("Tag it", "Push it", "Say it")),
        ("Do this:\n1. Read the file\n2. Write it\n3. Run all tests\n", ("Read the file", "Write it", "Run all tests")),
        ("## Flow\n1. Tag it\n\n   on\n2. Push it\n   ```\n   c\n   ```\n3. Say it\n", ("Tag it", "Push it", "Say it")),
    ],
)  # fmt: skip
def test_steps_are_found_in_their_order(text: str, steps: tuple[str, ...]) -> None:
    """Acronyms spelled out, arrows, the test-first cycle, numbered lists and headings."""
    assert [method.steps for method in methods(text)] == [steps]


@pytest.mark.parametrize(
    "text",
    [
        "## Core Responsibilities\n1. **Design**: it\n2. **Testing**: it\n3. **Docs**: it\n",
        "## Features\n### 1. Fast\n### 2. Small\n### 3. Safe\n",
        "## Process\n1. Tag it\n2. Push it\n",
        "ACME (Big, Small, Other) sells.",
        "map: Record -> Value",
        "## Workflow\n```\n1. a b\n2. c d\n3. e f\n```\n",
    ],
)
def test_other_lists_are_no_methods(text: str) -> None:
    """Duties and features, two steps, letters that spell nothing, types, code."""
    assert methods(text) == []


def test_the_same_steps_count_once() -> None:
    """A method that is told twice is one behaviour, with the line where it is told first."""
    text = "## Workflow\n1. Tag it\n2. Push it\n3. Say it\n\n## Process\n1. Tag it\n2. Push it\n3. Say it\n"
    [method] = methods(text)
    assert method.source.endswith(":6")


def test_tools_are_checked_in_their_order() -> None:
    """Where every step names one tool, the calls are looked at and not the words."""
    text = "## Workflow\n1. Begin with `init_it`\n2. Then `store_it`\n3. End with `close_it`\n"
    [method] = methods(text, a_tool("init_it"), a_tool("store_it"), a_tool("close_it"))
    assert [check.kind for check in method.checks] == [CheckKind.ORDER]
    assert method.checks[0].tools == ("mcp__hive__init_it", "mcp__hive__store_it", "mcp__hive__close_it")


def test_words_are_checked_in_their_order() -> None:
    """The steps said in order pass, in another order they do not; another form of the word is the same step."""
    [method] = methods("Break → Make → Apply → Debug")
    [check] = method.checks
    assert failure(check, [Message("assistant", "Breaking it down. I make it, then apply it and debug.")]) == ""
    assert failure(check, [Message("assistant", "Debug first, then apply, make and break.")])


def test_a_title_that_says_nothing_is_the_units() -> None:
    """`Workflow` of `release` is named after it."""
    assert methods("## Workflow\n1. Tag it\n2. Push it\n3. Say it\n")[0].subject == "release, workflow"
    assert methods("## Release train\n1. Write it\n2. Push it\n3. Run it\n")[0].subject == "Release train"
