"""One MCP server as a child process: started, spoken to in lines, and ended with its whole process group.

The SDK's own stdio transport leaves three things open that an audit of strangers' servers needs: a bound on what a
server may print, silence about what it prints, and the end of what a server started and left behind. So this is a
transport of our own under the SDK's session. It never shows a server's output; it keeps the last of its standard error
for whoever must say why a server died.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

import anyio
from mcp.shared.message import SessionMessage
from mcp.types import jsonrpc_message_adapter

MAX_BYTES = 64 * 1024 * 1024
MAX_LINES = 20_000
_TAIL_BYTES = 4096
_GRACE_S = 0.5
_TERM_S = 1.0
_KILL_S = 2.0
_POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class Command:
    """What to start. `env` is the whole environment of the process; an empty `cwd` is the caller's."""

    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str = ""


class Server(asyncio.SubprocessProtocol):
    """A running server: reads its messages, counts what is none, and stops listening at the bounds above."""

    def __init__(self) -> None:
        self.rubbish = 0
        self.overflow = ""
        self.ended = False
        self._lines = 0
        self._bytes = 0
        self._rest = bytearray()
        self._tail = b""
        self._send, self.messages = anyio.create_memory_object_stream[SessionMessage | Exception](math.inf)

    @property
    def last_words(self) -> str:
        """The last line of standard error that is not blank: as the server wrote it, so clean it before showing it."""
        lines = [line for line in self._tail.decode(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else ""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what arrived on standard output (1) or standard error (2)."""
        if fd != 1:
            self._tail = (self._tail + data)[-_TAIL_BYTES:]
        elif not self.overflow:
            self._bytes += len(data)
            head, newline, rest = data.rpartition(b"\n")
            if newline:
                for line in (bytes(self._rest) + head).split(b"\n"):
                    self._take(line)
                self._rest = bytearray(rest)
            else:
                self._rest += data
            if self._bytes > MAX_BYTES:
                self._give_up(f"over {MAX_BYTES // 2**20} MB")

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """End the conversation when standard output is closed."""
        if fd == 1:
            self._end()

    def process_exited(self) -> None:
        """End the conversation, even where a child of the server still holds the pipe."""
        self._end()

    def close(self) -> None:
        """Release the streams."""
        self._send.close()
        self.messages.close()

    def _end(self) -> None:
        self.ended = True
        self._send.close()

    def _take(self, line: bytes) -> None:
        if not line.strip() or self.overflow:
            return
        self._lines += 1
        if self._lines > MAX_LINES:
            self._give_up(f"over {MAX_LINES} lines")
            return
        try:
            self._send.send_nowait(_parsed(line))
        except (ValueError, RecursionError):
            self.rubbish += 1
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return  # the session is over; what comes now interests nobody

    def _give_up(self, reason: str) -> None:
        self.overflow = reason
        self._rest.clear()
        self._send.close()


def _parsed(line: bytes) -> SessionMessage:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:
        # JavaScript reads half a surrogate pair and pydantic does not; the client drops it later, so it goes here.
        whole = json.dumps(json.loads(line), ensure_ascii=False).encode(errors="ignore")
        return SessionMessage(jsonrpc_message_adapter.validate_json(whole, by_name=False))


class Sender:
    """The server's standard input, as the SDK's session writes to it."""

    def __init__(self, pipe: asyncio.WriteTransport) -> None:
        self._pipe = pipe

    async def send(self, item: SessionMessage, /) -> None:
        """Write one message as one line."""
        text = item.message.model_dump_json(by_alias=True, exclude_unset=True)
        if not self._pipe.is_closing():
            self._pipe.write(text.encode() + b"\n")

    async def aclose(self) -> None:
        """Tell the server that nothing more will come."""
        self._pipe.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


@contextlib.asynccontextmanager
async def started(command: Command) -> AsyncIterator[tuple[Server, Sender]]:
    """Start the command in its own process group and end that group on the way out, within 4 s.

    Raises OSError where it cannot be started, ValueError where an argument holds a NUL.
    """
    options: dict[str, Any] = {"env": dict(command.env), "cwd": command.cwd or None, "start_new_session": True}
    server = Server()
    try:
        transport, _ = await asyncio.get_running_loop().subprocess_exec(lambda: server, *command.argv, **options)
    except BaseException:
        server.close()
        raise
    try:
        yield server, Sender(cast(asyncio.WriteTransport, transport.get_pipe_transport(0)))
    finally:
        server.close()
        try:
            await _ended(transport)
        finally:
            _signal(transport.get_pid(), signal.SIGKILL)
            transport.close()


async def _ended(transport: asyncio.SubprocessTransport) -> None:
    """Close its input, then ask, then kill: first the politest that works, but always the whole group."""
    group = transport.get_pid()
    pipe = transport.get_pipe_transport(0)
    if pipe:
        pipe.close()
    await _until(lambda: transport.get_returncode() is not None, _GRACE_S)
    if _signal(group, signal.SIGTERM):
        await _until(lambda: not _signal(group, 0), _TERM_S)
    if _signal(group, signal.SIGKILL):
        await _until(lambda: not _signal(group, 0), _GRACE_S)
    await _until(lambda: transport.get_returncode() is not None, _KILL_S)


async def _until(done: Callable[[], bool], seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not done() and loop.time() < end:  # noqa: ASYNC110 - no event tells when a process group is empty
        await asyncio.sleep(_POLL_S)


def _signal(group: int, number: int) -> bool:
    """Signal a process group; whether anyone was there to hear it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
