"""What every answer of the Messages API holds to, whole or streamed. Pure.

An answer's ids are its own, its texts are not blank, its stop reason says what it holds, its counts are numbers.
"""

from __future__ import annotations

import re
from typing import Any

from hive_integration.wire.events import Finish, StopReason, Usage

_ID = re.compile(r"[A-Za-z0-9_-]+")


class CallIds:
    """The ids of an answer's tool calls: the API refuses one that comes twice or that holds other characters."""

    __slots__ = ("_message", "_used")

    def __init__(self, message: str) -> None:
        self._message = re.sub(r"[^A-Za-z0-9_-]", "_", message)
        self._used: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._used)

    def take(self, id: str) -> str:
        """`id` where it can be used, else one of our own."""
        number = len(self._used)
        while not _ID.fullmatch(id) or id in self._used:
            id = f"toolu_{self._message}_{number}"
            number += 1
        self._used.add(id)
        return id


def stop_reason(finish: Finish, *, called: bool) -> StopReason:
    """A client runs the calls of an answer only where the reason is tool_use, and waits for calls only then."""
    if finish.reason == "tool_use" and not called:
        return "end_turn"
    return "tool_use" if called and finish.reason in {"end_turn", "stop_sequence"} else finish.reason


def usage_fields(usage: Usage, otherwise: Usage) -> dict[str, Any]:
    """The API's four counts; `otherwise` is what counts where the upstream did not say."""
    usage = otherwise.merged(usage)
    return {
        "input_tokens": usage.input or 0,
        "cache_creation_input_tokens": usage.cache_write or 0,
        "cache_read_input_tokens": usage.cache_read or 0,
        "output_tokens": usage.output or 0,
    }
