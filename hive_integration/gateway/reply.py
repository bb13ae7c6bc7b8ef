"""What the gateway's steps need of the connection to the client: a head once, then bytes, then the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

Headers = Sequence[tuple[str, str]]
JSON: Headers = (("content-type", "application/json"),)


class Reply(Protocol):
    """The answer to one client. Writes wait where the client reads slowly. A client that has gone raises ClientGone."""

    @property
    def begun(self) -> bool:
        """Whether the head has left: status and headers can no longer change."""

    async def begin(self, status: int, headers: Headers, *, size: int | None = None) -> None:
        """Send the head. `size`: bytes of the body where it is known, else it is sent in chunks."""

    async def write(self, data: bytes) -> None:
        """Send bytes of the body."""

    async def end(self) -> None:
        """The body is complete."""

    async def break_off(self) -> None:
        """Close the connection in the middle of the body, so that nobody takes it for complete."""


class ClientGone(Exception):
    """The client closed its connection; what is under way for it can stop."""
