"""Events that have to wait while a tool call is being written, in the order in which they will be written. Pure."""

from __future__ import annotations

from collections import deque

from hive_integration.wire.events import Event


class Waiting:
    """Groups of events: those of one call, or those between calls. Adding and taking cost the same at any size."""

    __slots__ = ("_calls", "_groups")

    def __init__(self) -> None:
        self._groups: deque[list[Event]] = deque()
        self._calls: dict[int, list[Event]] = {}

    def add(self, event: Event) -> None:
        """Put an event to the others of its call, else behind all."""
        key = key_of(event)
        if key is not None:
            group = self._calls.get(key)
        else:
            group = self._groups[-1] if self._groups and key_of(self._groups[-1][0]) is None else None
        if group is None:
            group = []
            self._groups.append(group)
            if key is not None:
                self._calls[key] = group
        group.append(event)

    def next(self) -> list[Event]:
        """The first group; empty when none waits."""
        if not self._groups:
            return []
        group = self._groups.popleft()
        if (key := key_of(group[0])) is not None:
            del self._calls[key]
        return group


def key_of(event: Event) -> int | None:
    """The key of the call that an event is a piece of."""
    key: int | None = getattr(event, "key", None)
    return key
