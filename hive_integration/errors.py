"""The few errors that hive-ctx raises, one per handler. This module imports nothing.

    HiveError                 an expected failure: exit 1, one line and a hint
    ├── UsageError            wrong usage, found after the options were parsed: exit 2
    ├── GateError             a budget or a gate was not met: exit 4
    ├── UpstreamError         a model did not answer, or broke off: the gateway tries again or falls back
    └── (anything else)       a bug: exit 3, a report file is written

An error says what is, what was expected, and in `hint` what to do.
"""

from __future__ import annotations


class HiveError(Exception):
    """An expected failure. `str(error)` is one line; `hint` is what the user can do about it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(HiveError):
    """Options that parse but do not make sense together, or name something that does not exist."""

    exit_code = 2


class GateError(HiveError):
    """A limit that the user set was not met."""

    exit_code = 4


class UpstreamError(HiveError):
    """A model's server did not answer, or broke off. `timeout`: it was waited for in vain."""

    def __init__(self, message: str, *, hint: str = "", timeout: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.timeout = timeout
