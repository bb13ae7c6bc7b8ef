"""What arrives together leaves together: neighbouring pieces of one kind become one event. Pure."""

from __future__ import annotations

from hive_integration.wire.events import Event, Text, Thinking, ToolPart
from hive_integration.wire.foreign import whole

TEXT, THINKING = -1, -2
"""Kinds of pieces, beside the keys of tool calls, which count from 0."""


class Pieces:
    """Collects pieces and events in their order. Two halves of a character in neighbouring pieces become whole."""

    __slots__ = ("_events", "_half", "_kind", "_pieces")

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._pieces: list[str] = []
        self._kind, self._half = TEXT, ""

    def add(self, kind: int, piece: str) -> None:
        """More of a kind."""
        if kind != self._kind:
            self._flush()
            self._kind = kind
        self._pieces.append(piece)

    def put(self, event: Event) -> None:
        """An event of another sort."""
        self._flush()
        self._events.append(event)

    def take(self, *, last: bool = False) -> list[Event]:
        """The events so far. `last`: no more of the last kind will follow directly."""
        self._flush(last=last)
        events, self._events = self._events, []
        return events

    def _flush(self, *, last: bool = True) -> None:
        if not self._pieces and not (last and self._half):
            return
        text, self._half = self._half + "".join(self._pieces), ""
        self._pieces.clear()
        if not text.isascii() and not _carried(text):
            if not last and "\ud800" <= text[-1] <= "\udbff":
                text, self._half = text[:-1], text[-1]  # the other half of the character comes with the next read
            text = whole(text)
        if not text:
            return
        if self._kind == TEXT:
            self._events.append(Text(text))
        elif self._kind == THINKING:
            self._events.append(Thinking(text))
        else:
            self._events.append(ToolPart(self._kind, text))


def _carried(text: str) -> bool:
    """Whether UTF-8 can carry the text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
