"""The scripted upstream answers as told, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import time

import httpx2
import pytest

from hive_integration.errors import HiveError
from hive_integration.providers.fake import (
    DROPPED,
    SILENT,
    Answer,
    Upstream,
    chat_stream,
    reply,
    running,
    stream,
    whole,
)

CHAT = "/v1/chat/completions"
ASKED = {"model": "m", "messages": [{"role": "user", "content": "x"}]}


def post(upstream: Upstream, path: str = CHAT, body: object = ASKED, **more: object) -> httpx2.Response:
    return httpx2.post(upstream.base_url + path, json=body, timeout=5, **more)


def test_it_keeps_exact_bytes_and_headers() -> None:
    """Every request is recorded as it came, and the answer says who speaks."""
    body = b'{"model" : "m","messages":[]}'
    with running(whole({})) as upstream:
        answer = httpx2.post(f"{upstream.base_url}/p{CHAT}?a=1", content=body, headers={"X-One": "é".encode()})
    (request,) = upstream.requests
    assert (request.method, request.target, request.body) == ("POST", f"/p{CHAT}?a=1", body)
    assert request.header("x-one").encode("utf-8", "surrogateescape") == "é".encode()
    assert answer.headers["server"] == "hive-ctx-fake-upstream"


def test_answers_come_in_turn_and_the_last_stays() -> None:
    """A sequence is gone through once."""
    with running([whole({}, 500), whole({}, 201)]) as upstream:
        assert [post(upstream).status_code for _ in range(3)] == [500, 201, 201]


def test_a_function_answers_by_what_was_asked() -> None:
    """`reply` speaks the protocol of the request, streamed or not."""
    with running(lambda request: reply(request, "hi")) as upstream:
        assert post(upstream).json()["choices"][0]["message"]["content"] == "hi"
        assert post(upstream, body={**ASKED, "stream": True}).text.endswith("data: [DONE]\n\n")
        assert post(upstream, "/v1/messages").json()["content"] == [{"type": "text", "text": "hi"}]
        assert "message_stop" in post(upstream, "/v1/messages", {**ASKED, "stream": True}).text


def test_pauses_are_kept() -> None:
    """A piece arrives before the pause after it is over."""
    with running(stream(b"a", 0.3, b"b")) as upstream, httpx2.stream("POST", upstream.base_url + CHAT) as answer:
        begun = time.monotonic()
        pieces = answer.iter_raw()
        assert next(pieces) == b"a"
        assert time.monotonic() - begun < 0.25
        assert next(pieces) == b"b"
        assert time.monotonic() - begun > 0.25


@pytest.mark.parametrize("answer", [DROPPED, chat_stream("hello").cut(60), whole({"a": 1}).cut(3)])
def test_a_cut_connection_is_an_error_for_the_client(answer: Answer) -> None:
    """Before the head, in a stream, in a body."""
    with running(answer) as upstream, pytest.raises(httpx2.RemoteProtocolError):
        post(upstream)


@pytest.mark.parametrize("answer", [SILENT, chat_stream("hello").hang(60), Answer(ends="hang")])
def test_a_silent_upstream_ends_with_its_client(answer: Answer) -> None:
    """It never answers, notices that the client has gone, and does not hold up the end of the block."""
    begun = time.monotonic()
    with running(answer) as upstream:
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.post(upstream.base_url + CHAT, json=ASKED, timeout=0.2)
        deadline = time.monotonic() + 2
        while not upstream.abandoned and time.monotonic() < deadline:
            time.sleep(0.01)
        assert upstream.abandoned == 1
    assert time.monotonic() - begun < 3


def test_strict_refuses_in_the_apis_own_form() -> None:
    """A refusal is 400, in each API's error form, and is kept apart."""
    with running(reply, strict=True) as upstream:
        chat = post(upstream, body={**ASKED, "top_k": 3})
        messages = post(upstream, "/v1/messages", {"messages": []})
    assert (chat.status_code, chat.json()["error"]["type"]) == (400, "invalid_request_error")
    assert (messages.status_code, messages.json()["type"]) == (400, "error")
    assert next(why for _, why in upstream.refused) == "unrecognized request argument: top_k"


def test_counting_needs_no_script() -> None:
    """`count_tokens` has its own answer; models and the root do, too; other paths are not found."""
    with running(whole({})) as upstream:
        assert post(upstream, "/v1/messages/count_tokens").json()["input_tokens"] > 5
        assert httpx2.get(f"{upstream.base_url}/v1/models").json()["data"]
        assert httpx2.head(upstream.base_url).status_code == 200
        assert post(upstream, "/v1/else").status_code == 404


def test_a_large_body_arrives_whole() -> None:
    """There is no limit on what it takes."""
    with running(whole({})) as upstream:
        assert httpx2.post(upstream.base_url + CHAT, content=b"x" * 9_000_000).status_code == 200
    assert len(upstream.requests[0].body) == 9_000_000


def test_it_is_an_async_context_manager_too() -> None:
    """The same without a thread."""

    async def ask() -> int:
        async with Upstream(whole({}, 202)) as upstream, httpx2.AsyncClient() as client:
            return (await client.post(upstream.base_url + CHAT)).status_code

    assert asyncio.run(ask()) == 202


def test_a_taken_port_is_named() -> None:
    """Two upstreams cannot share a port, and the error says which."""
    with (
        running(whole({})) as first,
        pytest.raises(HiveError, match=str(first.port)),
        running(whole({}), port=first.port),
    ):
        pass  # pragma: no cover
