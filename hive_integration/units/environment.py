"""Which lines of an environment section tell of the here and now, and which say the same everywhere. Pure.

What depends on the machine, the day, the project or the model is environment, and is never stripped, whatever a
manifest holds. The other lines are the client's own text like any section of its prompt: units of their own, one a
bullet. A bullet that no rule knows is static where it is a sentence that shows no path, date or address. A wrong guess
strips nothing, because only the very same text has the same digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hive_integration.units.markers import REMINDER

HEADING = "environment heading"
"""The name of a heading under which nothing but static lines stands."""
LINE = "environment: "
"""How the name of a static line begins; its first words follow."""

_DYNAMIC = re.compile(
    r"(?:(?:Primary |Additional )?working director(?:y|ies)|Is (?:directory )?a git repo(?:sitory)?|Platform|Shell"
    r"|OS Version|User(?: ?name| email)?|(?:Today's |Current )?date|Time ?zone)\b[^.\n]{0,20}:"
    r"|This is a git worktree|You are powered by|(?:Assistant )?knowledge cutoff|(?:Today's|The current) date",
    re.IGNORECASE,
)
"""How lines begin that are environment, whether they read like a rule or not."""
_VALUE = re.compile(r"/[\w.@+-]+/\w|[A-Za-z]:\\|~/|\d{4}-\d\d-\d\d|\w@[\w-]+\.\w|[0-9a-f]{8}-[0-9a-f]{4}\b")
"""A path, a date, an address or a session's id: such a line says something else elsewhere."""
_HEAD = re.compile(r"# Environment[ \t]*(?:\n|\Z)(?:You have been invoked[^\n]*\n?)?")
_BULLET = re.compile(r" ?- (?=\S)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS, _CHARS = 5, 80


def lines(section: str) -> Iterator[tuple[int, str]]:
    """(start, name) of the pieces of a section, heading first: a static line's name, or nothing for environment.

    Lines of environment that stand together are one piece, the heading with them. Where there are none, the heading
    says the same everywhere, and has a name, too.
    """
    head = match.end() if (match := _HEAD.match(section)) else 0
    blocks = [(start, name_of(text)) for start, text in _blocks(section, head) if _words(text)]
    before = HEADING if head and all(name for _, name in blocks) else ""
    yield 0, before
    for start, name in blocks:
        if name or before:
            yield start, name
        before = name


def name_of(text: str) -> str:
    """The name of a static line; empty for what is environment. `text` is a bullet with all its lines, or other text.

    The name holds the first words, so a value among them makes another name, and another value is no drift.
    """
    words = _words(text)
    said = words.removeprefix("- ")
    if said == words or not words.endswith(".") or _DYNAMIC.match(said) or _VALUE.search(said):
        return ""
    return LINE + " ".join(said.split(None, _WORDS)[:_WORDS])[:_CHARS].rstrip(".,:;")


def _words(text: str) -> str:
    return REMINDER.sub("", text).strip()


def _blocks(section: str, start: int) -> Iterator[tuple[int, str]]:
    """(start, text) of each bullet with the lines that go on from it, and of each stretch of other text."""
    begin, ended = start, False  # `ended`: a blank line or a tag came, so that other text is no part of the bullet
    for match in _LINE.finditer(section, start):
        line, bullet = match[0], bool(_BULLET.match(match[0]))
        if bullet or (ended and _words(line)):
            if match.start() > begin:
                yield begin, section[begin : match.start()]
            begin, ended = match.start(), False
        ended |= not _words(line)
    if len(section) > begin:
        yield begin, section[begin:]
