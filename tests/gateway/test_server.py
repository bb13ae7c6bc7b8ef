"""The shell: limits, odd clients, errors, the end."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest

from hive_integration import logs
from hive_integration.errors import HiveError
from hive_integration.gateway import server
from hive_integration.gateway.access import MAX_HEADERS, MAX_LINE
from hive_integration.gateway.reply import Headers, Reply
from hive_integration.gateway.server import Asked, Server
from hive_integration.providers.fake import chat_stream
from tests.gateway.live import KEY, asked, live


async def handle(_: Asked, reply: Reply) -> None:
    await reply.begin(200, (), size=2)
    await reply.write(b"ok")
    await reply.end()


def let_in(method: str, path: str, headers: Headers, port: int) -> None:
    return None


async def test_a_body_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its length before a byte of it is read, and by counting where it comes in chunks; what fits passes."""
    monkeypatch.setattr(server, "MAX_BODY", 2000)
    chunked = b"POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-hive-key: %s\r\ntransfer-encoding: chunked\r\n\r\n"
    async with live(tmp_path) as gateway:
        told = await gateway.send("POST", "/v1/messages", b"x" * 2001)
        assert (told.status, told.json["error"]["type"]) == (413, "request_too_large")
        assert told.marks["profile"] == "finetuned"
        head = (chunked % KEY.encode()) + b"bb9\r\n" + b"x" * 0xBB9 + b"\r\n0\r\n\r\n"
        assert b" 413 " in await gateway.raw(head, until=b"\r\n")
        assert (await gateway.ask("x" * 1000)).status == 200
    assert len(gateway.tuned.requests) == 1


async def test_headers_have_limits_and_no_log_shows_them(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Too many, or one too long: refused, the connection ends, and what stood in them is nowhere."""
    logs.configure(level=logging.INFO)
    async with live(tmp_path) as gateway:
        long = gateway.post(b"", "x-secret: " + "topsecret" * (MAX_LINE // 9 + 1))
        many = gateway.post(b"", *(f"x-{i}: topsecret" for i in range(MAX_HEADERS + 1)))
        mute = b"nonsense topsecret\r\n\r\n"
        for request in (long, many, mute):
            answer = await gateway.raw(request)
            assert answer.split()[1] in {b"400", b"431"}, answer[:100]
            assert b"Traceback" not in answer
        assert (await gateway.ask()).status == 200
    assert "topsecret" not in capfd.readouterr().err


async def test_a_client_that_asks_before_it_sends_is_told_to(tmp_path: Path) -> None:
    """`Expect: 100-continue` is answered, and not where the request is refused: its body never comes."""
    async with live(tmp_path) as gateway:
        request = gateway.post(asked(stream=False), "expect: 100-continue")
        assert (await gateway.raw(request)).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
        head = request.replace(KEY.encode(), b"wrong").partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        assert (await gateway.raw(head, until=b"\r\n")).startswith(b"HTTP/1.1 401")


async def test_a_refusal_is_read_although_a_body_was_sent(tmp_path: Path) -> None:
    """The connection is not torn down under the answer."""
    async with live(tmp_path) as gateway:
        for size in (10, 3_000_000):
            got = await gateway.send("POST", "/v1/messages", b"x" * size, {"x-hive-key": "no", "x-api-key": "no"})
            assert (got.status, got.json["error"]["type"]) == (401, "authentication_error")


async def test_slashes_around_a_path_do_not_matter(tmp_path: Path) -> None:
    """Base URLs are written with one at the end; what is open without a key is so in either spelling."""
    async with live(tmp_path) as gateway:
        for path in ("//v1/messages", "/v1/messages/"):
            assert (await gateway.ask(path=path)).message.text == "ok"
        assert (await gateway.send("GET", "/healthz/", headers={"x-hive-key": "", "x-api-key": ""})).status == 200


async def test_a_connection_is_used_again(tmp_path: Path) -> None:
    """Two requests over one connection, and over one upstream connection; HTTP/1.0 works too."""
    async with live(tmp_path, tuned=chat_stream("Here.")) as gateway:
        one = gateway.post(asked(stream=False)).replace(b"connection: close\r\n", b"")
        answer = await gateway.raw(one + gateway.post(asked(stream=False)))
        assert answer.count(b"HTTP/1.1 200 OK") == 2
        old = gateway.post(asked()).replace(b" HTTP/1.1", b" HTTP/1.0", 1)
        assert b"message_stop" in await gateway.raw(old)


async def test_headers_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    """Bytes beyond ASCII in a header: UTF-8 passes as it is, other bytes do not pass, and nothing fails."""
    more = ("anthropic-beta: b\u00e9e", "x-claude-code-session-id: S", "anthropic-other: L")
    async with live(tmp_path) as gateway:
        for use in ("0", "1"):
            request = gateway.post(asked(stream=False), f"x-hive-use-finetuned: {use}", *more)
            request = request.replace(b": S", b": \xe9\xff").replace(b": L", b": \xe9")
            assert b" 200 OK" in await gateway.raw(request, until=b"\r\n")
        await gateway.settled(2)
        sent = gateway.claude.requests[0]
        gateway.parts.account.ledger.close()
        assert gateway.parts.account.ledger.totals().dropped == 0
    assert sent.header("anthropic-beta") == "b\u00e9e"
    assert sent.header("anthropic-other") == ""


async def test_a_taken_address_is_one_clear_line() -> None:
    """So is one that is not ours; and each has a hint of its own."""
    one, two = (Server(handle, let_in, list) for _ in range(2))
    await one.start("127.0.0.1", 0)
    try:
        with pytest.raises(HiveError, match=rf"cannot listen on 127\.0\.0\.1:{one.port}: address .*in use$") as taken:
            await two.start("127.0.0.1", one.port)
        assert "another gateway may be running" in taken.value.hint
        with pytest.raises(HiveError, match=r"cannot listen on 192\.0\.2\.1:0: c") as foreign:
            await two.start("192.0.2.1", 0)
        assert "an address of this machine" in foreign.value.hint
    finally:
        await one.stop()
        await two.stop()


async def test_stopping_lets_an_answer_under_way_end(tmp_path: Path) -> None:
    """No new connection is taken, and the stream comes to its end."""
    async with live(tmp_path, tuned=chat_stream(["One ", "two."]).slowly(0.1)) as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.server.port)
        writer.write(gateway.post(asked()))
        begun = await reader.readuntil(b"One")
        await gateway.server.stop()
        rest = await reader.read()
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", gateway.server.port)
    assert b"message_stop" in begun + rest


async def test_a_bug_is_told_without_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 in the words of the Messages API before anything has left; after that the connection breaks."""
    from hive_integration.gateway import converse, routes

    async def broken(*_: object) -> None:
        raise KeyError("oops")

    async with live(tmp_path) as gateway:
        monkeypatch.setattr(converse, "speak", broken)
        got = await gateway.ask()
        assert (got.status, got.json["error"]["type"]) == (500, "api_error")
        assert "oops" not in got.body.decode()
        assert got.marks["profile"] == "finetuned"

        async def late(_: object, __: Asked, reply: Reply) -> None:
            await reply.begin(200, ())
            await reply.write(b"begun")
            raise KeyError("oops")

        monkeypatch.setitem(routes.ROUTES, ("GET", "/late"), late)  # type: ignore[arg-type]
        answer = await gateway.raw(gateway.post(b"").replace(b"POST /v1/messages", b"GET /late"))
    assert answer.endswith(b"5\r\nbegun\r\n")  # and no end
    assert json.loads(got.body)
