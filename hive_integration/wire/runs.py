"""Runs of text: what is the same in every event of a stream is compared, not parsed. Pure.

An upstream sends an event for every token, some 200 bytes of which only the token differs. Once one such event is
known, a read that holds many is split at what lies between the tokens, in less than half the time that parsing takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from hive_integration.wire.foreign import NOT_JSON

T = TypeVar("T")
Made = tuple[Callable[[str], T], str]
"""A text, and what makes the value of an event that is the same but for the text."""
WORTH = 8192
"""Bytes of a read that is worth searching for a run."""
LONGEST = 4096
"""Bytes of an event that is worth knowing."""
TRIES = 4
"""Events from which a run may be learned: a stream begins with one to three that hold no text."""
_HEAD = 16
_PROBE = "\x01 a text that no model writes \x01"
_STRINGS = msgspec.json.Decoder(list[str])


class TextRun(Generic[T]):
    """Knows one event by its bytes. `fields`: the keys before a text, with their colon. `text_of`: the text of an event
    that holds one text and nothing else, else None."""

    __slots__ = ("_after", "_before", "_fields", "_glue", "_make", "_text_of")

    def __init__(self, fields: tuple[bytes, ...], text_of: Callable[[bytes], Made[T] | None]) -> None:
        self._fields, self._text_of = fields, text_of
        self._before = self._after = self._glue = b""
        self._make: Callable[[str], T] | None = None

    def consume(self, block: bytes, on_run: Callable[[T], None], on_event: Callable[[bytes], None]) -> bytes:
        """Hand on the runs with which a block begins, each as one value, and the few events before a run, from which it
        is learned; returns the rest."""
        tries = TRIES
        while len(block) >= WORTH:
            run, block = self.take(block)
            if run is not None:
                on_run(run)
                tries = TRIES
                continue
            if not tries:
                break
            event, _, rest = block.partition(b"\n\n")
            if not rest:
                break
            on_event(event)
            self.learn(event)
            block = rest
            tries -= 1
        return block

    def learn(self, event: bytes) -> None:
        """Remember what stands around the text of `event`, if it is an event of text."""
        if len(event) > LONGEST or self._text_of(event) is None:
            return
        for field in self._fields:
            start = event.find(field) + len(field)
            start += event.startswith(b" ", start)
            end = event.find(b'"', start + 1)
            while end > 0 and _escaped(event, end):
                end = event.find(b'"', end + 1)
            before, after = event[:start], event[end + 1 :]
            made = self._text_of(before + msgspec.json.encode(_PROBE) + after) if end > 0 and start > _HEAD else None
            if made is not None and made[1] == _PROBE:
                self._before, self._after, self._glue, self._make = before, after, after + b"\n\n" + before, made[0]
                return

    def take(self, block: bytes) -> tuple[T | None, bytes]:
        """The value of the run with which a block begins, and the rest of the block; None where there is no run."""
        last = block.rfind(self._glue) if self._make and block.startswith(self._before) else -1
        if last < 0 or self._make is None:
            return None, block
        stop = block.find(b"\n\n", last + len(self._glue))
        run, rest = (block[:stop], block[stop + 2 :]) if stop >= 0 else (block, b"")
        # Split at more than the blank line: what is rare is found sooner.
        first, *others = run.split(b"\n\n" + self._before[:_HEAD])
        text = slice(len(self._before) - _HEAD, -len(self._after))
        texts = [first[_HEAD:][text], *[each[text] for each in others]]
        # The same bytes again: so between the texts there was nothing else.
        if run != self._before + self._glue.join(texts) + self._after:
            return None, block
        try:
            found = _STRINGS.decode(b"[" + b",".join(texts) + b"]")
        except NOT_JSON:
            return None, block
        return (self._make("".join(found)), rest) if len(found) == len(texts) else (None, block)


def _escaped(text: bytes, at: int) -> bool:
    """Whether an odd number of backslashes stands before."""
    head = text[:at]
    return (len(head) - len(head.rstrip(b"\\"))) % 2 == 1
