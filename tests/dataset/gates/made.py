"""A good example, and what it is checked against: tests change one thing of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.units.dialogue import Call, Message
from tests.dataset.tiny import tool_line

NOTE = tool_line("mcp__t__note")
BOOK = Book([NOTE, tool_line("mcp__t__other")])
ARGUMENTS = {"text": "the meeting is on friday", "times": 2}
GOOD = Example(
    key="0123456789abcdef01234567",
    messages=(
        Message("system", "You are a coding agent."),
        Message("user", "Please remember that the meeting is on friday."),
        Message("assistant", "I will note it.", [Call("call_1", "mcp__t__note", ARGUMENTS)]),
        Message("tool", "stored", answers="call_1"),
        Message("assistant", "It is noted."),
    ),
    tools=("mcp__t__note", "mcp__t__other"),
    behaviours=(NOTE.behaviours[0].id,),
    units=(NOTE.unit.digest,),
    complexity="simple",
    error_case=False,
    family="remember-1",
)


def but(**changes: Any) -> Example:
    """The good example but for these fields."""
    return replace(GOOD, **changes)


def saying(*messages: Message) -> Example:
    """The good example with other messages."""
    return replace(GOOD, messages=messages)


def calling(arguments: Any, name: str = "mcp__t__note") -> Example:
    """The good example with another call."""
    system, user, _, result, last = GOOD.messages
    return saying(system, user, Message("assistant", "", [Call("call_1", name, arguments)]), result, last)


def with_text(text: str, role: str = "user") -> Example:
    """The good example, in which somebody says something else."""
    system, user, call, result, last = GOOD.messages
    return {
        "user": saying(system, Message("user", text), call, result, last),
        "tool": saying(system, user, call, Message("tool", text, answers="call_1"), last),
        "assistant": saying(system, user, call, result, Message("assistant", text)),
    }[role]
