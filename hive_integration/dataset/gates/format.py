"""Is it a conversation that every trainer takes? Roles in their order, calls and results paired, nothing empty. Pure.

The order is a table. A conversation ends with the assistant, whose last calls may be left unanswered, all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates.limits import Limits
from hive_integration.units.dialogue import Message

NEXT: Mapping[str, tuple[str, ...]] = {
    "": ("system", "user"),
    "system": ("user",),
    "user": ("assistant",),
    "assistant": ("user",),
    "calls": ("tool",),
    "tool": ("tool", "assistant"),
}
"""After which role which may follow; `calls` is an assistant's message with calls."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[0-9a-f]{24}")
_MOST_CALLS = 128
"""In one message (OpenAI's API reference, `tools`)."""
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""Characters that no text has, or that end a line for some readers of JSON lines."""


def check(example: Example, book: Book, limits: Limits) -> str:
    """As the gates' table has it."""
    messages = example.messages
    if not _KEY.fullmatch(example.key):
        return f"has no key of 24 hex digits: {example.key[:40]!r}"
    if len(messages) > limits.messages:
        return f"has too many messages: {len(messages)}, at most {limits.messages}"
    if not example.behaviours or not example.units:
        return "does not say what it shows"
    if not any(m.role == "assistant" and m.learn for m in messages):
        return "has nothing to learn from"
    return _order(messages, "") or _contents(messages) or _pairs(messages) or _wrong_way(example.rejected)


def _wrong_way(messages: Sequence[Message]) -> str:
    if not messages:
        return ""
    reason = _order(messages, "user") or _contents(messages) or _pairs(messages)
    return f"its wrong way {reason}" if reason else ""


def _order(messages: Sequence[Message], before: str) -> str:
    for i, message in enumerate(messages):
        if message.role not in NEXT[before]:
            return f"has the wrong order: messages[{i}] is {message.role}, expected {' or '.join(NEXT[before])}"
        before = "calls" if message.calls and message.role == "assistant" else message.role
    return "" if before in {"assistant", "calls"} else "does not end with the assistant"


def _contents(messages: Sequence[Message]) -> str:
    for i, message in enumerate(messages):
        if not message.text.strip() and not message.calls and message.role != "tool":
            return f"has an empty message: messages[{i}], {message.role}"
        if message.calls and message.role != "assistant":
            return f"has calls that are not the assistant's: messages[{i}], {message.role}"
        if unfit := _UNFIT.search(message.text):
            return f"has a character that no text has: messages[{i}], U+{ord(unfit[0]):04X}"
        if reason := _calls(message):
            return reason
    return ""


def _calls(message: Message) -> str:
    if len(message.calls) > _MOST_CALLS:
        return f"has too many calls in a message: {len(message.calls)}, at most {_MOST_CALLS}"
    for call in message.calls:
        if not _NAME.fullmatch(call.name):
            return f"calls a tool by a name that no API takes: {call.name[:60]!r}"
        arguments: object = call.arguments
        if not isinstance(arguments, dict):
            return f"has arguments that are no object: {call.name}"
        try:
            text = json.dumps(arguments, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            return f"has arguments that are not JSON: {call.name}, {type(error).__name__}"
        if unfit := _UNFIT.search(text):
            return f"has a character that no text has: {call.name}, U+{ord(unfit[0]):04X}"
    return ""


def _pairs(messages: Sequence[Message]) -> str:
    """Each call has an id of its own, and is answered once before anybody else speaks, unless it is the last."""
    seen: set[str] = set()
    waiting: set[str] = set()
    for i, message in enumerate(messages):
        if message.role == "tool":
            if message.answers not in waiting:
                return f"has a result without its call: messages[{i}], {message.answers[:40]!r}"
            waiting.discard(message.answers)
            continue
        if waiting:
            return f"has a call without its result: {sorted(waiting)[0][:40]!r}"
        if message.answers:
            return f"answers a call outside a tool's message: messages[{i}]"
        for call in message.calls:
            if not _ID.fullmatch(call.id) or call.id in seen:
                return f"has a call without an id of its own: {call.id[:40]!r}"
            seen.add(call.id)
            waiting.add(call.id)
    return ""
