"""Facts about errors."""

from __future__ import annotations

from hive_integration.units.behaviour import BehaviourKind as K
from hive_integration.units.check import Check, CheckKind
from tests.knowledge.samples import a_body, a_tool, found


def test_every_tool_may_fail() -> None:
    """An error is read and answered, never taken for a result."""
    [one] = found(a_tool("store_it", "Store it."), K.RECOVERY)
    assert "never claim a result" in one.statement
    assert list(one.checks) == [Check(CheckKind.CALLED, ("mcp__hive__store_it",))]


def test_a_text_says_what_to_do_then() -> None:
    """With the tool to call, where it names one."""
    [one] = found(a_body("If the upload fails, call `store_it` again."), K.RECOVERY, a_tool("store_it"))
    assert list(one.checks) == [Check(CheckKind.CALLED, ("mcp__hive__store_it",))]
