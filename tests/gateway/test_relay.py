"""The byte-exact way to Claude, by hash."""

from __future__ import annotations

import asyncio
import gzip
import json
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest

from hive_integration.gateway.relay import LONGEST, _parted
from hive_integration.providers.fake import (
    DROPPED,
    SILENT,
    Answer,
    Call,
    messages_body,
    messages_error,
    messages_stream,
    stream,
    thinking_block,
    whole,
)
from hive_integration.wire.provenance import mint_tool_id, signed
from tests.gateway.live import BASH, CLAUDE_KEY, KEY, asked, live
from tests.wire.legal import assert_legal, assert_sdk_agrees

FULL = {"x-hive-use-finetuned": "0"}
ODD = (
    b'{ "model":"claude-x" ,\n"max_tokens": 16,  "stream" :true,"unheard_of":{"b":1,"a":[1.50,2E3]},'
    b'"messages":[{"role":"user","content":"\\u00e9 \xc3\xa9 \xf0\x9f\x90\x9d"}]}'
)
STREAM = messages_stream("Buzz \N{HONEYBEE} buzz.", [Call("Bash", {"command": "ls"})], thinking="Hm.")


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


async def test_body_headers_and_query_pass_byte_for_byte(tmp_path: Path) -> None:
    """Claude gets the very body, every anthropic-* header (known, unknown, repeated) and the query as it came."""
    query = "beta=true&x=%20%C3%A9&y=a+b&empty="
    own = [
        ("x-hive-use-finetuned", "0"), ("anthropic-beta", "one-2025,two-2025"), ("anthropic-beta", "three"),
        ("Anthropic-Unheard-Of", "yes; q=1"), ("anthropic-version", "2023-06-01"),
    ]  # fmt: skip
    async with live(tmp_path, claude=STREAM, strict=False) as gateway:
        got = await gateway.send("POST", f"/v1/messages?{query}", ODD, own)
        sent = gateway.claude.requests[0]
    assert digest(sent.body) == digest(ODD)
    assert sent.target == f"/v1/messages?{query}"
    assert [pair for pair in sent.headers if pair[0].startswith("anthropic-")] == [
        (name.lower(), value) for name, value in own[1:]
    ]
    assert digest(got.body) == digest(STREAM.body)
    assert got.marks == {"profile": "full", "model": "claude", "config": gateway.parts.config.version}


async def test_the_credential_goes_on_and_the_gateways_key_does_not(tmp_path: Path) -> None:
    """The client's own credential reaches Claude; what opens the gateway, and what is addressed to it, does not."""
    async with live(tmp_path) as gateway:
        await gateway.ask(headers=FULL)
        sent = gateway.claude.requests[0]
    assert sent.header("x-api-key") == CLAUDE_KEY
    assert not any(KEY in value or name.startswith("x-hive") for name, value in sent.headers)


async def test_a_stream_arrives_the_same_however_it_is_cut_into_reads(tmp_path: Path) -> None:
    """One byte at a time, the client still gets the same bytes, and the ledger its counts."""
    async with live(tmp_path, claude=STREAM.dripped(1)) as gateway:
        got = await gateway.ask(headers=FULL)
        row = (await gateway.settled(1))[0]
    assert digest(got.body) == digest(STREAM.body)
    assert (row.status, row.input, row.output, row.stream) == (200, 812, 31, True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request_error"), (401, "authentication_error"), (413, "request_too_large"),
     (429, "rate_limit_error"), (500, "api_error"), (529, "overloaded_error")],
)  # fmt: skip
async def test_errors_pass_byte_for_byte(tmp_path: Path, status: int, kind: str) -> None:
    """Status, body, retry-after and request-id of an error are Claude's; nothing is asked twice."""
    error = messages_error(status, kind, f"prompt is too long: {status} tokens > 9").with_headers(retry_after="7")
    async with live(tmp_path, claude=error) as gateway:
        got = await gateway.ask(headers=FULL)
        row = (await gateway.settled(1))[0]
    assert (got.status, digest(got.body)) == (status, digest(error.body))
    assert (got.headers["retry-after"], got.headers["request-id"]) == ("7", "req_fake")
    assert got.marks["profile"] == "full"
    assert (row.status, len(gateway.claude.requests)) == (status, 1)


async def test_an_error_that_is_no_json_passes_too(tmp_path: Path) -> None:
    """A page of a proxy before Claude arrives as it is, with its type."""
    page = Answer((b"<html>bad gateway</html>",), 502, {"content-type": "text/html"})
    async with live(tmp_path, claude=page) as gateway:
        got = await gateway.ask(headers=FULL, stream=False)
    assert (got.status, got.body, got.headers["content-type"]) == (502, page.body, "text/html")


async def test_compression_is_not_asked_for_and_passes_where_it_comes(tmp_path: Path) -> None:
    """Upstream is asked for plain bytes, so that usage can be read; what comes compressed all the same is untouched."""
    packed = gzip.compress(messages_body("hi").body)
    answer = Answer((packed,), 200, {"content-type": "application/json", "content-encoding": "gzip"})
    async with live(tmp_path, claude=answer) as gateway:
        got = await gateway.ask(headers={**FULL, "accept-encoding": "gzip, br"}, stream=False)
        sent = gateway.claude.requests[0]
    assert (got.body, got.headers["content-encoding"]) == (packed, "gzip")
    assert [value for name, value in sent.headers if name == "accept-encoding"] == ["identity"]


async def test_a_compressed_stream_that_is_cut_breaks_off(tmp_path: Path) -> None:
    """No plain event is written behind compressed bytes."""
    packed = gzip.compress(STREAM.body)
    answer = stream(packed[:40], packed[40:]).with_headers(content_encoding="gzip").cut(60)
    async with live(tmp_path, claude=answer) as gateway:
        with pytest.raises(aiohttp.ClientPayloadError):
            await gateway.ask(headers=FULL)
        assert (await gateway.settled(1))[0].status == 502


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed(tmp_path: Path, status: int) -> None:
    """A redirect becomes a 502 without a location; nothing is asked of the place that it names."""
    async with live(tmp_path) as gateway:
        gateway.claude.script = whole({}, status).with_headers(location=f"{gateway.tuned.base_url}/v1/messages")
        got = await gateway.ask(headers=FULL)
    assert (got.status, got.json["error"]["type"]) == (502, "api_error")
    assert "location" not in got.headers
    assert f"redirect ({status})" in got.json["error"]["message"]
    assert gateway.tuned.requests == []


@pytest.mark.parametrize(
    ("answer", "status"), [(DROPPED, 502), (SILENT, 504), (messages_body("hi").hang(0), 504), (STREAM.cut(0), 502)]
)
async def test_claude_that_does_not_answer_is_a_clean_error(tmp_path: Path, answer: Answer, status: int) -> None:
    """Closed, silent, or a head without a body: the client gets an error of the Messages API with a status."""
    async with live(tmp_path, claude=answer, claude_card={"upstream": {"idle_timeout": 0.2}}) as gateway:
        got = await gateway.ask(headers=FULL)
        row = (await gateway.settled(1))[0]
    assert (got.status, row.status) == (status, status)
    assert got.json["type"] == "error"
    assert got.json["error"]["type"] == ("api_error" if status == 502 else "timeout_error")
    assert got.marks["model"] == "claude"


async def test_claude_that_cannot_be_reached_is_a_clean_error(tmp_path: Path) -> None:
    """A refused connection names the card, and neither its address nor a key."""
    async with live(tmp_path, claude_card={"base_url": "http://127.0.0.1:9"}) as gateway:
        got = await gateway.ask(headers=FULL)
    assert got.status == 502
    assert "the upstream of claude cannot be reached: connection refused" in got.json["error"]["message"]
    assert "127.0.0.1" not in got.body.decode()


@pytest.mark.parametrize("after", range(1, len(STREAM.body), 97))
async def test_a_stream_cut_anywhere_ends_legally(tmp_path: Path, after: int) -> None:
    """What was whole arrives, then an error event: never half an event, never a stream without an end."""
    async with live(tmp_path, claude=STREAM.cut(after)) as gateway:
        got = await gateway.ask(headers=FULL)
        row = (await gateway.settled(1))[0]
    message = assert_legal(got.body)
    assert message.error is not None
    assert message.error["type"] == "api_error"
    body = got.body[: got.body.rindex(b"event: error")]
    assert STREAM.body.startswith(body)
    assert len(body) <= after
    assert row.status == 502


async def test_a_stream_that_hangs_ends_with_a_timeout(tmp_path: Path) -> None:
    """After the card's idle timeout the stream ends with a timeout_error."""
    claude = {"upstream": {"idle_timeout": 0.2}}
    async with live(tmp_path, claude=STREAM.hang(400), claude_card=claude) as gateway:
        message = (await gateway.ask(headers=FULL)).message
        row = (await gateway.settled(1))[0]
    assert (message.error or {})["type"] == "timeout_error"
    assert row.status == 504


async def test_a_body_that_is_cut_is_not_taken_for_whole(tmp_path: Path) -> None:
    """A JSON answer that breaks off breaks off for the client, too: nothing is written behind it."""
    async with live(
        tmp_path, claude=Answer((b'{"id":', b'"m"}'), 200, {"content-type": "application/json"}).cut(6)
    ) as g:
        with pytest.raises(aiohttp.ClientPayloadError):
            await g.ask(headers=FULL, stream=False)
        assert (await g.settled(1))[0].status == 502


async def test_an_event_longer_than_what_is_held_passes(tmp_path: Path) -> None:
    """A huge event goes on in parts; where it is cut, the connection breaks, because no event can follow."""
    large = messages_stream("x" * (3 * LONGEST))
    async with live(tmp_path, claude=large.dripped(30_000)) as gateway:
        assert digest((await gateway.ask(headers=FULL)).body) == digest(large.body)
        gateway.claude.script = large.dripped(30_000, 0.01).cut(2 * LONGEST)
        with pytest.raises(aiohttp.ClientPayloadError):
            await gateway.ask(headers=FULL)


def test_whole_events_are_told_from_the_beginning_of_the_next() -> None:
    """Either kind of line end parts events; what is behind the last of them waits."""
    assert _parted(b"a\n\nb\n\n") == (b"a\n\nb\n\n", b"")
    assert _parted(b"a\n\nb\n") == (b"a\n\n", b"b\n")
    assert _parted(b"a\r\n\r\nb\r\n") == (b"a\r\n\r\n", b"b\r\n")
    assert _parted(b"a\r\n\r") == (b"", b"a\r\n\r")


async def test_what_another_model_thought_is_taken_out_and_nothing_else(tmp_path: Path) -> None:
    """Thinking that is signed as ours never reaches Claude; every other byte does, and calls keep their ids."""
    id = mint_tool_id("tuned", "call_1", "r1")
    ours = {**thinking_block("Mine.", "other"), "signature": signed("tuned", "abc")}
    call = {"type": "tool_use", "id": id, "name": "Bash", "input": {"command": "ls"}}
    result = {"type": "tool_result", "tool_use_id": id, "content": "a\u00e9"}

    def body(*content: dict[str, object]) -> bytes:
        turns = [
            {"role": "user", "content": "Go."}, {"role": "assistant", "content": list(content)},
            {"role": "user", "content": [result]},
        ]  # fmt: skip
        return asked(messages=turns, tools=[BASH], metadata={"user_id": "u"})

    async with live(tmp_path) as gateway:
        for sent in (body(ours, call), body(call)):
            assert (await gateway.send("POST", "/v1/messages", sent, FULL)).message.text == "ok"
        first, second = (request.body for request in gateway.claude.requests)
    assert json.loads(first) == json.loads(body(call))
    assert digest(second) == digest(body(call))
    assert gateway.claude.refused == []


async def test_a_card_that_names_a_model_changes_the_name_only(tmp_path: Path) -> None:
    """The body is Claude's with another model; without a name in the card it would be byte-exact."""
    async with live(tmp_path, claude_card={"model": "claude-other"}) as gateway:
        await gateway.ask(headers=FULL, tools=[BASH])
        sent = gateway.claude.requests[0].json
    assert sent == {**json.loads(asked(tools=[BASH])), "model": "claude-other"}


async def test_a_session_with_the_minimal_prompt_gets_the_full_one_back(tmp_path: Path) -> None:
    """Switched to full, a session that sends the minimal prompt is sent with the remembered one; else as it came."""
    card = {"prompt": {"system": "You are a coding agent.", "tools": "names"}}
    minimal = {"system": [{"type": "text", "text": "You are a coding agent."}]}
    full = [{"type": "text", "text": "You are a gardener. Mind the bees."}]
    async with live(tmp_path, tuned_card=card) as gateway:
        await gateway.ask(headers=FULL, **minimal)
        gateway.parts.store.remember_prompt("claude-y", full)
        await gateway.ask(headers=FULL, **minimal)
        gateway.parts.store.remember_prompt("claude-x", full)
        await gateway.ask(headers=FULL, **minimal)
        sent = [request.json["system"] for request in gateway.claude.requests]
    assert sent == [minimal["system"], minimal["system"], full]


async def test_the_full_prompt_is_remembered_from_the_full_profile(tmp_path: Path) -> None:
    """A session that only ever asked Claude is enough: one that begins minimal later gets that prompt and its tools."""
    card = {"prompt": {"system": "You are a coding agent.", "tools": "names"}}
    full = [{"type": "text", "text": "You are a gardener. Mind the bees."}]
    tools = [{**BASH, "name": f"Tool{i}"} for i in range(4)]
    async with live(tmp_path, tuned_card=card) as gateway:
        await gateway.ask(headers=FULL, system=full, tools=tools)
        await gateway.ask(headers=FULL, system=[{"type": "text", "text": "You are a coding agent."}])
        first, second = (request.json for request in gateway.claude.requests)
    assert (second["system"], second["tools"]) == (first["system"], first["tools"])


async def test_what_is_no_request_is_claudes_to_refuse(tmp_path: Path) -> None:
    """A body that is not JSON, or compressed, goes on as it is."""
    packed = gzip.compress(asked())
    async with live(tmp_path, strict=False, claude=messages_error(400, "invalid_request_error", "no")) as gateway:
        for body, more in ((b"{nope", {}), (packed, {"content-encoding": "gzip"})):
            got = await gateway.send("POST", "/v1/messages", body, {**FULL, **more})
            assert got.status == 400
        sent = gateway.claude.requests
    assert [request.body for request in sent] == [b"{nope", asked()]  # the fake unpacks what says that it is packed
    assert sent[1].header("content-encoding") == "gzip"


async def test_a_client_that_leaves_ends_the_upstream(tmp_path: Path) -> None:
    """The upstream's connection is closed at once, and the ledger says 499."""
    async with live(tmp_path, claude=STREAM.hang(400)) as gateway:
        request = gateway.post(asked(), "x-hive-use-finetuned: 0")
        await gateway.raw(request, until=b"message_start")
        row = (await gateway.settled(1))[0]
        await asyncio.sleep(0.05)
    assert (row.status, row.card) == (499, "claude")
    assert gateway.claude.abandoned == 1


async def test_a_client_that_leaves_before_an_answer_ends_the_upstream_too(tmp_path: Path) -> None:
    """Nobody writes to it yet, and still it is noticed."""
    async with live(tmp_path, claude=SILENT) as gateway:
        request = gateway.post(asked(stream=False), "x-hive-use-finetuned: 0")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await gateway.raw(request)
        assert (await gateway.settled(1))[0].status == 499
        await asyncio.sleep(0.05)
    assert gateway.claude.abandoned == 1


async def test_the_sdk_reads_what_passes(tmp_path: Path) -> None:
    """The anthropic package's own accumulator agrees with the checker."""
    async with live(tmp_path, claude=STREAM) as gateway:
        message = assert_sdk_agrees((await gateway.ask(headers=FULL)).body)
    assert message.calls == [("Bash", {"command": "ls"})]
