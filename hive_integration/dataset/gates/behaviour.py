"""Does it show what it says that it shows? Every check of every behaviour, and no method by its name. Pure.

A model that learns a method beside its name learns to wait for the name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates.limits import Limits
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import failure
from hive_integration.units.dialogue import Message


def check(example: Example, book: Book, limits: Limits) -> str:
    """As the gates' table has it."""
    for digest in example.units:
        if digest not in book.units:
            return f"names a unit that is not there: {digest[:40]}"
    for name in example.behaviours:
        behaviour = book.behaviours.get(name)
        if behaviour is None:
            return f"names a behaviour that is not there: {name[:40]}"
        for each in behaviour.checks:
            if reason := failure(each, example.messages):
                return f"does not show its behaviour: {behaviour.kind.value} {behaviour.subject[:60]}, {reason}"
        if behaviour.kind is BehaviourKind.METHOD and (said := _named(behaviour, example.messages)):
            return f"names the method that it shows: {said}"
    return ""


def _named(behaviour: Behaviour, messages: Sequence[Message]) -> str:
    pattern = _pattern(names_of(behaviour.subject, behaviour.steps))
    if pattern is None:
        return ""
    texts = (m.text for m in messages if m.role in ("user", "assistant"))
    return next((found[0] for text in texts for found in pattern.finditer(text)), "")


_GENERIC = re.compile(
    r"(?i)\s+(?:approach|cycle|implementation|method|methodology|phases|pipeline|principles|process|steps|strategy"
    r"|workflow)$|^(?:the|follow|how to use|using|in)\s+"
)
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,}\b")
_COMMON = frozenset(
    {"API", "CLI", "CSS", "CSV", "HTML", "HTTP", "JSON", "LLM", "MCP", "PDF", "SDK", "SQL", "URL", "XML", "YAML"}
)
_KIND = re.compile(r"[a-z]+|[A-Z][a-z]+")


def names_of(subject: str, steps: Sequence[str]) -> tuple[str, ...]:
    """What in a method's subject is a name: acronyms, and titles of several words.

    `architecture` and `Planning Process` are words that anybody may use for what the steps do; so is a tool's name
    that stands for its own use.
    """
    if "__" in subject:
        return ()
    core = subject
    while (shorter := _GENERIC.sub("", core).strip()) != core:
        core = shorter
    found = {each for each in _ACRONYM.findall(subject) if each not in _COMMON}
    if len(core.split()) > 1 or (core and not _KIND.fullmatch(core) and core not in _COMMON):
        found.add(core)
    own = " ".join(steps).casefold()
    return tuple(sorted(each for each in found if each.casefold() not in own))


@lru_cache(maxsize=4096)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    if not names:
        return None
    said = "|".join(re.escape(each).replace(r"\ ", r"[\s_-]+") for each in names)
    return re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.IGNORECASE)
