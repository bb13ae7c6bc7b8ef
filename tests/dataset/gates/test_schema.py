"""Facts about calls: only what the real tool takes passes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from hive_integration.dataset.book import Book
from hive_integration.dataset.gates.limits import Limits
from hive_integration.dataset.gates.schema import check
from hive_integration.units.lines import Extracted
from hive_integration.units.unit import Component, Load, unit_of
from tests.dataset.gates.made import BOOK, GOOD, but, calling


@pytest.mark.parametrize("arguments", [{"text": "a"}, {"text": "a", "times": 1}])
def test_valid_calls_pass(arguments: Any) -> None:
    """With and without what may be left out."""
    assert check(calling(arguments), BOOK, Limits()) == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "text: is missing"),
        ({"text": ""}, "at least 1 characters"),
        ({"text": 3}, "expected string"),
        ({"text": "a", "times": 0}, "at least 1"),
        ({"text": "a", "times": "2"}, "expected integer"),
        ({"text": "a", "more": 1}, "not an argument"),
        ({"text": None}, "expected string"),
    ],
)
def test_invalid_calls_are_refused_with_the_place(arguments: Any, said: str) -> None:
    """The reason names the tool, the argument and what is expected."""
    reason = check(calling(arguments), BOOK, Limits())
    assert reason.startswith("calls with arguments that are not valid: mcp__t__note, ")
    assert said in reason


def test_only_tools_in_play_are_called() -> None:
    """A tool that is not declared, or not known at all, is refused."""
    assert "not in play" in check(but(tools=("mcp__t__other",)), BOOK, Limits())
    assert "not known" in check(but(tools=("mcp__t__note", "gone")), BOOK, Limits())


def test_what_cannot_be_checked_does_not_pass() -> None:
    """A tool whose schema is broken teaches nothing."""
    text = '{"name":"mcp__t__note","description":"","input_schema":{"type":"nothing"}}'
    unit = unit_of("mcp__t__note", Component.MCP_TOOLS, Load.DEFERRED, text, schema={"type": "nothing"})
    book = Book([Extracted(unit, {}, "", "weights", "")])
    assert "schema cannot be used" in check(but(tools=("mcp__t__note",)), book, Limits())


def test_a_check_takes_less_than_a_millisecond() -> None:
    """The schema is made ready once, however many calls there are."""
    check(GOOD, BOOK, Limits())
    start = time.perf_counter()
    for _ in range(200):
        check(GOOD, BOOK, Limits())
    assert (time.perf_counter() - start) / 200 < 0.001
