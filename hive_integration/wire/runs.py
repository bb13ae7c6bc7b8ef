"""Runs of text: what is the same in every event of a stream is compared, not parsed. Pure.

An upstream sends a chunk for every token, some 200 bytes of which only the token differs. Once one such event is known,
a read that holds many is split at what lies between the tokens, in less than half of the time that parsing would take.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hive_integration.wire.foreign import NOT_JSON

LONGEST = 4096
"""Bytes of an event that is worth knowing, and of the least that is worth searching for a run."""
_HEAD = 16
_PROBE = "\x01 a text that no model writes \x01"
_STRINGS = msgspec.json.Decoder(list[str])


class TextRun:
    """Knows one event by its bytes. `field`: the key before the text, with its colon. `text_of`: the text of an event
    that holds a text and nothing else, else None."""

    __slots__ = ("_after", "_before", "_field", "_glue", "_text_of")

    def __init__(self, field: bytes, text_of: Callable[[bytes], str | None]) -> None:
        self._field, self._text_of = field, text_of
        self._before = self._after = self._glue = b""

    def consume(self, block: bytes, on_text: Callable[[str], None], on_event: Callable[[bytes], None]) -> bytes:
        """Hand on the runs with which a block begins, learning from the events before them; returns the rest."""
        for _ in range(6):
            if len(block) < LONGEST:
                break
            text, block = self.take(block)
            if text:
                on_text(text)
                continue
            event, _, rest = block.partition(b"\n\n")
            if not rest:
                break
            on_event(event)
            self.learn(event)
            block = rest
        return block

    def learn(self, event: bytes) -> None:
        """Remember what stands around the text of `event`, if it is an event of text."""
        found = event.find(self._field)
        if found < 0 or len(event) > LONGEST:
            return
        start = found + len(self._field)
        start += event.startswith(b" ", start)
        end = event.find(b'"', start + 1)
        while end > 0 and _escaped(event, end):
            end = event.find(b'"', end + 1)
        before, after = event[:start], event[end + 1 :]
        if end > 0 and start > _HEAD and self._text_of(before + msgspec.json.encode(_PROBE) + after) == _PROBE:
            self._before, self._after, self._glue = before, after, after + b"\n\n" + before

    def take(self, block: bytes) -> tuple[str, bytes]:
        """The text of the run with which a block begins, and the rest of the block; no text where there is no run."""
        last = block.rfind(self._glue) if self._glue and block.startswith(self._before) else -1
        if last < 0:
            return "", block
        stop = block.find(b"\n\n", last + len(self._glue))
        run, rest = (block[:stop], block[stop + 2 :]) if stop >= 0 else (block, b"")
        # Split at more than the blank line: what is rare is found sooner.
        pieces = run.split(b"\n\n" + self._before[:_HEAD])
        start, end = len(self._before), -len(self._after)
        texts = [pieces[0][start:end], *[piece[start - _HEAD : end] for piece in pieces[1:]]]
        # The same bytes again: so between the texts there was nothing else.
        if run != self._before + self._glue.join(texts) + self._after:
            return "", block
        try:
            found = _STRINGS.decode(b"[" + b",".join(texts) + b"]")
        except NOT_JSON:
            return "", block
        return ("".join(found), rest) if len(found) == len(texts) else ("", block)


def _escaped(text: bytes, at: int) -> bool:
    """Whether an odd number of backslashes stands before."""
    head = text[:at]
    return (len(head) - len(head.rstrip(b"\\"))) % 2 == 1
