"""Facts about behaviours that a text says in so many words."""

from __future__ import annotations

from hive_integration.units.behaviour import BehaviourKind as K
from tests.knowledge.samples import a_body, a_tool, found


def test_a_sentence_is_its_own_statement() -> None:
    """With its line, and the one tool that it names as subject."""
    [must] = found(a_body("\nAlways call `store_it` at the end.\n"), K.MUST, a_tool("store_it"))
    assert (must.statement, must.source, must.subject) == (
        "Always call `store_it` at the end.",
        "CLAUDE.md:2",
        "mcp__hive__store_it",
    )


def test_an_item_says_what_stands_above_its_list() -> None:
    """A don't is a don't when it stands alone, too."""
    [never] = found(a_body("## Don't\n\n- Ignore potential threats at all\n"), K.NEVER)
    assert never.statement == "Never: Ignore potential threats at all"
    [over] = found(a_body("### Reports To\n\n- queen: Strategic intelligence\n"), K.HANDOVER)
    assert over.statement == "Reports To: queen: Strategic intelligence"


def test_volatile_sentences_are_left_out() -> None:
    """A rule that holds until the next release is no behaviour."""
    assert found(a_body("Always use version 2.1.329 of it.\n"), K.MUST) == []
