"""One HTTP client for every upstream of the gateway. It waits and sends; it neither reads nor changes what it carries.

No redirect is followed, no proxy or netrc of the environment is used, no cookie is kept. Nothing is decompressed: the
bytes that come are the bytes that go on. So that usage and a cut can be seen in them, none are asked for compressed.
What fails on the way becomes an `UpstreamError` with one line.
"""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from hive_integration.errors import UpstreamError
from hive_integration.registry.cards import Card

MAX_ANSWER = 64 * 1024 * 1024
"""Bytes of an answer that is read whole."""
LARGE = 512 * 1024
"""Bytes of a request that are sent in one go: of a larger one, others get their turn between its parts."""
_NOT_ADDED = ("User-Agent", "Content-Type", "Accept")


@dataclass(frozen=True, slots=True)
class Sent:
    """What goes to an upstream."""

    url: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    method: str = "POST"


class Answer:
    """An upstream's answer whose head has arrived."""

    __slots__ = ("_response", "_where", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse, where: str) -> None:
        self._response, self._where = response, where
        self.status = response.status
        self.headers: Sequence[tuple[str, str]] = list(response.headers.items())

    def header(self, name: str) -> str | None:
        """A header's value; None where it is not there."""
        return self._response.headers.get(name)

    @property
    def encoding(self) -> str:
        """How the body is compressed; empty where it is not."""
        return (self.header("content-encoding") or "").lower().removeprefix("identity")

    @property
    def is_stream(self) -> bool:
        """Whether the body is server-sent events that can be read."""
        return self.status == 200 and not self.encoding and "event-stream" in (self.header("content-type") or "")

    @property
    def ended(self) -> bool:
        """Whether the whole body was read."""
        return self._response.content.at_eof()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises UpstreamError where it stops arriving."""
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except _FAILURES as error:
            raise _failed(error, self._where, "stopped in the middle of its answer") from error

    async def read(self) -> bytes:
        """The whole body. Raises UpstreamError where it is cut or larger than MAX_ANSWER."""
        parts, size = [], 0
        async for chunk in self.chunks():
            parts.append(chunk)
            size += len(chunk)
            if size > MAX_ANSWER:
                raise UpstreamError(f"{self._where} answered with more than {MAX_ANSWER // 2**20} MB")
        return b"".join(parts)


class Upstreams:
    """The connections to all upstreams, kept open between requests. Close it at the end."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, URL] = {}
        self._patience: dict[tuple[float, float], aiohttp.ClientTimeout] = {}

    @asynccontextmanager
    async def ask(self, card: Card, sent: Sent) -> AsyncIterator[Answer]:
        """Send, and wait for the head of the answer. Raises UpstreamError where none comes, or one that leads away."""
        where = f"the upstream of {card.id}"
        # In lower case: of names that are repeated in another case, aiohttp would keep the last only.
        headers = CIMultiDict((name.lower(), value) for name, value in sent.headers)
        headers["accept-encoding"] = "identity"
        try:
            response = await self._opened().request(
                sent.method,
                self._url(sent.url),
                data=io.BytesIO(sent.body) if len(sent.body) > LARGE else sent.body or None,
                headers=headers,
                skip_auto_headers=_NOT_ADDED,
                allow_redirects=False,
                timeout=self._timeout(card),
            )
        except _FAILURES as error:
            raise _failed(error, where, "did not answer") from error
        try:
            if 300 <= response.status < 400:
                raise UpstreamError(f"{where} answered with a redirect ({response.status}), which is not followed")
            yield Answer(response, where)
        finally:
            # A body that was read to its end has given its connection back already; any other is not worth keeping.
            response.close()

    async def close(self) -> None:
        """End every connection."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60, keepalive_timeout=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                read_bufsize=2**18,
            )
        return self._session

    def _url(self, text: str) -> URL:
        """Parsed once: the addresses are those of the cards."""
        url = self._urls.get(text)
        if url is None:
            if len(self._urls) > 1000:
                self._urls.clear()
            url = self._urls[text] = URL(text, encoded=True)  # a query passes as it came
        return url

    def _timeout(self, card: Card) -> aiohttp.ClientTimeout:
        key = (card.upstream.connect_timeout, card.upstream.idle_timeout)
        if key not in self._patience:
            self._patience[key] = aiohttp.ClientTimeout(total=None, sock_connect=key[0], sock_read=key[1])
        return self._patience[key]


def _failed(error: Exception, where: str, what: str) -> UpstreamError:
    """Our own words: an exception's text may quote an address or a header."""
    if isinstance(error, TimeoutError):
        return UpstreamError(f"{where} {what} in time", timeout=True)
    if isinstance(error, aiohttp.ClientConnectorError):
        return UpstreamError(f"{where} cannot be reached: {_reason(error)}")
    return UpstreamError(f"{where} {what} ({type(error).__name__})")


def _reason(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known"
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError):
        return "no secure connection"
    return os.strerror(error.errno).lower() if error.errno else "no connection"


_FAILURES = (TimeoutError, OSError, aiohttp.ClientError, ValueError)
