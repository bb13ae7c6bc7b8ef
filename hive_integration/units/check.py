"""What a machine can check of a behaviour, in a conversation that shows it or should. Pure; a table of checks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hive_integration.units.dialogue import Message, calls_of, spoken


class CheckKind(StrEnum):
    """What is looked at."""

    CALLED = "called"  # each of `tools` is called
    NOT_CALLED = "not_called"  # none of `tools` is called; without tools: nothing is called at all
    ORDER = "order"  # the first call of each of `tools` comes in this order
    ARGUMENT = "argument"  # some call of `tools[0]` has `argument`, and its text matches `pattern`
    SAYS = "says"  # what the assistant says matches `pattern`
    SAYS_NOT = "says_not"  # it does not
    SAYS_IN_ORDER = "says_in_order"  # the lines of `pattern` match one after the other
    FORMAT = "format"  # what the assistant says last is `format`


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Which fields matter, its kind says; `pattern` is a regular expression, case aside."""

    kind: CheckKind
    tools: tuple[str, ...] = ()
    argument: str = ""
    """A dotted path into the arguments (`filter.tags.0`)."""
    pattern: str = ""
    format: str = ""
    """A name of `FORMATS`."""


def failure(check: Check, messages: Sequence[Message]) -> str:
    """Why a conversation does not pass; empty where it does."""
    return _KINDS[check.kind](check, messages)


def _called(check: Check, messages: Sequence[Message]) -> str:
    missing = set(check.tools) - {call.name for call in calls_of(messages)}
    return f"does not call {', '.join(sorted(missing))}" if missing else ""


def _not_called(check: Check, messages: Sequence[Message]) -> str:
    names = [call.name for call in calls_of(messages)]
    wrong = [name for name in names if not check.tools or name in check.tools]
    return f"calls {wrong[0]}" if wrong else ""


def _order(check: Check, messages: Sequence[Message]) -> str:
    names = [call.name for call in calls_of(messages)]
    firsts = [names.index(tool) if tool in names else -1 for tool in check.tools]
    if -1 in firsts:
        return f"does not call {check.tools[firsts.index(-1)]}"
    return "" if firsts == sorted(firsts) else f"calls {' after '.join(check.tools[:2])}, expected them in order"


def _argument(check: Check, messages: Sequence[Message]) -> str:
    found = [value for call in calls_of(messages) if call.name in check.tools[:1]
             for value in [_at(call.arguments, check.argument)] if value is not None]  # fmt: skip
    if not found:
        return f"does not give {check.tools[0]} the argument {check.argument}"
    texts = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in found]
    if not check.pattern or any(_finds(check.pattern, text) for text in texts):
        return ""
    return f"gives {check.argument} the value {texts[0][:60]!r}"


def _says(check: Check, messages: Sequence[Message]) -> str:
    return "" if _finds(check.pattern, spoken(messages)) else f"does not say {check.pattern!r}"


def _says_not(check: Check, messages: Sequence[Message]) -> str:
    return f"says {check.pattern!r}" if _finds(check.pattern, spoken(messages)) else ""


def _says_in_order(check: Check, messages: Sequence[Message]) -> str:
    text, at = spoken(messages), 0
    for line in check.pattern.splitlines():
        match = re.compile(line, re.IGNORECASE | re.MULTILINE).search(text, at)
        if match is None:
            return f"does not say {line!r} in its place"
        at = match.end()
    return ""


def _format(check: Check, messages: Sequence[Message]) -> str:
    last = next((m.text for m in reversed(messages) if m.role == "assistant" and m.text), "")
    return "" if FORMATS[check.format](last) else f"is not {check.format}"


_KINDS: Mapping[CheckKind, Callable[[Check, Sequence[Message]], str]] = {
    CheckKind.CALLED: _called,
    CheckKind.NOT_CALLED: _not_called,
    CheckKind.ORDER: _order,
    CheckKind.ARGUMENT: _argument,
    CheckKind.SAYS: _says,
    CheckKind.SAYS_NOT: _says_not,
    CheckKind.SAYS_IN_ORDER: _says_in_order,
    CheckKind.FORMAT: _format,
}


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except (ValueError, RecursionError):
        return False


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "json": _is_json,
    "bullets": lambda text: len(re.findall(r"^\s*[-*] \S", text, re.MULTILINE)) >= 2,
    "numbered": lambda text: len(re.findall(r"^\s*\d+[.)] \S", text, re.MULTILINE)) >= 2,
    "headings": lambda text: bool(re.search(r"^#{1,6} \S|^\*\*[^*\n]+\*\*:?$", text, re.MULTILINE)),
    "code": lambda text: text.count("```") >= 2,
    "one line": lambda text: bool(text.strip()) and "\n" not in text.strip(),
    "short": lambda text: 0 < len(text.split()) <= 60,
}
"""Forms of an answer by name."""


def _finds(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE | re.MULTILINE) is not None


def _at(value: Any, path: str) -> Any:  # noqa: ANN401 - a JSON value
    for key in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list | tuple) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value
