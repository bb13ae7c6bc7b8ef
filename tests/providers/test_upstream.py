"""The one HTTP client: what it sends, and how it fails."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from hive_integration.errors import UpstreamError
from hive_integration.providers import upstream
from hive_integration.providers.fake import DROPPED, SILENT, Answer, Upstream, chat_body, chat_stream, stream, whole
from hive_integration.providers.upstream import LARGE, Sent, Upstreams, _failed
from hive_integration.registry.cards import Card
from hive_integration.registry.cards import Upstream as Patience

PLACE = ConnectionKey("secret.example", 443, True, None, None, None, None)


def card(url: str, idle: float = 5.0) -> Card:
    return Card("tuned", "openai-chat", url, upstream=Patience(connect_timeout=1.0, idle_timeout=idle))


async def asked(upstreams: Upstreams, url: str, sent: Sent, idle: float = 5.0) -> tuple[int, bytes]:
    async with upstreams.ask(card(url, idle), sent) as answer:
        return answer.status, await answer.read()


async def test_what_is_sent_arrives_as_it_is() -> None:
    """Body, query, repeated headers; nothing is added but that plain bytes are wanted."""
    headers = [("a", "1"), ("A", "2"), ("accept-encoding", "gzip")]
    upstreams = Upstreams()
    async with Upstream(chat_body("hi")) as fake:
        for size in (3, LARGE + 1):
            sent = Sent(f"{fake.base_url}/v1/chat/completions?q=%20a+b&c=%C3%A9", headers, b"x" * size)
            assert (await asked(upstreams, fake.base_url, sent))[0] == 200
        await upstreams.close()
    for request, size in zip(fake.requests, (3, LARGE + 1), strict=True):
        assert request.body == b"x" * size
        assert request.target == "/v1/chat/completions?q=%20a+b&c=%C3%A9"
        assert [pair for pair in request.headers if pair[0] not in {"host", "content-length"}] == [
            ("a", "1"), ("a", "2"), ("accept-encoding", "identity")
        ]  # fmt: skip
        assert request.header("content-length") == str(size)


@pytest.mark.parametrize(
    ("answer", "said", "waited"),
    [(DROPPED, "did not answer", False), (SILENT, "did not answer in time", True),
     (chat_body("hi").hang(4), "stopped in the middle of its answer in time", True),
     (stream(b"data: ", b"x").cut(6), "stopped in the middle of its answer", False),
     (whole({}, 307).with_headers(location="http://127.0.0.1:1/"), r"redirect \(307\), which is not followed", False),
     (whole({}, 304), "redirect", False)],
)  # fmt: skip
async def test_what_fails_is_one_line(answer: Answer, said: str, waited: bool) -> None:
    """It names the card, and whether it was waited for in vain."""
    upstreams = Upstreams()
    async with Upstream(answer) as fake:
        with pytest.raises(UpstreamError, match=f"^the upstream of tuned .*{said}") as caught:
            await asked(upstreams, fake.base_url, Sent(f"{fake.base_url}/v1/chat/completions", (), b"{}"), 0.2)
        await upstreams.close()
    assert caught.value.timeout is waited


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "http://127.0.0.1:0/", "nonsense", "ftp://127.0.0.1/", "http://[/"]
)
async def test_an_address_that_cannot_be_reached_is_one_line(url: str) -> None:
    """Whatever is wrong with it, and no part of it is quoted."""
    upstreams = Upstreams()
    with pytest.raises(UpstreamError, match=r"^the upstream of tuned ") as caught:
        await asked(upstreams, url, Sent(url, (), b"{}"))
    await upstreams.close()
    assert "127.0.0.1" not in str(caught.value)


def test_why_an_address_cannot_be_reached() -> None:
    """A name that nobody knows, a certificate that is not right, a closed door."""
    dns = aiohttp.ClientConnectorDNSError(PLACE, OSError(-2, "Name or service not known"))
    bad = aiohttp.ClientConnectorCertificateError(PLACE, ssl.CertificateError("secret.example"))
    tls = aiohttp.ClientConnectorSSLError(PLACE, OSError(1, "secret.example"))
    shut = aiohttp.ClientConnectorError(PLACE, ConnectionRefusedError(111, "x"))
    assert [str(_failed(each, "it", "did not answer")) for each in (dns, bad, tls, shut)] == [
        "it cannot be reached: its name is not known", "it cannot be reached: no secure connection",
        "it cannot be reached: no secure connection", "it cannot be reached: connection refused",
    ]  # fmt: skip


async def test_a_body_that_is_read_whole_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upstream cannot fill the memory."""
    monkeypatch.setattr(upstream, "MAX_ANSWER", 10)
    upstreams = Upstreams()
    async with Upstream(chat_body("hi")) as fake:
        with pytest.raises(UpstreamError, match="more than 0 MB"):
            await asked(upstreams, fake.base_url, Sent(f"{fake.base_url}/v1/chat/completions", (), b"{}"))
        await upstreams.close()


async def test_connections_are_kept_and_the_unfinished_are_closed() -> None:
    """A body that was read to its end gives its connection back; one that is left is closed at once."""
    upstreams = Upstreams()
    async with Upstream(chat_stream("hi")) as fake:
        sent = Sent(f"{fake.base_url}/v1/chat/completions", (), b"{}")
        for _ in range(3):
            await asked(upstreams, fake.base_url, sent)
        assert upstreams._session is not None
        assert sum(map(len, upstreams._session.connector._conns.values())) == 1  # type: ignore[union-attr]
        fake.script = chat_stream("hi").hang(10)
        async with upstreams.ask(card(fake.base_url), sent) as answer:
            async for _ in answer.chunks():
                break
        await asyncio.sleep(0.05)
        assert fake.abandoned == 1
        await upstreams.close()


@pytest.mark.parametrize(
    ("status", "kind", "encoding", "readable"),
    [(200, "text/event-stream; charset=utf-8", "", True), (200, "application/json", "", False),
     (200, "text/event-stream", "gzip", False), (200, "text/event-stream", "Identity", True),
     (500, "text/event-stream", "", False)],
)  # fmt: skip
async def test_a_stream_that_can_be_read(status: int, kind: str, encoding: str, readable: bool) -> None:
    """Events, with a good status, not compressed."""
    headers = {"content-type": kind, **({"content-encoding": encoding} if encoding else {})}
    upstreams = Upstreams()
    async with Upstream(Answer((b"x",), status, headers)) as fake:
        sent = Sent(f"{fake.base_url}/v1/messages", (), b"{}")
        async with upstreams.ask(card(fake.base_url), sent) as answer:
            assert answer.is_stream is readable
            assert answer.header("Content-Type") == kind
        await upstreams.close()
