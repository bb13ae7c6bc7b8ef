"""The client of the soak: many requests at once, each answer kept with the time of every read."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.soak.stage import KEY
from tests.wire.legal import Message, assert_legal

HEADERS = {"anthropic-version": "2023-06-01", "content-type": "application/json", "x-hive-key": KEY}
BASH = {
    "name": "Bash",
    "description": "Runs a command.",
    "input_schema": {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]},
}


@dataclass(slots=True)
class Got:
    """An answer. `reads`: (nanoseconds of the monotonic clock, bytes so far); `broken` says how it broke off."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    reads: list[tuple[int, int]] = field(default_factory=list)
    broken: str = ""

    @property
    def streamed(self) -> bool:
        """Whether it is a stream."""
        return self.headers.get("content-type", "").startswith("text/event-stream")

    def message(self) -> Message:
        """What it says; AssertionError where it broke off, is an error, or is not legal."""
        assert not self.broken, self.broken
        assert self.status == 200, f"status {self.status}: {self.raw[:300]!r}"
        if self.streamed:
            return assert_legal(self.raw)
        body = json.loads(self.raw)
        assert body["type"] == "message", body
        return Message(
            body["id"], body["model"], body["content"], body["stop_reason"], body["stop_sequence"], body["usage"]
        )


def asked(words: str, **fields: Any) -> dict[str, Any]:
    """A request with these words of the user."""
    turn = {"role": "user", "content": [{"type": "text", "text": words}]}
    return {"model": "claude-x", "max_tokens": 4096, "stream": True, "messages": [turn], "tools": [BASH], **fields}


def session(connections: int = 0) -> aiohttp.ClientSession:
    """A client with as many connections as it wants. It follows no proxy and uncompresses nothing."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections), auto_decompress=False, trust_env=False
    )


async def ask(
    client: aiohttp.ClientSession,
    url: str,
    body: Mapping[str, Any] | bytes,
    *,
    headers: Mapping[str, str] | None = None,
    within: float = 60.0,
) -> Got:
    """Post to a path that begins at `url` and read all that comes. It raises nothing."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    got, parts, size = Got(), [], 0
    try:
        async with asyncio.timeout(within):
            async with client.post(url, data=raw, headers={**HEADERS, **(headers or {})}) as answer:
                got.status, got.headers = answer.status, answer.headers
                async for chunk in answer.content.iter_any():
                    size += len(chunk)
                    parts.append(chunk)
                    got.reads.append((time.monotonic_ns(), size))
    except TimeoutError:
        got.broken = f"no end within {within:.0f} s"
    except (aiohttp.ClientError, ConnectionError) as error:
        got.broken = f"{type(error).__name__}: {error}"
    got.raw = b"".join(parts)
    return got
