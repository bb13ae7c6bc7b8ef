"""Facts about conversations as values."""

from __future__ import annotations

from hive_integration.units.dialogue import Call, Message, calls_of, spoken

TALK = [
    Message("user", "Store it."),
    Message("assistant", "I will.", (Call("1", "store", {"key": "a"}), Call("2", "list"))),
    Message("tool", "done", answers="1"),
    Message("tool", "[]", answers="2"),
    Message("assistant", "", (Call("3", "read"),)),
    Message("tool", "x", answers="3"),
    Message("assistant", "It is there."),
]


def test_calls_come_in_their_order() -> None:
    """Over all messages, several of one message included."""
    assert [call.name for call in calls_of(TALK)] == ["store", "list", "read"]


def test_only_the_assistant_speaks() -> None:
    """Neither the user's words nor a tool's result; an empty message says nothing."""
    assert spoken(TALK) == "I will.\nIt is there."
