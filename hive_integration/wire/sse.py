"""Server-sent events from bytes that were split anywhere. Pure; the work is done per read and line, never per byte.

As the HTML standard has it: comments, unknown fields, CR, LF and CRLF, a byte order mark, data of several lines. Unlike
it, an event that the end of the stream completes counts: upstreams forget the last blank line.
"""

from __future__ import annotations

from hive_integration.errors import HiveError

LIMIT = 16 * 1024 * 1024
"""Bytes of one event."""
_BOM = b"\xef\xbb\xbf"
_NEXT = b"\n\ndata: "


class SseDecoder:
    """`feed` bytes, take `(event name, data)`. Raises HiveError for an event of more than LIMIT bytes."""

    __slots__ = ("_after_cr", "_begun", "_data", "_held", "_line", "_name", "_open")

    def __init__(self) -> None:
        self._line: list[bytes] = []  # pieces of a line that has not ended
        self._data: list[bytes] = []  # lines of data of an event that has not ended
        self._name = ""
        self._open = self._held = 0  # bytes in each
        self._after_cr = self._begun = False

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """The events that are complete with this read."""
        if self._after_cr and data:
            self._after_cr = False
            data = data.removeprefix(b"\n")
        if b"\r" in data:
            self._after_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._line.append(data)
        if b"\n" not in data:
            self._hold(len(data))
            return []
        lines = b"".join(self._line).split(b"\n")
        self._line = [lines.pop()]
        if not self._begun:
            self._begun, lines[0] = True, lines[0].removeprefix(_BOM)
        events: list[tuple[str, bytes]] = []
        self._open = 0
        for line in lines:
            self._take(line, events)
        self._hold(len(self._line[0]))
        return events

    def close(self) -> list[tuple[str, bytes]]:
        """The stream ended: the event that was under way, if there was one."""
        events: list[tuple[str, bytes]] = []
        line = b"".join(self._line)
        self._take(line if self._begun else line.removeprefix(_BOM), events)
        self._take(b"", events)
        self._line = []
        return events

    def block(self, data: bytes) -> bytes | None:
        """The events that are complete with this read, as they came, without the last blank line; no CR is among them
        and they begin an event. None: nothing was taken, `feed` it."""
        end = data.rfind(b"\n\n")
        if end < 0 or self._data or self._name or self._after_cr or b"\r" in data:
            return None
        block = b"".join(self._line) + data[:end]
        if len(block) > LIMIT or not block.startswith((b"data: ", b"event: ")):
            return None
        self._begun, self._open, self._line = True, 0, []
        self.feed(data[end + 2 :])
        return block

    def _take(self, line: bytes, events: list[tuple[str, bytes]]) -> None:
        if not line:
            if self._data:
                events.append((self._name, b"\n".join(self._data)))
            self._data, self._name, self._held = [], "", 0
        elif line.startswith(b"data:"):
            self._data.append(line[6:] if line.startswith(b" ", 5) else line[5:])
            self._held += len(line)
            self._hold(0)
        elif line.startswith(b"event:"):
            self._name = line[6:].removeprefix(b" ").decode("utf-8", errors="replace")
        elif line == b"data":
            self._data.append(b"")

    def _hold(self, size: int) -> None:
        self._open += size
        if self._held + self._open > LIMIT:
            raise HiveError(f"the upstream sent an event of over {LIMIT >> 20} MB; expected many small ones")


def payloads(block: bytes) -> list[bytes] | None:
    """The data of a block's events where each is one line `data: …`; None where they have to be read one by one."""
    parts = block[6:].split(_NEXT)
    plain = block.startswith(b"data: ") and block.count(b"\n") == 2 * (len(parts) - 1)
    return parts if plain else None


def events_of(block: bytes) -> list[tuple[str, bytes]]:
    """The events of a block, read one by one."""
    decoder = SseDecoder()
    decoder.feed(b"\n")  # a byte order mark counts at the beginning of a stream only
    return decoder.feed(block + b"\n\n")


class Intake:
    """The bytes of an upstream's answer: events, or what was no stream at all."""

    __slots__ = ("_decoder", "_head", "_heard", "_size")

    def __init__(self) -> None:
        self._decoder = SseDecoder()
        self._head: list[bytes] = []  # what came before the first event
        self._heard, self._size = False, 0

    def read(self, data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
        """A block of whole events, or single events. Raises HiveError for an event of more than LIMIT bytes."""
        if not self._heard:
            self._head.append(data)
            self._size += len(data)
            if self._size > 2 * LIMIT:
                raise HiveError(f"the upstream sent {self._size >> 20} MB and no event; expected an event stream")
        block = self._decoder.block(data)
        events = self._decoder.feed(data) if block is None else []
        if events or block:
            self._heard, self._head = True, []
        return block or b"", events

    def close(self) -> tuple[list[tuple[str, bytes]], bytes]:
        """The event that the end of the stream completes, and, where no event came at all, the body that did."""
        events = self._decoder.close()
        body = b"" if self._heard or events else b"".join(self._head).removeprefix(_BOM).strip()
        self._head = []
        return events, b"" if is_stream(body) else body


def is_stream(body: bytes) -> bool:
    """Whether a body begins as an event stream does."""
    return body.removeprefix(_BOM).lstrip().startswith((b"data:", b"event:", b":", b"id:", b"retry:"))
