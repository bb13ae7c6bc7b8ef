"""Facts about the loopback recorder, asked by the official SDK: it must answer like the API."""

from __future__ import annotations

import socket

import anthropic
import httpx2
import pytest

from hive_integration.audit.session.recorder import recording


def client(base_url: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key="secret-key", base_url=base_url, max_retries=0)


def ask(base_url: str, words: str) -> anthropic.types.Message:
    with (
        client(base_url) as api,
        api.messages.stream(
            model="claude-x", max_tokens=8, messages=[{"role": "user", "content": words}],
            tools=[{"name": "t", "input_schema": {"type": "object"}}],
        ) as stream,
    ):  # fmt: skip
        return stream.get_final_message()


def test_the_official_sdk_accepts_the_stream() -> None:
    """A streamed answer accumulates to a whole message that ended its turn."""
    with recording(b"hello") as recorder:
        message = ask(recorder.base_url, "hello")
    assert (message.stop_reason, message.content[0].text) == ("end_turn", "ok")


def test_the_official_sdk_accepts_the_plain_answer_and_the_count() -> None:
    """Unstreamed messages and count_tokens are answered in the API's shapes."""
    with recording(b"x") as recorder, client(recorder.base_url) as api:
        message = api.messages.create(model="m", max_tokens=1, messages=[{"role": "user", "content": "hi"}])
        count = api.messages.count_tokens(model="m", messages=[{"role": "user", "content": "hi"}])
    assert message.stop_reason == "end_turn"
    assert count.input_tokens > 0


def test_the_first_wanted_body_is_kept_and_side_requests_are_not() -> None:
    """A body without the probe's words or without tools is not the first request."""
    with recording(b"wanted words") as recorder:
        httpx2.post(f"{recorder.base_url}/v1/messages", content=b'{"messages":[],"note":"wanted words"}')
        assert recorder.first() is None
        ask(recorder.base_url, "other words")
        assert not recorder.arrived.is_set()
        ask(recorder.base_url, "wanted words")
        assert recorder.arrived.is_set()
        assert b"wanted words" in (recorder.first() or b"")


def test_of_an_unknown_clients_requests_the_first_with_tools_counts() -> None:
    """An interactive session asks for its title before its first real request; a client without tools has only such."""
    with recording(None) as recorder:
        httpx2.post(f"{recorder.base_url}/v1/messages", content=b'{"messages":[],"tools":[]}')
        assert recorder.arrived.is_set()
        assert not recorder.declared.is_set()
        assert recorder.first() == b'{"messages":[],"tools":[]}'
        ask(recorder.base_url, "hello")
        assert recorder.declared.is_set()
        assert b"hello" in (recorder.first() or b"")


def test_no_header_is_kept() -> None:
    """The credential that a client sends is nowhere in the recorder."""
    with recording(b"hi") as recorder:
        ask(recorder.base_url, "hi")
        assert b"secret-key" not in (recorder.first() or b"")
        assert "secret-key" not in repr(vars(recorder))


@pytest.mark.parametrize("length", ["-1", "many", str(10**12)])
def test_an_absurd_length_is_refused(length: str) -> None:
    """No body is read that is longer than the limit, or of no length at all."""
    with recording(b"x") as recorder, socket.create_connection(("127.0.0.1", recorder.port), timeout=5) as wire:
        wire.sendall(f"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n".encode())
        assert wire.recv(100).startswith(b"HTTP/1.1 413")


def test_it_listens_on_loopback_only_and_ends_with_the_block() -> None:
    """After the block nothing listens any more."""
    with recording(b"x") as recorder:
        port = recorder.port
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
