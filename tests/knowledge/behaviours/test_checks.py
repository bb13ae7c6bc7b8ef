"""Facts about what a machine can check of a sentence."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.behaviours.checks import EMOJI, checks_of
from hive_integration.knowledge.context import context_of
from hive_integration.units.behaviour import BehaviourKind as K
from hive_integration.units.check import Check, CheckKind
from tests.knowledge.samples import a_tool

CONTEXT = context_of([a_tool("read_it"), a_tool("write_it"), a_tool("old_way")])
READ, WRITE, OLD = "mcp__hive__read_it", "mcp__hive__write_it", "mcp__hive__old_way"


@pytest.mark.parametrize(
    ("kind", "text", "checks"),
    [
        (K.MUST, "Always call read_it before write_it.", [Check(CheckKind.ORDER, (READ, WRITE))]),
        (K.MUST, "Call write_it only after read_it.", [Check(CheckKind.ORDER, (READ, WRITE))]),
        (K.MUST, "Always use read_it.", [Check(CheckKind.CALLED, (READ,))]),
        (K.MUST, 'Always start your answer with "Done".', [Check(CheckKind.SAYS, pattern="Done")]),
        (K.MUST, 'If asked, say "Done".', []),
        (K.MUST, "Always use read_it and write_it.", []),
        (K.NEVER, "Never use old_way.", [Check(CheckKind.NOT_CALLED, (OLD,))]),
        (K.NEVER, "Never guess what old_way returns.", []),
        (K.NEVER, "Do not use emojis.", [Check(CheckKind.SAYS_NOT, pattern=EMOJI)]),
        (K.NEVER, 'Never say "as an AI".', [Check(CheckKind.SAYS_NOT, pattern=r"as\ an\ AI")]),
        (K.PREFER, "Use read_it instead of old_way.",
         [Check(CheckKind.CALLED, (READ,)), Check(CheckKind.NOT_CALLED, (OLD,))]),
        (K.PREFER, "Prefer short names rather than long ones.", []),
        (K.RECOVERY, "If it fails, call read_it.", [Check(CheckKind.CALLED, (READ,))]),
        (K.ROLE, "You use read_it.", []),
    ],
)  # fmt: skip
def test_only_what_is_certain_is_checked(kind: K, text: str, checks: list[Check]) -> None:
    """A tool by its name, an order, a phrase, an emoji; a judge has the rest."""
    assert list(checks_of(kind, text, CONTEXT)) == checks
