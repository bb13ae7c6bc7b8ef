"""The client's side: sends a request over plain HTTP and keeps what came back, and when."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import httpx2

from tests.conformance import legal
from tests.conformance.expect import Failed, short


@dataclass(slots=True)
class Reply:
    """An answer. `pieces` were read, each so many seconds after the request; `broken` says how it broke off."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    broken: str = ""
    seconds: float = 0.0

    @property
    def body(self) -> bytes:
        """All that was read."""
        return b"".join(piece for _, piece in self.pieces)

    @property
    def streamed(self) -> bool:
        """Whether it calls itself a stream."""
        return self.headers.get("content-type", "").startswith("text/event-stream")

    @property
    def json(self) -> Any:
        """The body as JSON. Fails where it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Failed(f"status {self.status} with a body that is not JSON: {short(self.body)}") from error

    def told(self) -> legal.Told:
        """What a stream said."""
        return legal.told(self.body)

    def message(self) -> dict[str, Any]:
        """The whole, legal, unbroken message that it carries. Fails with the first thing that is wrong."""
        if self.broken:
            raise Failed(f"{self.broken} after {self.seconds:.1f} s, having read {short(self.body)}")
        if self.status != 200:
            raise Failed(f"status {self.status}: {short(self.body, 300)}")
        if not self.streamed:
            return _checked(self.json)
        told = self.told()
        if told.error is not None:
            raise Failed(f"an error in the stream: {short(told.error)}")
        if told.problems:
            raise Failed("; ".join(dict.fromkeys(told.problems)))
        return told.message

    def longest_silence(self) -> float:
        """The most seconds in which nothing was read, from the head on."""
        times = [at for at, _ in self.pieces] + [self.seconds]
        return max((later - sooner for sooner, later in pairwise(times)), default=self.seconds)


def _checked(message: Any) -> dict[str, Any]:
    if (
        not isinstance(message, dict)
        or message.get("type") != "message"
        or not isinstance(message.get("content"), list)
    ):
        raise Failed(f"status 200 with a body that is no message: {short(message)}")
    if message.get("stop_reason") not in legal.STOP_REASONS:
        raise Failed(f"stop_reason is {message.get('stop_reason')!r}")
    return message


def said(message: Mapping[str, Any]) -> str:
    """The text of a message."""
    return "".join(block.get("text", "") for block in message["content"] if block.get("type") == "text")


def calls(message: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Name and input of each call in a message."""
    return [
        (block.get("name", ""), block.get("input")) for block in message["content"] if block.get("type") == "tool_use"
    ]


def send(
    client: httpx2.Client,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    within: float = 30,
) -> Reply:
    """Send one request and read its answer to the end, or until `within` seconds are over."""
    reply = Reply()
    begun = time.monotonic()
    timeout = httpx2.Timeout(within, connect=5)
    try:
        with client.stream(method, url, headers=dict(headers), content=body, timeout=timeout) as response:
            reply.status = response.status_code
            reply.headers = {name.lower(): value for name, value in response.headers.items()}
            for piece in response.iter_raw():
                reply.pieces.append((time.monotonic() - begun, piece))
                if reply.pieces[-1][0] > within:
                    reply.broken = "no end"
                    break
    except httpx2.TimeoutException:
        reply.broken = "no end"
    except httpx2.TransportError as error:
        reply.broken = f"the connection broke ({error})"
    reply.seconds = time.monotonic() - begun
    return reply
