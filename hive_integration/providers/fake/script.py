"""What a scripted upstream answers and how it sends that, and what it saw. Values only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

STREAM: Mapping[str, str] = {"content-type": "text/event-stream", "cache-control": "no-cache"}
JSON: Mapping[str, str] = {"content-type": "application/json"}
Protocol = Literal["chat", "messages", "count_tokens", "other"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `pieces` are written one by one; a number among them is a pause in seconds.

    A single piece of bytes leaves with its length in the head, several in chunks. `ends` says what comes after the last
    piece: the proper end; `cut`: the connection breaks off; `hang`: nothing, until the client goes. With `status` 0 not
    even a head is sent.
    """

    pieces: tuple[bytes | float, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    ends: Literal["whole", "cut", "hang"] = "whole"

    @property
    def body(self) -> bytes:
        """All bytes, without the pauses."""
        return b"".join(piece for piece in self.pieces if isinstance(piece, bytes))

    def after(self, seconds: float) -> Answer:
        """The same, with the first piece that much later. The head does not wait."""
        return replace(self, pieces=(seconds, *self.pieces))

    def slowly(self, seconds: float) -> Answer:
        """The same, with a pause before each piece but the first."""
        paused: list[bytes | float] = []
        for piece in self.pieces:
            paused += [piece] if not paused else [seconds, piece]
        return replace(self, pieces=tuple(paused))

    def dripped(self, size: int = 1, seconds: float = 0.0) -> Answer:
        """The same bytes, `size` at a time, with a pause between."""
        body = self.body
        return replace(self, pieces=tuple(body[i : i + size] for i in range(0, len(body), size))).slowly(seconds)

    def cut(self, after: int) -> Answer:
        """The same up to `after` bytes of the body, then the connection breaks off."""
        return replace(self, pieces=tuple(_first(self.pieces, after)), ends="cut")

    def hang(self, after: int | None = None) -> Answer:
        """The same up to `after` bytes (all where None), then silence on an open connection."""
        pieces = self.pieces if after is None else tuple(_first(self.pieces, after))
        return replace(self, pieces=pieces, ends="hang")

    def with_headers(self, **headers: str) -> Answer:
        """The same with more headers; an underscore stands for a hyphen."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})


def whole(value: object, status: int = 200) -> Answer:
    """A body of JSON in one piece."""
    return Answer((json.dumps(value).encode(),), status, JSON)


def stream(*pieces: bytes | float) -> Answer:
    """A stream of server-sent events, written piece by piece."""
    return Answer(pieces, headers=STREAM)


DROPPED = Answer(status=0, ends="cut")
"""The connection is closed before a head is sent."""
SILENT = Answer(status=0, ends="hang")
"""The request is read and never answered."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it arrived. `target` is the path with its query; header names are in lower case, in order."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def protocol(self) -> Protocol:
        """Which API the path belongs to; any prefix may stand before it."""
        if self.method != "POST":
            return "other"
        for end, protocol in _PATHS.items():
            if self.path.endswith(end):
                return protocol
        return "other"

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object; empty where it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def header(self, name: str) -> str:
        """The first header of that name (lower case); empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")


Script = Answer | Sequence[Answer] | Callable[[Recorded], Answer]
"""What to answer: always the same; one after the other, the last one repeated; or as a function of the request."""

_PATHS: Mapping[str, Protocol] = {
    "/v1/chat/completions": "chat",
    "/v1/messages": "messages",
    "/v1/messages/count_tokens": "count_tokens",
}


def _first(pieces: Sequence[bytes | float], size: int) -> Iterator[bytes | float]:
    for piece in pieces:
        if size <= 0:
            return
        if isinstance(piece, bytes):
            yield piece[:size]
            size -= len(piece)
        else:
            yield piece
