"""Facts about calls and results, in pairs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.wire.messages import Turn
from hive_integration.wire.refusal import BlockRefused
from hive_integration.wire.turns import AGAIN, GONE, NO_RESULT, repaired, with_late_system_as_user
from tests.wire.asked import asked, assistant, call, result, text, user

SYSTEM = {"role": "system", "content": "rules"}
NONE = result("a", NO_RESULT, is_error=True)
CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "a call without a result": (
        [user("x"), assistant(call("a"))],
        [user("x"), assistant(call("a")), user(NONE)],
    ),
    "a call that was not answered before one went on": (
        [assistant(call("a"), call("b")), user(result("b"), text("go on"))],
        [assistant(call("a"), call("b")), user(NONE, result("b"), text("go on"))],
    ),
    "an answer in words only": (
        [assistant(call("a")), user("never mind")],
        [assistant(call("a")), user(NONE, text("never mind"))],
    ),
    "a result whose call is gone": (
        [user(result("a", "old", is_error=True), text("x"))],
        [user(text(f"{GONE} (a, an error):\nold"), text("x"))],
    ),
    "a result whose call is gone, in blocks": (
        [user(result("a", [text("old"), text("too")]))],
        [user(text(f"{GONE} (a):"), text("old"), text("too"))],
    ),
    "a result whose call is gone and that is empty": (
        [user({"type": "tool_result", "tool_use_id": "a"})],
        [user(text(f"{GONE} (a):"))],
    ),
    "a second result": (
        [assistant(call("a")), user(result("a", "one"), result("a", "two"))],
        [assistant(call("a")), user(result("a", "one"), text(f"{AGAIN} (a):\ntwo"))],
    ),
    "a result that comes too late": (
        [assistant(call("a")), user("x"), assistant("y"), user(result("a"))],
        [assistant(call("a")), user(NONE, text("x")), assistant("y"), user(text(f"{GONE} (a):\nout"))],
    ),
    "words before the result": (
        [assistant(call("a")), user(text("x"), result("a"))],
        [assistant(call("a")), user(result("a"), text("x"))],
    ),
    "results in two messages": (
        [assistant(call("a"), call("b")), user(result("a")), user(result("b"), text("x"))],
        [assistant(call("a"), call("b")), user(result("a"), result("b")), user(text("x"))],
    ),
    "results in two messages, the second of nothing else": (
        [assistant(call("a"), call("b")), user(result("a")), user(result("b"))],
        [assistant(call("a"), call("b")), user(result("a"), result("b"))],
    ),
    "a system message between call and result": (
        [assistant(call("a")), SYSTEM, user(result("a"), text("x"))],
        [assistant(call("a")), user(result("a")), SYSTEM, user(text("x"))],
    ),
    "calls in two messages": (
        [assistant(call("a")), assistant(call("b")), user(result("a"), result("b"))],
        [assistant(call("a")), user(result("a")), assistant(call("b")), user(result("b"))],
    ),
    "one id for two calls": (
        [assistant(call("a", x=1), call("a", x=2)), user(result("a", "one"), result("a", "two"))],
        [assistant(call("a", x=1), call("a-2", x=2)), user(result("a", "one"), result("a-2", "two"))],
    ),
}


def _written(turns: Any) -> list[Any]:
    return [{"role": turn.role, "content": turn.content} for turn in turns]


@pytest.mark.parametrize("name", CASES)
def test_what_is_out_of_order_is_put_in_order(name: str) -> None:
    """Nothing is lost: each call is answered in the next message, what has no pair becomes text."""
    came, wanted = CASES[name]
    assert _written(repaired(asked(*came).turns)) == wanted


def test_what_is_in_order_is_the_very_same() -> None:
    """Not one object is made anew; beside a repaired stretch the others are the same."""
    fine = [user("x"), assistant(text("y"), call("a"), call("b")), user(result("b"), result("a"), text("z")), SYSTEM]
    turns = asked(*fine).turns
    assert repaired(turns) is turns
    turns = asked(*fine, assistant(call("c"))).turns
    assert all(a is b for a, b in zip(repaired(turns), turns, strict=False))


def test_a_message_stays_empty_if_it_came_so() -> None:
    """It is not ours to take out."""
    assert _written(repaired(asked(user(), assistant(call("a"))).turns))[0] == user()


_ids = st.sampled_from(["a", "b", "a-2"])
_given = st.lists(
    st.builds(
        lambda role, ids: {
            "role": role,
            "content": [call(i) if role == "assistant" else result(i) if i != "a-2" else text("t") for i in ids],
        },
        st.sampled_from(["user", "assistant"]),
        st.lists(_ids, max_size=4),
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None)
@given(_given)
def test_calls_and_results_pair_in_any_conversation(messages: list[Any]) -> None:
    """After the repair each assistant's calls are answered by the first blocks of the next message, once each, and a
    second repair changes nothing."""
    turns = repaired(asked(*messages).turns)
    for turn, after in zip(turns, [*turns, Turn("user", [])][1:], strict=True):
        calls = [block["id"] for block in turn.blocks if block["type"] == "tool_use"]
        answers = [block.get("tool_use_id") for block in after.blocks[: len(calls)]]
        rest = [block["type"] for block in after.blocks[len(calls) :]]
        if turn.role == "assistant":
            assert len(set(calls)) == len(calls)
            assert sorted(answers, key=str) == sorted(calls)
            assert "tool_result" not in rest
    assert repaired(turns) is turns


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (user(call("a")), "a tool_use stands in a message of an assistant, not of 'user'"),
        (assistant(result("a")), "a tool_result stands in a message of a user, not of 'assistant'"),
        (assistant(call("")), "tool_use.id: expected a string, found an empty one"),
        (assistant({**call("a"), "name": None}), "tool_use.name: expected a string, found nothing"),
        (assistant({**call("a"), "input": "{}"}), "tool_use.input: expected an object, found a string"),
        (user({"type": "tool_result"}), "tool_result.tool_use_id: expected a string, found nothing"),
    ],
)
def test_what_cannot_be_paired_is_refused(message: Any, reason: str) -> None:
    """A call or result that lacks what pairs it, or stands in the wrong role."""
    with pytest.raises(BlockRefused) as caught:
        repaired(asked(message).turns)
    assert str(caught.value) == reason


def test_a_late_system_message_becomes_a_reminder() -> None:
    """For templates that take a system message at the beginning only."""
    turns = with_late_system_as_user(asked(user("x"), {"role": "system", "content": [text("a"), text("b")]}).turns)
    assert _written(turns) == [user("x"), user("<system-reminder>\na\n\nb\n</system-reminder>")]
