"""A text that matches a regular expression, for the common subset. Pure; what it cannot read it leaves.

Read are literals, classes, groups, alternatives, counts and anchors: what schemas use for ids and slugs. The result is
matched against the pattern itself, so a wrong text never leaves.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from hive_integration.wire.keywords import Watch

Make = Callable[[random.Random], str]
MOST = 12
"""How often `*` and `+` repeat at most."""
_CLASSES = {"d": "0123456789", "w": "abcdefghijklmnopqrstuvwxyz0123456789_", "s": " "}
_OTHER = "".join(map(chr, range(33, 127)))
_SAFE = "abcdefghijklmnopqrstuvwxyz0123456789"


class UnreadError(Exception):
    """The pattern is beyond the subset. It never leaves this module."""


def matching(pattern: str, rng: random.Random) -> str | None:
    """A text that matches, or None."""
    try:
        make = _Reader(pattern).whole()
        for _ in range(8):
            if len(text := make(rng)) <= 400 and Watch().met(pattern, text):
                return text
    except (UnreadError, RecursionError):
        return None
    return None


class _Reader:
    def __init__(self, pattern: str) -> None:
        if len(pattern) > 500:
            raise UnreadError
        self.text, self.at = pattern, 0

    def whole(self) -> Make:
        make = self.alternatives()
        if self.at < len(self.text):
            raise UnreadError
        return make

    def alternatives(self) -> Make:
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return lambda rng: rng.choice(options)(rng)

    def sequence(self) -> Make:
        parts: list[Make] = []
        while self.peek() not in {"", "|", ")"}:
            if self.peek() in "^$":
                self.at += 1
            else:
                parts.append(self.counted(self.atom()))
        return lambda rng: "".join([part(rng) for part in parts])

    def atom(self) -> Make:
        char = self.take()
        if char == "(":
            if self.peek() == "?":
                self.at += 1
                if self.take() != ":":
                    raise UnreadError
            make = self.alternatives()
            if self.take() != ")":
                raise UnreadError
            return make
        if char == "[":
            return _one_of(self.choices())
        if char == "\\":
            return _one_of(self.escaped())
        if char in "*+?{":
            raise UnreadError
        return _one_of(_SAFE if char == "." else char)

    def escaped(self) -> str:
        char = self.take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char.isalnum():
            raise UnreadError
        return char

    def choices(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        found = ""
        while (char := self.take()) != "]" or not found:
            if char == "\\":
                found += self.escaped()
            elif self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in {"", "]"}:
                self.at += 1
                end = self.take()
                found += "".join(map(chr, range(ord(char), min(ord(end), ord(char) + 127) + 1)))
            else:
                found += char
        if negated:
            return "".join(char for char in _OTHER if char not in found) or _SAFE
        return found

    def counted(self, make: Make) -> Make:
        low, high = 1, 1
        char = self.peek()
        if char and char in "*+?":
            self.at += 1
            low, high = {"*": (0, MOST), "+": (1, MOST), "?": (0, 1)}[char]
        elif found := re.compile(r"\{(\d+)(,?)(\d*)\}").match(self.text, self.at):
            self.at = found.end()
            low = int(found[1])
            high = int(found[3]) if found[3] else low + MOST if found[2] else low
            if low > 200:
                raise UnreadError
        if self.peek() == "?" and (low, high) != (1, 1):
            self.at += 1
        return lambda rng: "".join([make(rng) for _ in range(rng.randint(low, max(low, min(high, low + MOST))))])

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise UnreadError
        self.at += 1
        return char


def _one_of(chars: str) -> Make:
    if not chars:
        raise UnreadError
    return lambda rng: rng.choice(chars)
