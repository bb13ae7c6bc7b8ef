"""How a scenario says that something does not hold."""

from __future__ import annotations

from collections.abc import Collection


class Failed(Exception):
    """The gateway did not do what must hold; the text says what it did."""


class NotApplicable(Exception):
    """The scenario asks for something that this gateway does not claim to have."""


def true(holds: object, otherwise: str) -> None:
    """Fail with `otherwise` where it does not hold."""
    if not holds:
        raise Failed(otherwise)


def equal(found: object, expected: object, what: str) -> None:
    """Fail where two values differ."""
    if found != expected:
        raise Failed(f"{what}: got {short(found)}, expected {short(expected)}")


def among(found: object, expected: Collection[object], what: str) -> None:
    """Fail where a value is none of those expected."""
    if found not in expected:
        raise Failed(f"{what}: got {short(found)}, expected one of {sorted(map(str, expected))}")


def holds(text: str, part: str, what: str) -> None:
    """Fail where a text lacks a part."""
    if part not in text:
        raise Failed(f"{what}: {short(part)} is missing")


def short(value: object, limit: int = 160) -> str:
    """A value for a message: one line, not long."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 20]}…{text[-19:]}"
