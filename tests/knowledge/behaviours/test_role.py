"""Facts about roles."""

from __future__ import annotations

from hive_integration.knowledge.behaviours.role import MOST_DUTIES
from hive_integration.units import Component
from hive_integration.units.behaviour import BehaviourKind as K
from hive_integration.units.check import Check, CheckKind
from tests.knowledge.samples import a_body, a_line, found

PROMPT = """You are a careful tester of everything.

## Core Responsibilities
- Write tests for all of it
- Keep the suite fast and green

## Boundaries
**Will:**
- Review the code of others

**Will Not:**
- Deploy to production at all
"""


def test_a_listed_agent_is_started_for_its_work() -> None:
    """By its name; its examples are no purpose."""
    line = a_line(
        "tester", "Tests all of it. Use it when code was changed. Examples: <example>x</example>", Component.AGENTS
    )
    first, second = found(line, K.ROLE)
    assert first.statement == "Give tester this: Tests all of it."
    assert list(first.checks) == [Check(CheckKind.ARGUMENT, ("Agent",), "subagent_type", "^tester$")]
    assert second.statement == "tester: Use it when code was changed."


def test_a_prompt_says_who_what_and_what_not() -> None:
    """Who it makes of the model, its duties, what it will and will not do, each with its line."""
    roles = {b.statement: b.source for b in found(a_body(PROMPT, Component.AGENTS, "tester"), K.ROLE)}
    assert roles == {
        "You are a careful tester of everything.": ".claude/agents/a.md:5",
        "tester: Write tests for all of it": ".claude/agents/a.md:8",
        "tester: Keep the suite fast and green": ".claude/agents/a.md:9",
        "tester: Review the code of others": ".claude/agents/a.md:13",
        "tester does not: Deploy to production at all": ".claude/agents/a.md:16",
    }


def test_a_definition_says_who() -> None:
    """Sentences under `Role Definition`; an obligation among them stays one."""
    text = "# Security\n\n## Role Definition\nYou perform audits of all code. Never expose any secret of it.\n"
    assert [b.statement for b in found(a_body(text, Component.COMMANDS, "security"), K.ROLE)] == [
        "security: You perform audits of all code."
    ]


def test_duties_have_a_limit() -> None:
    """A prompt of a hundred duties has ten."""
    text = "## Responsibilities\n" + "".join(f"- Look after the thing number {i}\n" for i in range(100))
    assert len(found(a_body(text, Component.AGENTS), K.ROLE)) == MOST_DUTIES
