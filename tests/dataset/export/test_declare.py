"""Facts about declared tools: the choice, and an order that says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hive_integration.dataset.export.declare import choice_of, declared
from hive_integration.errors import HiveError, UsageError
from tests.dataset.gates.made import GOOD
from tests.dataset.tiny import book_of

NAMES = ("mcp__t__note", "mcp__t__other", "mcp__t__third", "mcp__u__fourth", "mcp__u__fifth")
BOOK = book_of(*NAMES)


def names(choice: str) -> list[str]:
    """The names that the good example declares: it calls the first and has the second in play."""
    return [tool.name for tool in declared(GOOD, choice, BOOK)]


def test_each_choice_declares_its_tools() -> None:
    """None, those that are called, those in play, all; or those that are called and some that tempt, nearest first."""
    assert names("none") == names("none")[:0]
    assert names("used") == ["mcp__t__note"]
    assert set(names("in-play")) == {"mcp__t__note", "mcp__t__other"}
    assert set(names("all")) == set(NAMES)
    assert names("0") == ["mcp__t__note"]
    assert set(names("2")) == {"mcp__t__note", "mcp__t__other", "mcp__t__third"}
    assert set(names("99")) == set(NAMES)


def test_what_the_wrong_way_calls_is_declared_too() -> None:
    """A pair has one input for both ways."""
    call = replace(GOOD.messages[2], calls=[replace(GOOD.messages[2].calls[0], name="mcp__u__fifth")])
    assert {t.name for t in declared(replace(GOOD, rejected=(call,)), "used", BOOK)} == {
        "mcp__t__note",
        "mcp__u__fifth",
    }


def test_their_order_follows_from_the_example_and_from_nothing_else() -> None:
    """The same each time, another one for another example: the right tool is not the first."""
    assert names("all") == names("all")
    first = {declared(replace(GOOD, key=f"{i:024x}"), "all", BOOK)[0].name for i in range(40)}
    assert len(first) == len(NAMES)


def test_specifications_are_the_units_own() -> None:
    """Description and schema of the tool's unit."""
    (tool,) = declared(GOOD, "used", BOOK)
    assert tool.description == BOOK.tools["mcp__t__note"].description
    assert tool.schema == BOOK.tools["mcp__t__note"].schema


def test_what_cannot_be_declared_is_said() -> None:
    """No such choice, no units, no unit of that tool."""
    assert [choice_of(word) for word in ("none", "in-play", "12")] == ["none", "in-play", "12"]
    for word in ("some", "-1", "1.5", ""):
        with pytest.raises(UsageError, match="--tools"):
            choice_of(word)
    with pytest.raises(UsageError, match="units"):
        declared(GOOD, "used", None)
    with pytest.raises(HiveError, match="no unit specifies the tool mcp__t__note"):
        declared(GOOD, "used", book_of("mcp__t__other"))
