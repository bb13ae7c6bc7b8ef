"""Conversations to export: drawn at random, with everything in them that breaks a template. Same seed, same talks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hive_integration.dataset.example import Example
from hive_integration.units.dialogue import Call, Message

NASTY = (
    'He said "no" and \'yes\'', "C:\\new\\table", "{{ config }} and {% raw %}", "line one\nline two\n\nline four",
    "größer, 日本語, עברית, 😀", "a < b && c > d", "tab\there", "</div><p class='x'>", "$HOME `id` $(id)", "[1, 2]",
    '{"name": "x", "arguments": {}}', "null", "true", "3", "- point\n- point", "100 %", "#!/bin/sh", "\u00a0hard space",
    "ends with a backslash \\", "<b>", "e\u0301", "a | b", "[TODO]: later",
)  # fmt: skip
TOOLS: Mapping[str, Mapping[str, Any]] = {
    "mcp__box__store": {
        "type": "object",
        "properties": {
            "key": {"type": "string"},
            "value": {"type": "object"},
            "tags": {"type": "array"},
            "count": {"type": "integer"},
            "share": {"type": "number"},
            "deep-er.key": {"type": "string"},
            "force": {"type": "boolean"},
        },
    },
    "list_all": {"type": "object", "properties": {}},
    "Read": {"type": "object", "properties": {"file_path": {"type": "string"}, "limit": {"type": "integer"}}},
}


def talk(rng: random.Random) -> Sequence[Message]:
    """One conversation in the order of every chat API."""
    messages = [Message("system", "You are a coding agent.")] if rng.random() < 0.8 else []
    ids = iter(f"call_{i}" for i in range(1, 99))
    for _ in range(rng.choice((1, 1, 2, 3))):
        messages.append(Message("user", _words(rng)))
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            calls = tuple(_call(rng, next(ids)) for _ in range(rng.choice((1, 1, 1, 2, 3))))
            words = _words(rng) if rng.random() < 0.4 else ""
            messages.append(Message("assistant", words, calls, learn=rng.random() < 0.85))
            messages += [Message("tool", _words(rng), answers=call.id) for call in calls]
        messages.append(Message("assistant", _words(rng), learn=rng.random() < 0.85))
    return messages


def talks(count: int, seed: int = 0) -> Iterator[Sequence[Message]]:
    """As many conversations."""
    for i in range(count):
        yield talk(random.Random(f"{seed}:{i}"))


def example(messages: Sequence[Message], number: int = 0, **other: Any) -> Example:
    """An example that has this conversation."""
    facts = {
        "key": f"{number:024x}", "tools": tuple(TOOLS), "behaviours": ("b-0123456789abcdef",),
        "units": ("sha256:" + 64 * "0",), "complexity": "simple", "error_case": False,
        "family": f"family {number % 70}",
    }  # fmt: skip
    return Example(messages=tuple(messages), **{**facts, **other})


def _words(rng: random.Random) -> str:
    words = " ".join(rng.choice(("look", "at", "the", "file", "now", "please", "it", "is", "done")) for _ in range(6))
    return f"{words}. {rng.choice(NASTY)}" if rng.random() < 0.6 else f"{words}."


def _call(rng: random.Random, name: str) -> Call:
    tool = rng.choice(list(TOOLS))
    properties = TOOLS[tool]["properties"]
    given = {key: _value(rng, kind["type"]) for key, kind in properties.items() if rng.random() < 0.7}
    return Call(name, tool, given)


def _value(rng: random.Random, kind: str) -> Any:
    if kind == "string":
        return rng.choice(NASTY)
    if kind == "integer":
        return rng.choice((0, -1, 7, 10**15))
    if kind == "number":
        return rng.choice((0.5, -2.25, 1e-7, 1e22))
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "array":
        return [rng.choice((*NASTY, 1, None, True, {"a": [rng.choice(NASTY)]})) for _ in range(rng.randrange(4))]
    return {
        rng.choice(("a", "b c", "ü", "true")): rng.choice((*NASTY, 2, None, False, [], {"x": {"y": 1}})) for _ in "12"
    }
