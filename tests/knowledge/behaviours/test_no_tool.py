"""Facts about tools that are not called."""

from __future__ import annotations

from hive_integration.units.behaviour import BehaviourKind as K
from hive_integration.units.check import Check, CheckKind
from tests.knowledge.samples import a_line, a_tool, found

NAME = "mcp__hive__store_it"
NOT = Check(CheckKind.NOT_CALLED, (NAME,))


def test_a_description_says_when_not() -> None:
    """`For …, native X is fine`, `Do not use for …`."""
    text = "Store it. For one file, native Write is fine. Do not use for secrets, use `vault_it` there."
    first, second, _ = found(a_tool("store_it", text), K.NO_TOOL, a_tool("vault_it"))
    assert (first.statement, list(first.checks)) == ("For one file, native Write is fine.", [NOT])
    assert list(second.checks) == [NOT, Check(CheckKind.CALLED, ("mcp__hive__vault_it",))]


def test_the_neighbour_tempts() -> None:
    """Every tool has one: the tool whose name is most like its own is called instead."""
    [one] = found(a_tool("store_it", "Store it."), K.NO_TOOL, a_tool("store_all", "Store everything."))
    assert one.statement == f"For this, call mcp__hive__store_all and not {NAME}: Store everything."
    assert list(one.checks) == [NOT, Check(CheckKind.CALLED, ("mcp__hive__store_all",))]


def test_a_lonely_tool_is_not_called_for_nothing() -> None:
    """Where no other tool is like it, no call is what is learned."""
    [one] = found(a_tool("store_it", "Store it."), K.NO_TOOL)
    assert list(one.checks) == [NOT]


def test_a_skill_may_say_when_to_skip_it() -> None:
    """In its line."""
    [one] = found(a_line("release", "Ships. Do not use it for hotfixes."), K.NO_TOOL)
    assert (one.statement, one.subject) == ("Do not use it for hotfixes.", "Skill")
