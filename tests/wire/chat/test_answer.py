"""Facts about reading the answers of Chat Completions upstreams."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.wire.chat.answer import ChatStream, read_chat
from hive_integration.wire.events import Event, Failure, Finish, Seen, Signature, Text, Thinking, ToolPart, Usage
from hive_integration.wire.whole import whole_message
from tests.wire import upstreams as up
from tests.wire.upstreams import DONE, call, calls, chunk, data, read, text, usage

HELLO = [text("Hel"), text("lo")]
BASH = call(0, "", id="call_1", name="Bash")


def answer(*parts: bytes) -> list[Event]:
    return read(ChatStream(), [b"".join(parts)])


def failure(*parts: bytes) -> Failure:
    last = answer(*parts)[-1]
    assert isinstance(last, Failure), last
    return last


ENDS: dict[str, tuple[list[bytes], str, tuple[int | None, int | None]]] = {
    "usage in its own chunk": ([*HELLO, chunk({}, "stop"), usage(), DONE], "end_turn", (812, 31)),
    "usage before the finish reason": ([*HELLO, usage(), chunk({}, "stop"), DONE], "end_turn", (812, 31)),
    "usage in the last chunk": (
        [*HELLO, chunk({}, "stop", usage={"prompt_tokens": 5, "completion_tokens": 2}), DONE], "end_turn", (5, 2),
    ),
    "usage in every chunk": (
        [text("Hel", usage={"prompt_tokens": 5, "completion_tokens": 1}),
         text("lo", usage={"prompt_tokens": 5, "completion_tokens": 2}), chunk({}, "stop"), DONE], "end_turn", (5, 2),
    ),
    "usage in the choice": (
        [*HELLO, data({"choices": [{"delta": {}, "finish_reason": "stop", "usage": {"prompt_tokens": 7}}]}), DONE],
        "end_turn", (7, None),
    ),
    "zeros after the counts": (
        [*HELLO, usage(), chunk({}, "stop", usage={"prompt_tokens": 0, "completion_tokens": 0}), DONE],
        "end_turn", (812, 31),
    ),
    "no usage": ([*HELLO, chunk({}, "stop"), DONE], "end_turn", (None, None)),
    "no finish reason": ([*HELLO, DONE], "end_turn", (None, None)),
    "no [DONE]": ([*HELLO, chunk({}, "stop")], "end_turn", (None, None)),
    "the last event is cut": ([*HELLO, chunk({}, "stop"), usage()[:40]], "end_turn", (None, None)),
    "no last blank line": ([*HELLO, chunk({}, "stop"), DONE[:-2]], "end_turn", (None, None)),
    "text after the finish reason": ([text("Hel"), chunk({}, "stop"), text("lo"), usage(), DONE], "end_turn",
     (812, 31)),
    "text beside the finish reason": ([text("Hel"), chunk({"content": "lo"}, "stop"), DONE], "end_turn", (None, None)),
    "the finish reason in every chunk": (
        [chunk({"content": "Hel"}, "stop"), chunk({"content": "lo"}, "length"), DONE], "max_tokens", (None, None),
    ),
    "length": ([*HELLO, chunk({}, "length"), DONE], "max_tokens", (None, None)),
    "content_filter": ([*HELLO, chunk({}, "content_filter"), DONE], "refusal", (None, None)),
    "tool_calls without a call": ([*HELLO, chunk({}, "tool_calls"), DONE], "end_turn", (None, None)),
    "an unknown reason": ([*HELLO, chunk({}, "because"), DONE], "end_turn", (None, None)),
    "vLLM's stop sequence": (
        [*HELLO, data({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "stop_reason": "###"}]}), DONE],
        "stop_sequence", (None, None),
    ),
    "absurd counts": (
        [*HELLO, chunk({}, "stop", usage={"prompt_tokens": -5, "completion_tokens": "many"}), DONE],
        "end_turn", (None, None),
    ),
    "an integer as a float": ([*HELLO, chunk({}, "stop", usage={"prompt_tokens": 5.0}), DONE], "end_turn", (5, None)),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
def test_an_answer_ends_in_whatever_order_its_last_parts_come(name: str) -> None:
    """The text is whole, the stop reason and the counts are right, and nothing waits for more."""
    parts, reason, (prompt, completion) = ENDS[name]
    message = up.message(ChatStream, b"".join(parts))
    assert (message.text, message.stop_reason) == ("Hello", reason)
    assert (message.usage["input_tokens"], message.usage["output_tokens"]) == (prompt or 0, completion or 0)


CALLS: dict[str, tuple[list[bytes], list[tuple[str, Any]]]] = {
    "in one piece": ([calls(call(0, '{"a": 1}', id="c", name="Bash"))], [("Bash", {"a": 1})]),
    "a byte at a time": ([calls(BASH), *(calls(call(0, each)) for each in '{"a": "é"}')], [("Bash", {"a": "é"})]),
    "no arguments": ([calls(BASH)], [("Bash", {})]),
    "null arguments": ([calls({**BASH, "function": {"name": "Bash", "arguments": None}})], [("Bash", {})]),
    "an object instead of text": ([calls(call(0, {"a": [1]}, id="c", name="Bash"))], [("Bash", {"a": [1]})]),
    "interleaved": (
        [calls(call(0, "", id="a", name="A"), call(1, "", id="b", name="B")), calls(call(0, '{"x":')),
         calls(call(1, '{"y":')), calls(call(1, "2}"), call(0, "1}"))], [("A", {"x": 1}), ("B", {"y": 2})],
    ),
    "one index for all": (
        [calls(call(0, '{"x":1}', id="a", name="A")), calls(call(0, '{"y":2}', id="b", name="B"))],
        [("A", {"x": 1}), ("B", {"y": 2})],
    ),
    "one index for all, in pieces": (
        [calls(call(0, "", id="a", name="A")), calls(call(0, '{"x":')), calls(call(0, "1}")),
         calls(call(0, "", id="b", name="A")), calls(call(0, '{"x":')), calls(call(0, "2}"))],
        [("A", {"x": 1}), ("A", {"x": 2})],
    ),
    "one index, no ids, other names": (
        [calls(call(0, "{}", name="A")), calls(call(0, "{}", name="B"))], [("A", {}), ("B", {})],
    ),
    "one index, no ids, one name": (
        [calls(call(0, '{"x":1}', name="A")), calls(call(0, '{"x":2}', name="A"))], [("A", {"x": 1}), ("A", {"x": 2})],
    ),
    "no index": (
        [calls(call(None, '{"x":1}', id="a", name="A")), calls(call(None, '{"y":2}', id="b", name="B"))],
        [("A", {"x": 1}), ("B", {"y": 2})],
    ),
    "no index, in one chunk": (
        [calls(call(None, '{"x":1}', name="A"), call(None, '{"x":2}', name="A"))], [("A", {"x": 1}), ("A", {"x": 2})],
    ),
    "no index, in pieces": ([calls(call(None, '{"x"', id="a", name="A")), calls(call(None, ":1}"))], [("A", {"x": 1})]),
    "the index is null": ([calls({**call(0, "{}", id="a", name="A"), "index": None})], [("A", {})]),
    "empty ids": (
        [calls(call(0, "{", id="", name="A")), calls(call(0, "}", id="")), calls(call(1, "{}", id="", name="B"))],
        [("A", {}), ("B", {})],
    ),
    "one id for all": (
        [calls(call(0, "{}", id="x", name="A")), calls(call(1, "{}", id="x", name="B"))], [("A", {}), ("B", {})],
    ),
    "id and name in every chunk": (
        [calls(call(0, each, id="x", name="A")) for each in ("", '{"x"', ": 1", "}")], [("A", {"x": 1})],
    ),
    "another id in every chunk": (
        [calls(call(0, each, id=f"x{at}", name="A" if at == 0 else None)) for at,
         each in enumerate(("", '{"x"', ":1}"))],
        [("A", {"x": 1})],
    ),
    "another id and the name in every chunk": (
        [calls(call(0, each, id=f"x{at}", name="A")) for at, each in enumerate(('{"x"', ":", "1}"))], [("A", {"x": 1})],
    ),
    "an empty name later": (
        [calls(call(0, "{", id="x", name="A")), calls(call(0, "}", id="x", name=""))], [("A", {})],
    ),
    "a split name": (
        [calls(call(0, id="x", name="mcp__a")), calls(call(0, name="__b")), calls(call(0, "{}"))], [("mcp__a__b", {})],
    ),
    "the name after the arguments": ([calls(call(0, "{}", id="x")), calls(call(0, name="A"))], [("A", {})]),
    "a call without a name": ([calls(call(0, '{"x":1}', id="x"))], [("", {"x": 1})]),
    "function_call": (
        [chunk({"function_call": {"name": "A", "arguments": ""}}), chunk({"function_call": {"arguments": '{"x":1}'}})],
        [("A", {"x": 1})],
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", ["tool_calls", "stop", "function_call", None])
@pytest.mark.parametrize("name", CALLS)
def test_tool_calls_are_told_apart_whatever_their_index_id_and_name_are(name: str, reason: str | None) -> None:
    """Each call arrives once, with its name and its arguments, and the client is told to run it."""
    parts, expected = CALLS[name]
    message = up.message(ChatStream, b"".join([text("I look."), *parts, chunk({}, reason), usage(), DONE]))
    assert message.calls == expected
    assert message.stop_reason == "tool_use"
    assert message.kinds == ["text"] + ["tool_use"] * len(expected)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_becomes_thinking_that_ends_where_something_else_begins(field: str) -> None:
    """The thinking block is closed with an empty signature before text, before a call, and at the end."""
    both = answer(chunk({field: "Hm"}), chunk({field: "m.", "content": ""}), text("Yes."), chunk({}, "stop"), DONE)
    assert both == [Thinking("Hmm."), Signature(""), Text("Yes."), Finish("end_turn")]
    only = answer(chunk({field: "Hmm."}), chunk({}, "stop"), DONE)
    assert only == [Thinking("Hmm."), Signature(""), Finish("end_turn")]
    tool = answer(chunk({field: "Hmm."}), calls(call(0, "{}", name="A")), DONE)
    assert tool[:2] == [Thinking("Hmm."), Signature("")]


def test_reasoning_under_both_names_counts_once() -> None:
    """vLLM sends the same text as `reasoning` and as `reasoning_content`."""
    assert answer(chunk({"reasoning": "a", "reasoning_content": "a"}), DONE)[0] == Thinking("a")


def test_content_may_be_a_list_of_parts() -> None:
    """Text parts are text, thinking parts are thinking, and what cannot be meant is named."""
    stream = ChatStream()
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "Yes."}, "!",
        {"type": "image_url", "image_url": {"url": "data:…"}},
    ]  # fmt: skip
    events = read(stream, [text(parts), DONE])
    assert events == [Thinking("Hm."), Signature(""), Text("Yes.!"), Finish("end_turn")]
    assert stream.ignored == {"content: image_url"}


def test_a_refusal_is_text_that_ends_in_refusal() -> None:
    """The words of the refusal are shown, and the client is told that it is one."""
    assert answer(chunk({"refusal": "I will"}), chunk({"refusal": " not."}, "stop"), DONE) == [
        Text("I will not."), Finish("refusal"),
    ]  # fmt: skip


def test_choices_after_the_first_are_ignored_by_name() -> None:
    """A second answer is not mixed into the first."""
    stream = ChatStream()
    other = data({"choices": [{"index": 1, "delta": {"content": "other"}, "finish_reason": "length"}]})
    assert read(stream, [text("one"), other, chunk({}, "stop"), DONE]) == [Text("one"), Finish("end_turn")]
    assert stream.ignored == {"choices after the first"}


def test_cached_tokens_are_counted_apart() -> None:
    """`input` excludes what came from the cache; more cached than sent is absurd and capped."""
    cached = {"prompt_tokens_details": {"cached_tokens": 800}}
    assert answer(*HELLO, usage(812, 31, **cached), DONE)[-2] == Seen(Usage(12, 31, 800))
    assert answer(*HELLO, usage(812, 31, prompt_cache_hit_tokens=12), DONE)[-2] == Seen(Usage(800, 31, 12))
    assert answer(*HELLO, usage(10, 1, **cached), DONE)[-2] == Seen(Usage(0, 1, 10))


FAILURES: dict[str, tuple[list[bytes], str, str]] = {
    "an error in the data": ([data({"error": {"message": "Boom", "type": "server_error"}})], "api_error", "Boom"),
    "an error event": ([data({"message": "Busy", "code": 503}, "error")], "overloaded_error", "Busy"),
    "an error event of text": ([b"event: error\ndata: it broke\n\n"], "api_error", "it broke"),
    "an error beside a choice": (
        [chunk({"content": ""}, "error", error={"code": 429, "message": "Slow down"})], "rate_limit_error", "Slow down",
    ),
    "the finish reason error": ([chunk({}, "error"), DONE], "api_error", "'error'"),
    "DeepSeek out of resources": (
        [chunk({}, "insufficient_system_resource"), DONE], "overloaded_error", "insufficient_system_resource",
    ),
    "not JSON": ([b"data: {oops\n\n"], "api_error", "{oops"),
    "not an object": ([b"data: [1]\n\n"], "api_error", "not an object"),
    "cut": ([b""], "api_error", "cut before"),
    "cut in an event": ([text("more")[:30]], "api_error", "cut before"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_an_answer_that_breaks_off_says_why(name: str) -> None:
    """What had come before is passed on; then one failure in the API's words."""
    parts, kind, words = FAILURES[name]
    events = answer(*HELLO, *parts, b"" if "cut" in name else DONE)
    last = events[-1]
    assert isinstance(last, Failure)
    assert events[:-1] == [Text("Hello")]
    assert last.kind == kind
    assert words in last.message


def test_a_null_error_is_none() -> None:
    """Some servers send `"error": null` with every chunk."""
    assert answer(text("Hello", error=None), DONE)[-1] == Finish("end_turn")


BODIES: dict[str, tuple[bytes, str]] = {
    "a page": (b"<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>", "502 Bad Gateway"),
    "plain text": (b"upstream connect error", "upstream connect error"),
    "an error": (b'{"error": {"message": "No such model"}}', "No such model"),
    "nothing": (b"", "cut before"),
    "comments": (b": wait\n\n: wait\n\n", "cut before"),
    "no choices": (b'{"object": "chat.completion", "choices": []}', "no choices"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_answer_fails_with_its_own_words(name: str) -> None:
    """Status 200 does not make an answer of a page, whether a stream or a body was expected."""
    body, words = BODIES[name]
    assert words in failure(body).message
    last = read_chat(body)[-1]
    assert isinstance(last, Failure)
    assert words in last.message or not body


def test_a_completion_instead_of_a_stream_is_read_and_so_is_the_reverse() -> None:
    """Some upstreams ignore `stream`."""
    body = json.dumps({"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}, indent=1).encode()
    assert answer(body) == read_chat(body) == [Text("Hello"), Finish("end_turn")]
    assert read_chat(b"".join([*HELLO, DONE])) == [Text("Hello"), Finish("end_turn")]


def test_a_whole_completion_says_the_same_as_its_stream() -> None:
    """Text, reasoning, calls, usage and reason of a body are those of the stream."""
    message = {
        "content": "Hello", "reasoning_content": "Hm.", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "A", "arguments": '{"x":1}'}},
            {"id": "b", "type": "function", "function": {"name": "A", "arguments": '{"x":2}'}},
        ],
    }  # fmt: skip
    completion = {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
                  "usage": {"prompt_tokens": 812, "completion_tokens": 31}}  # fmt: skip
    stream = [chunk({"reasoning_content": "Hm."}), *HELLO, calls(call(0, '{"x":1}', id="a", name="A")),
              calls(call(1, '{"x":2}', id="b", name="A")), chunk({}, "tool_calls"), usage(), DONE]  # fmt: skip
    ours = whole_message(read_chat(json.dumps(completion).encode()), id="m", model="m")
    assert ours == whole_message(answer(*stream), id="m", model="m")


def test_calls_in_the_text_are_found_where_the_card_says_so() -> None:
    """With `text_calls` the tags become calls; without, they are text."""
    parts = [text("I look. <tool"), text('_call>{"name": "A", "argu'), text('ments": {"x": 1}}</tool_call>'), DONE]
    message = up.message(lambda: ChatStream(text_calls=True), b"".join(parts))
    assert (message.text, message.calls, message.stop_reason) == ("I look. ", [("A", {"x": 1})], "tool_use")
    assert up.message(ChatStream, b"".join(parts)).calls == []


def test_what_arrives_together_leaves_together() -> None:
    """Two hundred chunks of one read are one event of text and one of arguments."""
    body = [text(f" {n}") for n in range(200)] + [calls(BASH)] + [calls(call(0, each)) for each in '{"a": 1}']
    events = answer(*body, DONE)
    assert sum(isinstance(event, Text) for event in events) == 1
    assert sum(isinstance(event, ToolPart) for event in events) == 1


def test_halves_of_a_character_in_two_chunks_become_whole() -> None:
    """A server that cuts UTF-16 sends a surrogate in each of two chunks; a lone one is replaced."""
    assert answer(b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n',
                  b'data: {"choices":[{"delta":{"content":"\\ude00b"}}]}\n\n', DONE)[0] == Text("a😀b")  # fmt: skip
    first, second = b'data: {"choices":[{"delta":{"content":"a\\ud83d"}}]}\n\n', text("b")
    assert up.written(read(ChatStream(), [first, second, DONE])).text == "a\ufffdb"
    assert answer(first, DONE)[0] == Text("a\ufffd")


def test_odd_bytes_are_replaced() -> None:
    """Bytes that are not UTF-8 cost their character only."""
    assert answer(text("a@b").replace(b"@", b"\xff"), DONE)[0] == Text("a\ufffdb")


STREAMS = [
    b"".join([chunk({"role": "assistant", "content": ""}), *(text(f" wörd{n} 😀") for n in range(60)), calls(BASH),
              *(calls(call(0, each)) for each in '{"command": "ls é"}'), chunk({}, "tool_calls"), usage(), DONE]),
    b"\xef\xbb\xbf: hi\r\n\r\n" + b"".join([chunk({"reasoning": "Hm😀"}), *HELLO, chunk({}, "stop"), usage(), DONE])
    .replace(b"\n", b"\r\n"),
    b"".join([*HELLO, chunk({}, "stop"), DONE]).replace(b"\n", b"\r"),
    b'event: x\nid: 7\ndata: {"choices":\ndata: [{"delta": {"content": "two lines"}}]}\n\ndata:[DONE]\n\n',
    b"".join([text('<tool_call>{"name": "A"}</tool_call>é'), text("<tool"), DONE]),
]  # fmt: skip


@given(stream=st.sampled_from(STREAMS), parser=st.booleans(), draw=st.data())
@settings(max_examples=300, deadline=None)
def test_a_split_at_any_byte_changes_nothing(stream: bytes, parser: bool, draw: st.DataObject) -> None:
    """What the client reads does not depend on how the bytes came."""
    cuts = draw.draw(st.lists(st.integers(0, len(stream)), max_size=20))
    whole = up.message(lambda: ChatStream(text_calls=parser), stream)
    events = read(ChatStream(text_calls=parser), up.pieces(stream, *cuts))
    assert up.written(events) == whole


@pytest.mark.parametrize("at", range(len(STREAMS)))
def test_a_byte_at_a_time_is_the_same_answer(at: int) -> None:
    """The smallest reads that there are."""
    stream = STREAMS[at]
    assert up.written(read(ChatStream(), up.pieces(stream, *range(len(stream))))) == up.message(ChatStream, stream)


def test_large_answers_cost_time_in_proportion() -> None:
    """A megabyte of arguments in small reads is read in well under a few seconds: nothing is copied again and again."""
    parts = [calls(BASH)] + [calls(call(0, "x" * 50)) for _ in range(20_000)] + [DONE]
    began = time.perf_counter()
    read(ChatStream(), parts)
    body = b'{"choices": [{"message": {"content": "' + b"y" * 3_000_000 + b'"}}]}'
    read(ChatStream(), [body[at : at + 64] for at in range(0, len(body), 64)])
    assert time.perf_counter() - began < 8


def test_an_event_without_end_is_refused() -> None:
    """An upstream cannot fill the memory with one event."""
    stream = ChatStream()
    events = [event for _ in range(20) for event in stream.feed(b"data: " + b"x" * (1 << 20))]
    assert isinstance(events[-1], Failure)
    assert "16 MB" in events[-1].message
