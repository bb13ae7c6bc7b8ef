"""What an Anthropic answer used, read from the side while its bytes pass. Pure; it changes and holds back nothing.

It looks only at the lines that can say so, and at none of an answer that is compressed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hive_integration.wire.events import Usage
from hive_integration.wire.foreign import NOT_JSON, count

_LONGEST = 64 * 1024
"""Bytes of a line that is kept until it is complete; the lines that are looked for are far shorter."""
_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # gzip, zstd


class _Message(msgspec.Struct):
    type: str = ""
    model: str | None = None
    stop_reason: str | None = None
    usage: dict[str, Any] | None = None
    message: _Message | None = None
    delta: _Message | None = None


_MESSAGE = msgspec.json.Decoder(_Message)
_COUNTS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


class UsageSniffer:
    """Fed with a stream's or a body's raw bytes. `complete`: the answer's end was seen, or it cannot be."""

    __slots__ = ("_body", "_counts", "_dark", "_skips", "_stream", "_tail", "complete", "model", "stop_reason")

    def __init__(self, *, stream: bool) -> None:
        self._stream, self._dark = stream, False
        self._tail, self._skips = b"", False
        self._body: list[bytes] | None = None
        self._counts: dict[str, int] = {}
        self.complete = False
        self.model = self.stop_reason = ""

    def feed(self, data: bytes) -> None:
        """Some bytes of the answer."""
        if self._body is None:
            self._body = []
            self._dark = self.complete = data.startswith(_COMPRESSED)
            self._stream = self._stream and not data.lstrip().startswith(b"{")
        if self._dark:
            return
        if self._stream:
            self._lines(data)
        else:
            self._body.append(data)

    @property
    def usage(self) -> Usage:
        """Tokens, as far as the answer has told them."""
        if self._body:
            self._line(b"".join(self._body))
            self._body = []
        return Usage(*map(self._counts.get, _COUNTS))

    def _lines(self, data: bytes) -> None:
        if self._skips:  # in a line that is too long to be looked at
            data = data[data.find(b"\n") + 1 :] if b"\n" in data else b""
            self._skips = not data
        data = self._tail + data
        end = data.rfind(b"\n") + 1
        self._tail = data[end:]
        if len(self._tail) > _LONGEST:
            self._tail, self._skips = b"", True
        for mark in (b'"message_', b'"error"'):
            at = data.find(mark, 0, end)
            while at >= 0:
                stop = data.find(b"\n", at)
                self._line(data[data.rfind(b"\n", 0, at) + 1 : stop].removeprefix(b"data:"))
                at = data.find(mark, stop, end)

    def _line(self, text: bytes) -> None:
        try:
            found = _MESSAGE.decode(text)
        except NOT_JSON:
            return
        self.complete = self.complete or found.type in {"message_stop", "message", "error"}
        if found.type in {"message_start", "message_delta", "message"}:
            for each in (found, found.message, found.delta):
                if each is not None:
                    self._take(each)

    def _take(self, message: _Message) -> None:
        self.model = message.model or self.model
        self.stop_reason = message.stop_reason or self.stop_reason
        for name in _COUNTS:
            if (number := count((message.usage or {}).get(name))) is not None:
                self._counts[name] = number
