"""Fifty thousand upstream streams that were broken at random: the client always gets a legal stream that ends.

`HIVE_FUZZ_STREAMS=1000000` reads that many instead; `HIVE_FUZZ_SEED=7` draws others. A failure names its input's seed.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from random import Random

import pytest

from hive_integration.wire import runs
from hive_integration.wire.answer import Writer
from hive_integration.wire.chat.answer import ChatStream, read_chat
from hive_integration.wire.events import Event, Failure, Finish
from hive_integration.wire.messages_answer import MessagesStream, read_message
from hive_integration.wire.sniffer import UsageSniffer
from hive_integration.wire.whole import whole_message
from tests.hostile import mutate, streams
from tests.wire.legal import Message, assert_legal, assert_sdk_agrees
from tests.wire.upstreams import Reader, read

TOTAL = int(os.environ.get("HIVE_FUZZ_STREAMS", "50000"))
SEED = os.environ.get("HIVE_FUZZ_SEED", "1")
SECONDS = 2
"""The longest that one stream may take."""

pytestmark = pytest.mark.timeout(300 + TOTAL // 200)


@pytest.fixture(autouse=True)
def _runs_in_small_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take runs of text together in streams of the size that can be read fifty thousand times."""
    monkeypatch.setattr(runs, "WORTH", 600)


def fuzz(kind: str, share: float, attempt: Callable[[Random], bool]) -> float:
    """Make the attempts, each with a `Random` of its own; returns the part for which `attempt` could check more."""
    told, number = 0, round(TOTAL * share)
    for each in range(number):
        seed, begin = f"{SEED}-{kind}-{each}", time.monotonic()
        try:
            told += attempt(Random(seed))
        except Exception as error:
            raise AssertionError(f"the input of Random({seed!r}) is not survived: {error!r}") from error
        assert time.monotonic() - begin < SECONDS, seed
    return told / number


def client_reads(events: list[Event], rng: Random) -> Message:
    """What a client reads of these events, written together or one by one; the body of the same says the same."""
    writer = Writer("msg_1", "m")
    raw = writer.begin()
    if rng.random() < 0.5:
        raw += writer.write(events)
    else:
        raw += b"".join(writer.write([event]) for event in events)
    assert writer.closed
    message = assert_legal(raw, broken_calls=True)
    body = json.loads(whole_message(events, id="msg_1", model="m"))
    if isinstance(events[-1], Failure):
        assert body["type"] == "error"
        assert message.error == body["error"]
    elif all(block["input"] is not None for block in message.blocks if block["type"] == "tool_use"):
        assert [block["type"] for block in body["content"]] == message.kinds
        assert body["stop_reason"] == message.stop_reason
        if rng.random() < 0.01 and set(message.kinds) <= {"text", "thinking", "tool_use"}:
            assert_sdk_agrees(raw)
    return message


def same_however_cut(new: Callable[[], Reader], raw: bytes, rng: Random) -> tuple[Message, bool]:
    """What a client reads of a stream, which does not depend on how it came, and whether it came to its end."""
    events = read(new(), [raw])
    message = client_reads(events, rng)
    assert client_reads(read(new(), streams.pieces(raw, rng)), rng) == message
    return message, isinstance(events[-1], Finish)


def _bare(text: str) -> str:
    return "".join(text.split())


def _chat(rng: Random) -> bool:
    raw = streams.broken(rng.choice(streams.CHAT), rng)
    text_calls = rng.random() < 0.2
    message, complete = same_however_cut(lambda: ChatStream(text_calls=text_calls), raw, rng)
    content = streams.chat_content(raw) if complete and not text_calls else None
    if content is None:
        return False
    text, thinking, arguments = content
    assert _bare(message.text) == _bare(text)
    assert "".join(block["thinking"] for block in message.blocks if block["type"] == "thinking") == thinking
    assert sorted("".join(block.get("json", "") for block in message.blocks)) == sorted(arguments)
    return True


def _messages(rng: Random) -> bool:
    raw = streams.broken(rng.choice(streams.MESSAGES), rng)
    message, complete = same_however_cut(MessagesStream, raw, rng)
    sniffer = UsageSniffer(stream=True)
    for piece in streams.pieces(raw, rng):
        sniffer.feed(piece)
    assert sniffer.usage.input is None or sniffer.usage.input >= 0
    text = streams.messages_content(raw) if complete else None
    if text is None:
        return False
    assert sorted(_bare(message.text)) == sorted(_bare(text))
    return True


COMPLETION = {
    "id": "x", "object": "chat.completion", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
        "role": "assistant", "content": "I look.", "reasoning_content": "Hmm.", "refusal": None, "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "A", "arguments": '{"x": 1}'}},
            {"id": "b", "type": "function", "function": {"name": "A", "arguments": "{}"}}]}}],
    "usage": {"prompt_tokens": 812, "completion_tokens": 31, "prompt_tokens_details": {"cached_tokens": 5}},
}  # fmt: skip
MESSAGE = {
    "id": "msg_u", "type": "message", "role": "assistant", "model": "m", "content": [
        {"type": "thinking", "thinking": "Hmm.", "signature": "s"},
        {"type": "text", "text": "I look.", "citations": None},
        {"type": "tool_use", "id": "t", "name": "A", "input": {"x": [1]}},
        {"type": "redacted_thinking", "data": "abc"}],
    "stop_reason": "tool_use", "stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 6},
}  # fmt: skip


def _body(rng: Random) -> bool:
    chat = rng.random() < 0.5
    raw = json.dumps(mutate.value_of(COMPLETION if chat else MESSAGE, rng)).encode()
    if rng.random() < 0.2:
        raw = mutate.bytes_of(raw, rng)
    events = read_chat(raw, text_calls=rng.random() < 0.2) if chat else read_message(raw)
    assert isinstance(events[-1], Finish | Failure)
    client_reads(events, rng)
    return isinstance(events[-1], Finish)


def test_broken_chat_streams_become_legal_streams_with_the_same_content() -> None:
    """Legal, ended, the same however cut; and where what came can be read plainly, not a character is lost or added."""
    assert fuzz("chat", 0.5, _chat) > 0.25


def test_broken_messages_streams_become_legal_streams_with_the_same_content() -> None:
    """The same for upstreams that speak the Messages API."""
    assert fuzz("messages", 0.4, _messages) > 0.25


def test_broken_bodies_become_legal_answers() -> None:
    """The same for answers that are not streamed."""
    assert fuzz("body", 0.1, _body) > 0.25
