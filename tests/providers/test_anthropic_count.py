"""Counting by the API: one call for all texts, one for the frame, and clear errors. Against a loopback server."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hive_integration.errors import HiveError
from hive_integration.providers.anthropic_count import AnthropicCounter
from hive_integration.tokens.openai import OpenAICounter

FRAME = 6
KEY = "sk-ant-secret"


class Api(ThreadingHTTPServer):
    """`POST /v1/messages/count_tokens`: a token a word and the frame; it remembers its requests."""

    daemon_threads = True

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.answer: bytes | None = None
        self.delay = 0.0
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def texts(self, call: int) -> list[str]:
        """The texts of one call."""
        return [block["text"] for block in self.bodies[call]["messages"][0]["content"]]


class _Handler(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.bodies.append(body | {"path": self.path})
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        time.sleep(self.server.delay)
        words = sum(len(block["text"].split()) for block in body["messages"][0]["content"])
        good = json.dumps({"input_tokens": words + FRAME}).encode()
        bad = b'{"type":"error","error":{"type":"some_error","message":"no"}}'
        answer = self.server.answer or (good if self.server.status == 200 else bad)
        self.send_response(self.server.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.send_header("retry-after", "0")
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    """The API, on loopback."""
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def counter_at(url: str, **more: Any) -> AnthropicCounter:
    return AnthropicCounter("claude-opus-5-5", KEY, OpenAICounter("o200k_base"), base_url=url, retries=0, **more)


def test_all_texts_take_one_call_and_the_frame_another(api: Api) -> None:
    """However many texts, there is one call for them all and one baseline, and the shares add up to the difference."""
    texts = [f"tool number {n} does this and that" for n in range(200)]
    counts = counter_at(api.url).count(texts)
    assert len(api.bodies) == 2
    assert sorted([api.texts(0), api.texts(1)], key=len) == [["x"], texts]
    assert sum(counts) == sum(len(text.split()) for text in texts)
    assert len(counts) == 200


def test_it_speaks_the_real_protocol(api: Api) -> None:
    """The call goes to count_tokens with the model, the version header and the key, and with nothing of tools."""
    counter_at(api.url).count(["two words"])
    body, headers = api.bodies[-1], api.headers[-1]
    assert body["path"] == "/v1/messages/count_tokens"
    assert body["model"] == "claude-opus-5-5"
    assert "tools" not in body
    assert headers["anthropic-version"]
    assert KEY in (headers.get("x-api-key", "") + headers.get("authorization", ""))


def test_what_was_counted_is_not_sent_again(api: Api) -> None:
    """Splitting a counted text asks nothing; a new text costs one call, as the frame is known."""
    counter = counter_at(api.url)
    counter.count(["one two three", "four five"])
    pieces = counter.split("one two three", [3, 7])
    assert sum(pieces) == counter.count(["one two three"])[0]
    assert len(api.bodies) == 2
    counter.count(["four five", "six"])
    assert len(api.bodies) == 3
    assert api.texts(2) == ["six"]


def test_blank_texts_are_not_sent(api: Api) -> None:
    """The API refuses blank blocks, so they are counted offline; only blanks, and there is no call at all."""
    assert counter_at(api.url).count(["", "  \n"]) == [0, 1]
    assert api.bodies == []
    assert counter_at(api.url).count(["", "one two"]) == [0, 2]


def test_lone_surrogates_can_be_sent(api: Api) -> None:
    """Half a surrogate pair is replaced before it is sent."""
    assert counter_at(api.url).count(["a \ud800 b"]) == [3]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "refused the key"),
        (404, "does not know the model 'claude-opus-5-5'"),
        (429, "rate limit"),
        (400, "failed with status 400"),
        (529, "failed with status 529"),
    ],
)
def test_a_refusal_is_one_line_with_a_hint(api: Api, status: int, message: str) -> None:
    """Each refusal says what is and what to do, without the key."""
    api.status = status
    with pytest.raises(HiveError, match=message) as caught:
        counter_at(api.url).count(["text"])
    assert caught.value.hint
    assert KEY not in str(caught.value) + caught.value.hint


def test_a_failed_call_leaves_no_count_behind(api: Api) -> None:
    """After a refusal the same text is asked again, not answered from the offline counter."""
    counter = counter_at(api.url)
    api.status = 429
    with pytest.raises(HiveError):
        counter.count(["one-two-three"])
    api.status = 200
    assert counter.count(["one-two-three"]) == [1]


def test_a_busy_api_is_asked_again(api: Api) -> None:
    """As often as `retries` says, and no more; a refusal that lasts is told at once."""
    counter = AnthropicCounter("claude-opus-5-5", KEY, OpenAICounter("o200k_base"), base_url=api.url, retries=2)
    for status, asked in ((529, 3), (429, 3), (401, 1)):
        api.status, api.bodies = status, []
        with pytest.raises(HiveError):
            counter.count(["text"])
        assert len(api.bodies) == asked


@pytest.mark.parametrize("key", ["sk-ant-secret\n", "sk-änt-secret", "sk\r\nx: y"])
def test_a_key_that_no_header_takes_is_refused(api: Api, key: str) -> None:
    """It is the key that is named as wrong, not the network, and it is not shown."""
    with pytest.raises(HiveError, match="refused the key") as caught:
        AnthropicCounter("claude-opus-5-5", key, OpenAICounter("o200k_base"), base_url=api.url).count(["text"])
    assert "ANTHROPIC_API_KEY" in caught.value.hint
    assert api.bodies == []


def test_a_slow_answer_is_given_up(api: Api) -> None:
    """An API that does not answer in time is an error, not a hang."""
    api.delay = 1.0
    with pytest.raises(HiveError, match=r"did not answer in 0\.1 s"):
        counter_at(api.url, timeout=0.1).count(["text"])


def test_a_dead_network_is_an_error() -> None:
    """Nothing listening is an error that names the address."""
    with pytest.raises(HiveError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        counter_at("http://127.0.0.1:9").count(["text"])


@pytest.mark.parametrize("answer", [b"<html>captive portal</html>", b"{}", b'{"input_tokens": "many"}', b"null"])
def test_rubbish_is_an_error(api: Api, answer: bytes) -> None:
    """An answer without a number of tokens is an error, never a count."""
    api.answer = answer
    with pytest.raises(HiveError, match="count_tokens"):
        counter_at(api.url).count(["text"])


def test_the_key_is_not_in_the_representation() -> None:
    """Printing the counter does not print the key."""
    assert KEY not in repr(counter_at("http://127.0.0.1:9"))


def test_it_says_how_it_counts() -> None:
    """Name and note tell the model and who shares the total out; it is as exact as that one."""
    counter = counter_at("http://127.0.0.1:9")
    assert counter.name == "anthropic-api:claude-opus-5-5"
    assert counter.note.endswith("shared out by o200k_base")
    assert counter.exact
