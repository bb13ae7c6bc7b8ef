"""Facts about reading the answers of Messages upstreams."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.wire.answer import Writer
from hive_integration.wire.events import (
    Event,
    Failure,
    Finish,
    Opaque,
    Seen,
    Signature,
    Text,
    Thinking,
    ToolPart,
    Usage,
)
from hive_integration.wire.messages_answer import MessagesStream, read_message
from hive_integration.wire.whole import whole_message
from tests.wire import upstreams as up
from tests.wire.upstreams import block, data, event, pieces, read, said, start, stop

START = start(input_tokens=9, output_tokens=1)
THINKING = block(0, {"type": "thinking", "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": "Hm"},
                 {"type": "thinking_delta", "thinking": "m."},
                 {"type": "signature_delta", "signature": "sig"})  # fmt: skip
TOOL = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {}}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
RESULT = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [{"type": "web_search_result"}]}


def json_delta(text: str) -> dict[str, str]:
    return {"type": "input_json_delta", "partial_json": text}


def answer(*parts: bytes) -> list[Event]:
    return read(MessagesStream(), [b"".join(parts)])


def test_an_answer_of_the_api_becomes_its_events() -> None:
    """Thinking with its signature, text, a call, counts and the reason."""
    events = answer(START, THINKING, event("ping"), said(1, "Hel", "lo"),
     block(2, TOOL, json_delta('{"a"'), json_delta(":1}")),
                    stop("tool_use", output_tokens=7))  # fmt: skip
    assert events[:3] == [Thinking("Hmm."), Signature("sig"), Text("Hello")]
    assert events[4] == ToolPart(0, '{"a":1}')
    assert events[-2:] == [Seen(Usage(9, 7)), Finish("tool_use")]


STREAMS: dict[str, tuple[list[bytes], list[tuple[str, Any]], str]] = {
    "text": ([START, said(0, "Hello"), stop()], [], "end_turn"),
    "text in the start": ([START, block(0, {"type": "text", "text": "Hello"}), stop()], [], "end_turn"),
    "no names of events": (
        [(START + said(0, "Hello") + stop()).replace(b"event: content_block_delta\n", b"").replace(b"event: message",
         b"x: ")],
        [], "end_turn",
    ),
    "no types": (
        [START, said(0, "Hello").replace(b'"type": "content_block_delta", ', b""), stop()], [], "end_turn",
    ),
    "two starts": ([START, START, said(0, "Hello"), stop()], [], "end_turn"),
    "no start": ([said(0, "Hello"), stop()], [], "end_turn"),
    "no block start": (
        [START, event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hello"}), stop()], [],
        "end_turn",
    ),
    "no block stop": (
        [START, event("content_block_start", index=0, content_block={"type": "text", "text": "Hello"}), stop()], [],
        "end_turn",
    ),
    "no index": (
        [START, data({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}}), stop()], [],
        "end_turn",
    ),
    "no message_stop": ([START, said(0, "Hello"), event("message_delta", delta={"stop_reason": "end_turn"})], [],
     "end_turn"),
    "[DONE] at the end": ([START, said(0, "Hello"), up.DONE], [], "end_turn"),
    "no reason": ([START, said(0, "Hello"), stop(None)], [], "end_turn"),
    "an unknown reason": ([START, said(0, "Hello"), stop("because")], [], "end_turn"),
    "the reason refusal": ([START, said(0, "Hello"), stop("refusal")], [], "refusal"),
    "a call": ([START, said(0, "Hello"), block(1, TOOL, json_delta("{}")), stop("tool_use")], [("Bash", {})],
     "tool_use"),
    "a call without deltas": ([START, said(0, "Hello"), block(1, TOOL), stop("tool_use")], [("Bash", {})], "tool_use"),
    "a call with its input in the start": (
        [START, said(0, "Hello"), block(1, {**TOOL, "input": {"a": 1}}), stop("tool_use")], [("Bash", {"a": 1})],
        "tool_use",
    ),
    "a call with its input twice": (
        [START, said(0, "Hello"), block(1, {**TOOL, "input": {"a": 1}}, json_delta('{"a": 1}')), stop("tool_use")],
        [("Bash", {"a": 1})], "tool_use",
    ),
    "a call and the wrong reason": ([START, said(0, "Hello"), block(1, TOOL), stop("end_turn")], [("Bash", {})],
     "tool_use"),
    "calls at once": (
        [START, said(0, "Hello"), event("content_block_start", index=1, content_block=TOOL),
         event("content_block_start", index=2, content_block={**TOOL, "id": "t2", "name": "Read"}),
         event("content_block_delta", index=1, delta=json_delta('{"a":')),
         event("content_block_delta", index=2, delta=json_delta('{"b":2}')),
         event("content_block_delta", index=1, delta=json_delta("1}")), stop("tool_use")],
        [("Bash", {"a": 1}), ("Read", {"b": 2})], "tool_use",
    ),
    "text for the index of a call": (
        [START, event("content_block_start", index=0, content_block=TOOL),
         event("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hello"}), stop("tool_use")],
        [("Bash", {})], "tool_use",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_any_order_is_taken_for_what_it_can_mean(name: str) -> None:
    """The text and the calls arrive, and the client is told to run them."""
    parts, calls, reason = STREAMS[name]
    message = up.message(MessagesStream, b"".join(parts))
    assert (message.text, message.calls, message.stop_reason) == ("Hello", calls, reason)


def test_blocks_of_other_kinds_pass_on_whole() -> None:
    """Server tools with their input put together, hidden thinking, citations, kinds that do not exist yet."""
    cited = block(3, {"type": "text", "text": "", "citations": []},
     {"type": "citations_delta", "citation": {"cited_text": "x"}},
                  {"type": "text_delta", "text": "So."})  # fmt: skip
    raw = [START, block(0, {"type": "redacted_thinking", "data": "abc"}),
     block(1, SEARCH, json_delta('{"query"'), json_delta(': "x"}')),
           block(2, RESULT), cited, block(4, {"type": "brand_new", "x": [1]}), said(5, "End."),
           stop("pause_turn")]  # fmt: skip
    events = answer(*raw)
    assert events[:6] == [
        Opaque({"type": "redacted_thinking", "data": "abc"}), Opaque({**SEARCH, "input": {"query": "x"}}),
        Opaque(RESULT),
        Opaque({"type": "text", "text": "So.", "citations": [{"cited_text": "x"}]}),
        Opaque({"type": "brand_new", "x": [1]}),
        Text("End."),
    ]  # fmt: skip
    assert up.written(events).stop_reason == "pause_turn"


FAILURES: dict[str, tuple[list[bytes], str, str]] = {
    "an error event": (
        [event("error", error={"type": "overloaded_error", "message": "Overloaded"})], "overloaded_error", "Overloaded",
    ),
    "an error of another form": ([data({"error": {"message": "Boom", "code": 429}})], "rate_limit_error", "Boom"),
    "an error event of text": ([b"event: error\ndata: it broke\n\n"], "api_error", "it broke"),
    "not JSON": ([b"data: {oops\n\n"], "api_error", "{oops"),
    "cut": ([b""], "api_error", "cut before"),
    "cut in an event": ([stop()[:50]], "api_error", "cut before"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_an_answer_that_breaks_off_says_why(name: str) -> None:
    """What had come before is passed on; then one failure."""
    parts, kind, words = FAILURES[name]
    events = answer(START, said(0, "Hello"), *parts)
    assert events[0] == Text("Hello")
    last = events[-1]
    assert isinstance(last, Failure)
    assert last.kind == kind
    assert words in last.message


BODIES: dict[str, tuple[bytes, str]] = {
    "a page": (b"<html>502 Bad Gateway", "502 Bad Gateway"),
    "an error": (b'{"type": "error", "error": {"type": "api_error", "message": "No"}}', "No"),
    "another protocol": (b'{"choices": []}', "holds no content"),
    "no object": (b"[1]", "holds no content"),
    "nothing": (b"", "cut before"),
    "comments": (b": wait\n\n", "cut before"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_answer_fails_with_its_own_words(name: str) -> None:
    """Whether a stream or a body was expected."""
    body, words = BODIES[name]
    for last in (answer(body)[-1], read_message(body)[-1]):
        assert isinstance(last, Failure)
        assert words in last.message or not body


def test_a_body_says_the_same_as_its_stream() -> None:
    """Also where one came instead of the other."""
    content = [{"type": "thinking", "thinking": "Hmm.", "signature": "sig"}, {"type": "text", "text": "Hello"},
               {**TOOL, "input": {"a": 1}}, RESULT]  # fmt: skip
    body = {"type": "message", "role": "assistant", "model": "m", "content": content, "stop_reason": "tool_use",
            "usage": {"input_tokens": 9, "output_tokens": 7}}  # fmt: skip
    raw = json.dumps(body, indent=1).encode()
    stream = [
        START,
        THINKING,
        said(1, "Hello"),
        block(2, TOOL, json_delta('{"a":1}')),
        block(3, RESULT),
        stop("tool_use", output_tokens=7),
    ]
    made = [whole_message(events, id="m", model="m") for events in
            (read_message(raw), answer(raw), answer(*stream), read_message(b"".join(stream)))]  # fmt: skip
    assert made.count(made[0]) == 4
    assert json.loads(made[0])["content"] == content


def test_what_has_no_place_is_named() -> None:
    """Nothing disappears unseen."""
    stream = MessagesStream()
    raw = [
        START,
        event("brand_new"),
        data([1]),
        event("content_block_delta", index=0, delta={"type": "x_delta"}),
        stop("because"),
    ]
    read(stream, raw)
    assert stream.ignored == {"event brand_new", "an event that is list", "delta x_delta", "stop_reason because"}
    assert stream.model == "m"


def test_counts_are_cumulative_and_odd_ones_count_for_nothing() -> None:
    """The greatest of each; cache reads and writes apart."""
    events = answer(start(input_tokens=9, output_tokens=1, cache_read_input_tokens=5), said(0, "a"),
                    stop(output_tokens=7, input_tokens=0, cache_creation_input_tokens=-3))  # fmt: skip
    assert events[-2] == Seen(Usage(9, 7, 5))


LONG = b"".join([START, THINKING, said(1, *(f" wörd{n} 😀\n" for n in range(80))),
 block(2, TOOL, *map(json_delta, '{"a": "é"}')),
                 said(3, *(f" x{n}" for n in range(80))), stop("tool_use", output_tokens=7)])  # fmt: skip


@given(ends=st.sampled_from([b"\n", b"\r\n", b"\r"]), draw=st.data())
@settings(max_examples=200, deadline=None)
def test_a_split_at_any_byte_changes_nothing(ends: bytes, draw: st.DataObject) -> None:
    """What the client reads does not depend on how the bytes came."""
    stream = LONG.replace(b"\n", ends)
    cuts = draw.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    assert up.written(read(MessagesStream(), pieces(stream, *cuts))) == up.message(MessagesStream, LONG)


def test_a_byte_at_a_time_is_the_same_answer() -> None:
    """The smallest reads that there are."""
    assert up.written(read(MessagesStream(), pieces(LONG, *range(len(LONG))))) == up.message(MessagesStream, LONG)


def test_what_arrives_together_leaves_together() -> None:
    """A run of text is one event, and the arguments of a call are one."""
    events = answer(LONG)
    assert sum(isinstance(each, Text) for each in events) == 2
    assert sum(isinstance(each, ToolPart) for each in events) == 1


def test_many_open_blocks_cost_time_in_proportion() -> None:
    """Ten thousand blocks that never end."""
    begun = [
        event("content_block_start", index=at, content_block={"type": "text", "text": "a"}) for at in range(10_000)
    ]
    began = time.perf_counter()
    answer(START, *begun, stop())
    assert time.perf_counter() - began < 5


def test_what_is_nested_too_deeply_ends_the_answer_or_is_named() -> None:
    """Readers and writers have limits of depth, not quite the same ones; none of them is a crash."""
    for depth in (*range(900, 1010), 5_000, 9_990, 50_000):
        deep = b"[" * depth + b"]" * depth
        for kind in ("tool_use", "brand_new"):
            body = b'{"content": [{"type": "%b", "input": {"a": %b}}]}' % (kind.encode(), deep)
            writer = Writer("msg_1", "m")
            assert writer.write(read_message(body)).endswith((b'"message_stop"}\n\n', b"}}\n\n"))
            assert writer.closed
            assert whole_message(read_message(body), id="m", model="m")
