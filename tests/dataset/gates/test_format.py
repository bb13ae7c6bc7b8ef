"""Facts about form: what every trainer takes passes, and each fault is named."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.dataset.gates.format import check
from hive_integration.dataset.gates.limits import Limits
from hive_integration.units.dialogue import Call, Message
from tests.dataset.gates.made import ARGUMENTS, BOOK, GOOD, but, calling, saying

SYSTEM, USER, CALL, RESULT, LAST = GOOD.messages
TWO = Message("assistant", "", [Call("call_1", "mcp__t__note", ARGUMENTS), Call("call_2", "mcp__t__note", ARGUMENTS)])
OTHER = Message("tool", "stored", answers="call_2")


@pytest.mark.parametrize(
    "example",
    [
        GOOD,
        saying(USER, LAST),
        saying(SYSTEM, USER, CALL),
        saying(SYSTEM, USER, TWO, OTHER, RESULT, LAST),
        saying(SYSTEM, USER, TWO),
        saying(SYSTEM, USER, LAST, USER, CALL, RESULT, LAST),
        saying(SYSTEM, USER, CALL, Message("tool", "", answers="call_1"), LAST),
        but(rejected=(Message("assistant", "No."),)),
    ],
)
def test_what_a_trainer_takes_passes(example: Any) -> None:
    """With and without a system prompt, with calls side by side, with an open call at the end, with a wrong way."""
    assert check(example, BOOK, Limits()) == ""


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (saying(), "nothing to learn"),
        (saying(SYSTEM), "nothing to learn"),
        (saying(SYSTEM, USER), "nothing to learn"),
        (saying(LAST, USER), "wrong order: messages[0] is assistant"),
        (saying(SYSTEM, SYSTEM, USER, LAST), "wrong order: messages[1] is system"),
        (saying(SYSTEM, USER, USER, LAST), "wrong order: messages[2] is user"),
        (saying(SYSTEM, USER, LAST, LAST), "wrong order: messages[3] is assistant"),
        (saying(SYSTEM, USER, LAST, RESULT), "wrong order: messages[3] is tool"),
        (saying(SYSTEM, USER, CALL, RESULT, USER), "wrong order: messages[4] is user"),
        (saying(SYSTEM, USER, CALL, RESULT), "does not end"),
        (saying(SYSTEM, USER, CALL, LAST), "wrong order: messages[3] is assistant"),
        (saying(SYSTEM, USER, TWO, RESULT, LAST), "call without its result: 'call_2'"),
        (saying(SYSTEM, USER, CALL, RESULT, RESULT, LAST), "result without its call"),
        (saying(SYSTEM, USER, CALL, OTHER, LAST), "result without its call"),
        (saying(SYSTEM, USER, CALL, RESULT, LAST, USER, CALL), "without an id of its own"),
        (saying(SYSTEM, Message("user", " \n"), LAST), "empty message"),
        (saying(SYSTEM, USER, Message("assistant", "")), "empty message"),
        (saying(SYSTEM, Message("user", "Hello", [Call("x", "y")]), LAST), "not the assistant's"),
        (saying(SYSTEM, Message("user", "Hello", answers="call_1"), LAST), "outside a tool's message"),
        (saying(SYSTEM, USER, Message("assistant", "No.", learn=False)), "nothing to learn"),
        (saying(SYSTEM, Message("user", "half \ud800"), LAST), "U+D800"),
        (saying(SYSTEM, Message("user", "two\u2028lines"), LAST), "U+2028"),
        (saying(SYSTEM, Message("user", "nul\x00"), LAST), "U+0000"),
        (saying(SYSTEM, USER, Message("assistant", "", [Call("", "mcp__t__note")])), "without an id"),
        (saying(SYSTEM, USER, Message("assistant", "", [Call("a b", "mcp__t__note")])), "without an id"),
        (calling({"text": float("nan")}), "not JSON"),
        (calling({"text": {1, 2}}), "not JSON"),
        (calling({"text": "\ud800"}), "U+D800"),
        (calling(["text"]), "no object"),
        (calling("{}"), "no object"),
        (calling(ARGUMENTS, "no such name"), "name that no API takes"),
        (calling(ARGUMENTS, ""), "name that no API takes"),
        (but(key="somewhere"), "no key"),
        (but(behaviours=()), "does not say what it shows"),
        (but(units=()), "does not say what it shows"),
        (but(messages=GOOD.messages * 20), "too many messages"),
        (but(rejected=(USER,)), "its wrong way has the wrong order"),
        (but(rejected=(CALL, LAST)), "its wrong way has the wrong order"),
    ],
)
def test_each_fault_is_named(example: Any, said: str) -> None:
    """The reason says what is wrong, and where."""
    assert said in check(example, BOOK, Limits())


def test_too_deep_a_value_is_no_json() -> None:
    """It is refused, not raised."""
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert "not JSON" in check(calling({"text": deep}), BOOK, Limits())
