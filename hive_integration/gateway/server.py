"""The shell: listens, reads requests within limits, hands each to the gateway, and ends in order. aiohttp lives here.

It binds where the configuration says (loopback unless told otherwise) and knows nothing of models or profiles.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import http_exceptions, web
from multidict import CIMultiDict

from hive_integration.errors import HiveError
from hive_integration.gateway.access import MAX_HEADERS, MAX_LINE
from hive_integration.gateway.reply import ClientGone, Headers, Reply
from hive_integration.wire.request import MAX_BODY

GRACE = 20.0
"""Seconds that answers under way are given when the gateway is asked to end."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a client, read whole."""

    method: str
    path: str
    """Without slashes at its end."""
    query: str
    """As it came, without the question mark."""
    headers: Headers
    body: bytes
    port: int
    """The local port on which it came."""

    def header(self, name: str) -> str | None:
        """The first header of that (lower case) name."""
        return next((value for key, value in self.headers if key.lower() == name), None)


Handler = Callable[[Asked, Reply], Awaitable[None]]
Refuser = Callable[[str, str, Headers, int], tuple[int, Headers, bytes] | None]
"""(method, path, headers, port) -> what to answer where the request is not let in, before its body is read."""
Marks = Callable[[], Headers]
"""The headers that every answer carries, for those that are given here."""


class _Reply:
    """A `Reply` over aiohttp."""

    __slots__ = ("_request", "_response", "begun")

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self._response: web.StreamResponse | None = None
        self.begun = False

    async def begin(self, status: int, headers: Headers, *, size: int | None = None) -> None:
        self._response = web.StreamResponse(status=status, headers=CIMultiDict(headers))
        self._response.content_length = size
        self.begun = True
        try:
            await self._response.prepare(self._request)
        except ConnectionError as error:
            raise ClientGone from error

    async def write(self, data: bytes) -> None:
        if self._request.method == "HEAD":  # has no body, which aiohttp does not see to
            return
        try:
            await self.response.write(data)
        except ConnectionError as error:
            raise ClientGone from error

    async def end(self) -> None:
        try:
            await self.response.write_eof()
        except ConnectionError as error:
            raise ClientGone from error

    async def break_off(self) -> None:
        if self._request.transport is not None:
            self._request.transport.close()

    @property
    def response(self) -> web.StreamResponse:
        """What aiohttp wants back from a handler: the head that was sent."""
        if self._response is None:
            raise RuntimeError("an answer begins with its head")
        return self._response


@dataclass(slots=True)
class Server:
    """Listens for `handler`; `refuse` says who is not let in, `marks` what such an answer carries."""

    handler: Handler
    refuse: Refuser
    marks: Marks
    _runner: web.ServerRunner | None = field(default=None, init=False)
    port: int = field(default=0, init=False)

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises HiveError where the address is taken or not ours."""
        logger = logging.getLogger(__name__)
        logger.addFilter(_discreet)
        server = web.Server(self._serve, request_factory=_request, logger=logger, **_OPTIONS)
        runner = web.ServerRunner(server, shutdown_timeout=GRACE)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port, reuse_address=True, backlog=1024)
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise _unheard(error, host, port) from error
        self._runner = runner
        self.port = _bound(runner.addresses)

    async def stop(self) -> None:
        """Take no new request, let those under way end, then close."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        reply = _Reply(request)
        headers = list(request.headers.items())
        path = "/" + request.path.strip("/")  # base URLs are written with a slash at their end, too
        with suppress(ClientGone):
            refused = self.refuse(request.method, path, headers, self.port)
            body = None if refused else await _body(request)
            if body is None:
                status, more, text = refused or _TOO_LARGE
                await reply.begin(status, [*more, *self.marks()], size=len(text))
                await reply.write(text)
                await reply.end()
            else:
                query = request.raw_path.partition("?")[2]
                await self.handler(Asked(request.method, path, query, headers, body, self.port), reply)
        return reply.response


async def _body(request: web.BaseRequest) -> bytes | None:
    """The whole body; None where it is larger than the limit."""
    if (request.content_length or 0) > MAX_BODY:
        return None
    if request.headers.get("expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None


def _discreet(record: logging.LogRecord) -> bool:
    """What is no HTTP is quoted in aiohttp's own error, and may hold a key: the log says that it came, not what."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, http_exceptions.HttpProcessingError):
        record.msg, record.args, record.exc_info = f"no HTTP that is read: {type(error).__name__}", (), None
    return True


def _request(message, payload, protocol, writer, task) -> web.BaseRequest:  # type: ignore[no-untyped-def]  # noqa: ANN001
    return web.BaseRequest(message, payload, protocol, writer, task, protocol._loop, client_max_size=MAX_BODY)


def _unheard(error: OSError, host: str, port: int) -> HiveError:
    number = error.errno or 0
    # Of a name that is not known the number is none of the system's; of all others asyncio's text says all twice.
    reason = os.strerror(number) if number in errno.errorcode else error.strerror or str(error)
    hint = "--host, or host in hive.toml, is an address of this machine; 127.0.0.1 is reached from it alone"
    if number == errno.EADDRINUSE:
        hint = "another gateway may be running: `hive-ctx status`; or choose another --port (0: any)"
    elif number == errno.EACCES:
        hint = "choose a --port over 1023, or 0 for any"
    return HiveError(f"cannot listen on {host}:{port}: {reason.lower()}", hint=hint)


def _bound(addresses: Sequence[object]) -> int:
    first = addresses[0]
    return int(first[1]) if isinstance(first, tuple) else 0


_OPTIONS: dict[str, Any] = {
    "access_log": None, "auto_decompress": False, "handler_cancellation": True, "keepalive_timeout": 75.0,
    "lingering_time": 2.0, "max_field_size": MAX_LINE, "max_headers": MAX_HEADERS, "max_line_size": MAX_LINE,
    "tcp_keepalive": True,
}  # fmt: skip
"""With `handler_cancellation` a client that leaves ends what is under way for it, also where nothing is written yet."""
_TOO_LARGE: tuple[int, Headers, bytes] = (
    413,
    (("content-type", "application/json"),),
    b'{"type":"error","error":{"type":"request_too_large","message":"the request is larger than %d MB, the most that '
    b'is read"}}' % (MAX_BODY // 2**20),
)
