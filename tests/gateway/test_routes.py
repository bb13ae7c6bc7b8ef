"""Who may ask what, and who is said to have answered."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from hive_integration.gateway.leases import BEAT
from hive_integration.providers.fake import chat_error, chat_stream
from tests.gateway import idle
from tests.gateway.live import CLAUDE_KEY, KEY, TUNED_KEY, asked, holding, live

NONE = {"x-hive-key": "", "x-api-key": ""}
OPEN = [("HEAD", "/"), ("GET", "/healthz"), ("HEAD", "/healthz")]
SHUT = [("GET", "/v1/models"), ("GET", "/hive/status"), ("GET", "/metrics"), ("GET", "/hive/lease")]


@pytest.mark.parametrize(("method", "path"), [*OPEN, *SHUT])
async def test_who_may_ask(tmp_path: Path, method: str, path: str) -> None:
    """Whether it lives is told to everybody on this machine; all else to who has the key."""
    async with live(tmp_path) as gateway:
        assert (await gateway.send(method, path, headers=NONE)).status == (200 if (method, path) in OPEN else 401)
        for more in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
            assert (await gateway.send(method, path, headers=more)).status == 403


@pytest.mark.parametrize("way", ["x-hive-key", "x-api-key", "authorization"])
async def test_the_key_may_come_in_three_ways(tmp_path: Path, way: str) -> None:
    """As x-hive-key, as x-api-key, as a bearer."""
    own = {**NONE, way: f"Bearer {KEY}" if way == "authorization" else KEY}
    async with live(tmp_path) as gateway:
        assert (await gateway.ask(headers=own)).status == 200
        assert not any(KEY in value for _, value in gateway.tuned.requests[0].headers)
        refused = await gateway.ask(headers=NONE)
    assert (refused.status, refused.json["error"]["type"]) == (401, "authentication_error")


@pytest.mark.parametrize(
    ("header", "variable", "default", "profile"),
    [("1", "0", "full", "finetuned"), ("off", "1", "finetuned", "full"), (None, "yes", "full", "finetuned"),
     (None, "", "finetuned", "full"), (None, None, "finetuned", "finetuned"), (None, None, "full", "full")],
)  # fmt: skip
async def test_who_answers(
    tmp_path: Path, header: str | None, variable: str | None, default: str, profile: str
) -> None:
    """The header, else the gateway's own variable, else the file; messages and counts alike."""
    env = {} if variable is None else {"USE_FINETUNED": variable}
    own = {} if header is None else {"x-hive-use-finetuned": header}
    async with live(tmp_path, env=env, switch={"default": default}) as gateway:
        for path in ("/v1/messages", "/v1/messages/count_tokens"):
            assert (await gateway.ask(path=path, headers=own)).marks["profile"] == profile


async def test_nonsense_in_the_header_is_refused(tmp_path: Path) -> None:
    """It says what is and what was expected, and nobody is asked."""
    async with live(tmp_path) as gateway:
        got = await gateway.ask(headers={"x-hive-use-finetuned": "maybe"})
    assert (got.status, got.json["error"]["type"]) == (400, "invalid_request_error")
    assert "x-hive-use-finetuned is 'maybe': expected 1, true, yes or on" in got.json["error"]["message"]
    assert (gateway.tuned.requests, gateway.claude.requests) == ([], [])


async def test_every_answer_says_who_gives_it(tmp_path: Path) -> None:
    """Good ones, errors, refusals, and those that no model gives."""
    asks = [
        ("POST", "/v1/messages", asked(), {}, 200), ("POST", "/v1/messages", b"{", {}, 400),
        ("POST", "/v1/messages", asked(), NONE, 401), ("POST", "/v1/messages/count_tokens", asked(), {}, 200),
        ("POST", "/v1/messages/count_tokens", b"[]", {}, 400), ("GET", "/nowhere", b"", {}, 404),
        ("PUT", "/v1/messages", b"", {}, 405), ("GET", "/v1/models", b"", {}, 200), ("HEAD", "/", b"", {}, 200),
        ("GET", "/healthz", b"", {}, 200), ("GET", "/hive/status", b"", {}, 200), ("GET", "/metrics", b"", {}, 200),
        ("POST", "/v1/messages", asked(), {"origin": "https://evil.example"}, 403),
    ]  # fmt: skip
    async with live(tmp_path) as gateway:
        for method, path, body, headers, status in asks:
            got = await gateway.send(method, path, body, headers)
            assert (got.status, set(got.marks) - {"fallback"}) == (status, {"profile", "model", "config"}), path


async def test_a_wrong_path_or_method_says_what_there_is(tmp_path: Path) -> None:
    """404 names the paths, 405 the methods."""
    async with live(tmp_path) as gateway:
        nowhere = await gateway.send("POST", "/v1/complete")
        wrong = await gateway.send("DELETE", "/healthz")
    assert nowhere.json["error"]["type"] == "not_found_error"
    assert "/v1/messages/count_tokens" in nowhere.json["error"]["message"]
    assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD")


async def test_a_count_teaches_nothing(tmp_path: Path) -> None:
    """A client has slices counted, such as its tools without its prompt: the full prompt stays remembered, and what is
    left out of an answer is counted by answers alone."""
    tools = [{"name": f"Tool{i}", "input_schema": {"type": "object"}} for i in range(4)]
    full = [{"type": "text", "text": "You are a gardener. Mind the bees."}]
    async with live(tmp_path) as gateway:
        await gateway.ask(system=full, tools=tools)
        sliced = await gateway.ask(path="/v1/messages/count_tokens", stream=None, tools=tools, novelty=1)
        assert sliced.status == 200
        assert gateway.parts.store.prompt("claude-x") == full
        assert gateway.parts.omitted.state() == {}


async def test_forty_counts_at_once(tmp_path: Path) -> None:
    """What `/context` asks: each is right, and none is sent to a model."""
    async with live(tmp_path) as gateway:
        path = "/v1/messages/count_tokens"
        async with asyncio.timeout(10):
            got = await asyncio.gather(*(gateway.ask("word " * n, path=path, stream=None) for n in range(1, 41)))
    counts = [each.json["input_tokens"] for each in got]
    assert counts == sorted(counts)
    assert 35 <= counts[-1] - counts[0] <= 45
    assert (gateway.tuned.requests, gateway.claude.requests) == ([], [])


async def test_a_count_is_of_what_the_model_would_get(tmp_path: Path) -> None:
    """In the fine-tuned profile of the stripped request, in the full one of all."""
    body = idle.body()
    async with live(tmp_path, tuned_card=holding(tmp_path, body)) as gateway:
        small, full = [
            (await gateway.send("POST", "/v1/messages/count_tokens", body, {"x-hive-use-finetuned": use})).json
            for use in ("1", "0")
        ]
        bad = await gateway.send("POST", "/v1/messages/count_tokens", b'{"messages": 1}')
    assert 0 < small["input_tokens"] < full["input_tokens"] / 2
    assert (bad.status, bad.json["error"]["type"]) == (400, "invalid_request_error")


async def test_models_are_listed(tmp_path: Path) -> None:
    """The cards, in the form of the API's list; retired ones are not."""
    async with live(tmp_path, claude_card={"status": "candidate"}) as gateway:
        listed = (await gateway.send("GET", "/v1/models")).json
    assert [each["id"] for each in listed["data"]] == ["claude", "tuned"]
    assert (listed["has_more"], listed["first_id"], listed["last_id"]) == (False, "claude", "tuned")


async def test_status_says_how_it_stands_and_no_secret(tmp_path: Path) -> None:
    """Configuration, profile, cards, counters; no key and no word of a conversation."""
    async with live(tmp_path, tuned=chat_error(500, "no"), tuned_card={"upstream": {"retries": 0}}) as gateway:
        await gateway.ask("a secret garden")
        await gateway.settled(2)
        got = await gateway.send("GET", "/hive/status")
        metrics = (await gateway.send("GET", "/metrics")).body.decode()
    status = got.json
    assert status["config"] == got.marks["config"]
    assert status["profile"]["effective"] == "finetuned"
    assert (status["chosen_by"], status["leases"]) == ("file", 0)
    assert (status["counters"]["requests"], status["counters"]["fallbacks"]) == (1, 1)
    assert {card["id"]: card["key"] for card in status["cards"]} == {"claude": "the client's", "tuned": "set"}
    assert 'hive_fallbacks_total{reason="api_error"} 1.0' in metrics
    for text in (got.body.decode(), metrics):
        assert not any(secret in text for secret in (KEY, TUNED_KEY, CLAUDE_KEY, "garden"))


async def test_a_lease_is_held_as_long_as_its_holder_lives(tmp_path: Path) -> None:
    """It is counted while it is held, beats, and is let go of at once when the connection ends."""
    async with live(tmp_path) as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.server.port)
        writer.write(gateway.post(b"").replace(b"POST /v1/messages", b"GET /hive/lease"))
        await reader.readuntil(b"held\n")
        assert gateway.parts.leases.held == 1
        async with asyncio.timeout(3 * BEAT):
            await reader.readuntil(b"1\r\n\n\r\n")
        writer.close()
        async with asyncio.timeout(1):
            while gateway.parts.leases.held:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_ids_of_answers_differ(tmp_path: Path) -> None:
    """Each answer has its own, and it is the ledger's."""
    async with live(tmp_path, tuned=chat_stream("x")) as gateway:
        ids = [(await gateway.ask()).message.id for _ in range(3)]
        assert ids == [f"msg_{row.request}" for row in await gateway.settled(3)]
    assert len(set(ids)) == 3
    assert json.dumps(ids)
