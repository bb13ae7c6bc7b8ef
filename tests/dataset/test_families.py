"""Facts about families of phrasing: per tool where one is known, else per behaviour."""

from __future__ import annotations

from hive_integration.dataset.book import Book
from hive_integration.dataset.families import FLOOR, Families
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from tests.dataset.gates.made import but
from tests.dataset.tiny import tool_line

MORE = Behaviour(BehaviourKind.RECOVERY, "Mend its arguments.", ("sha256:a",), subject="mcp__t__note")
RULE = Behaviour(BehaviourKind.NEVER, "Never guess.", ("sha256:b",), subject="guessing")
NOTE = tool_line("mcp__t__note", more=(MORE, RULE))
BOOK = Book([NOTE])


def filled(book: Book | None) -> Families:
    """The tool in two families by one behaviour and another by the other, a rule in one."""
    families = Families(book)
    for behaviour, family in (
        (NOTE.behaviours[0], "a"),
        (NOTE.behaviours[0], "b"),
        (MORE, "b"),
        (MORE, "c"),
        (RULE, "a"),
    ):
        families.add(but(behaviours=(behaviour.id,), family=family))
    return families


def test_the_behaviours_of_a_tool_count_together() -> None:
    """It is the tool that must be found in any phrasing."""
    assert filled(BOOK).counts == {RULE.id: 1, "mcp__t__note": 3}


def test_without_units_each_behaviour_counts_for_itself() -> None:
    """Nothing says what it is about."""
    assert filled(None).counts == {RULE.id: 1, NOTE.behaviours[0].id: 2, MORE.id: 2}


def test_too_few_are_named() -> None:
    """Fewest first; a floor is met by as many."""
    assert FLOOR == 60
    assert filled(BOOK).below() == [(RULE.id, 1), ("mcp__t__note", 3)]
    assert filled(BOOK).below(3) == [(RULE.id, 1)]
    assert filled(BOOK).below(0) == []
