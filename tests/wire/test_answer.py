"""Facts about writing a Messages stream."""

from __future__ import annotations

import time
from typing import Any

import pytest

from hive_integration.errors import HiveError
from hive_integration.wire.answer import NEXT, State, Writer, following
from hive_integration.wire.events import (
    Event,
    Failure,
    Finish,
    Opaque,
    Seen,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolEnd,
    ToolPart,
    ToolStart,
    Usage,
)  # fmt: skip
from tests.wire.legal import Message, assert_legal, assert_sdk_agrees
from tests.wire.upstreams import block, event, said, start, stop

CITED = {
    "type": "text",
    "text": "So.",
    "citations": [{"type": "char_location", "cited_text": "x", "document_index": 0}],
}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "é"}}
RESULT = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
HIDDEN = {"type": "redacted_thinking", "data": "abc"}


def write(*events: Event, usage: Usage | None = None) -> bytes:
    writer = Writer("msg_1", "m")
    return (writer.begin(usage) if usage else b"") + writer.write(events)


def read(*events: Event) -> Message:
    return assert_sdk_agrees(write(*events))


def test_the_bytes_are_those_of_the_api() -> None:
    """An event's name, one line of data, a blank line."""
    assert write(Text("é\n"), Finish("end_turn"), usage=Usage(5)).decode() == (
        'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message",'
        '"role":"assistant",'
        '"model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,'
        '"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}\n\n'
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,'
        '"content_block":{"type":"text","text":""}}\n\n'
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,'
        '"delta":{"type":"text_delta","text":"é\\n"}}\n\n'
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
        'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},'
        '"usage":{"input_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}\n\n'
        'event: message_stop\ndata: {"type":"message_stop"}\n\n'
    )


ANSWERS: dict[str, tuple[list[Event], list[str], str]] = {
    "text": ([Text("a"), Text("b"), Finish("end_turn")], ["text"], "end_turn"),
    "nothing": ([Finish("end_turn")], [], "end_turn"),
    "blank text only": ([Text(""), Text("\n"), Text(" "), Finish("end_turn")], [], "end_turn"),
    "thinking": ([Thinking("a"), Signature("s"), Text("b"), Finish("end_turn")], ["thinking", "text"], "end_turn"),
    "thinking that does not end": ([Thinking("a"), Text("b"), Finish("max_tokens")], ["thinking", "text"],
     "max_tokens"),
    "thinking that is not shown": ([Signature("s"), Text("b"), Finish("end_turn")], ["thinking", "text"], "end_turn"),
    "a call": ([ToolCall("t", "A", '{"x":1}'), Finish("tool_use")], ["tool_use"], "tool_use"),
    "a call without arguments": ([ToolCall("t", "A", ""), Finish("tool_use")], ["tool_use"], "tool_use"),
    "calls and the wrong reason": (
        [Text("a"), ToolCall("t", "A", "{}"), ToolCall("t", "A", "{}"), Finish("end_turn")],
        ["text", "tool_use", "tool_use"], "tool_use",
    ),
    "no call and the wrong reason": ([Text("a"), Finish("tool_use")], ["text"], "end_turn"),
    "a call in pieces": (
        [ToolStart(0, "t", "A"), ToolPart(0, '{"x'), ToolPart(0, ""), ToolPart(0, '":1}'), ToolEnd(0),
         Finish("tool_use")],
        ["tool_use"], "tool_use",
    ),
    "a call that does not end": ([ToolStart(0, "", "A"), ToolPart(0, "{}"), Finish("tool_use")], ["tool_use"],
     "tool_use"),
    "a call that does not begin": ([ToolPart(0, "{}"), ToolEnd(0), Finish("tool_use")], ["tool_use"], "tool_use"),
    "an end without a call": ([ToolEnd(5), Text("a"), Finish("end_turn")], ["text"], "end_turn"),
    "opaque": (
        [Opaque(HIDDEN), Opaque(SEARCH), Opaque(RESULT), Opaque(CITED), Text("b"), Finish("pause_turn")],
        ["redacted_thinking", "server_tool_use", "web_search_tool_result", "text", "text"], "pause_turn",
    ),
    "a stop sequence": ([Text("a"), Finish("stop_sequence", "###")], ["text"], "stop_sequence"),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_is_a_stream_that_the_sdk_reads_as_it_was_meant(name: str) -> None:
    """Together and one event at a time."""
    events, kinds, reason = ANSWERS[name]
    message = read(*events)
    assert (message.kinds, message.stop_reason) == (kinds, reason)
    writer = Writer("msg_1", "m")
    assert b"".join(writer.write([each]) for each in events) == write(*events)


def test_calls_that_come_at_once_are_written_one_after_the_other() -> None:
    """The first flows on, the others and what stands between wait, and each keeps its own arguments."""
    events = [
        ToolStart(0, "a", "A"), ToolStart(1, "b", "B"), ToolPart(1, '{"y":'), ToolPart(0, '{"x":'), Text("between"),
        ToolStart(2, "c", "C"), ToolPart(0, "1}"), ToolPart(1, "2}"), ToolEnd(1), ToolEnd(0), ToolPart(2, "{}"),
        Text(" after"), ToolEnd(2), Finish("tool_use"),
    ]  # fmt: skip
    message = read(*events)
    assert message.calls == [("A", {"x": 1}), ("B", {"y": 2}), ("C", {})]
    assert message.kinds == ["tool_use", "tool_use", "text", "tool_use"] or message.text == "between after"
    writer = Writer("msg_1", "m")
    assert b'"partial_json":"{\\"x\\":"' in writer.write(events[:4])


def test_many_calls_at_once_cost_time_in_proportion() -> None:
    """Twenty thousand calls that all end at the end."""
    events: list[Event] = [ToolStart(key, "", "A") for key in range(20_000)]
    events += [ToolPart(key, "{}") for key in range(20_000)] + [ToolEnd(key) for key in range(20_000)]
    began = time.perf_counter()
    assert len(assert_legal(write(*events, Finish("tool_use"))).calls) == 20_000
    assert len(assert_legal(write(*events[:40_000], Finish("tool_use"))).calls) == 20_000
    assert time.perf_counter() - began < 10


def test_ids_that_the_api_would_refuse_are_replaced() -> None:
    """Empty, repeated, or with other characters."""
    calls = [ToolCall(id, "A", "{}") for id in ("x", "x", "", "a:b")]
    blocks = read(*calls, Finish("tool_use")).blocks
    assert [each["id"] for each in blocks] == ["x", "toolu_msg_1_1", "toolu_msg_1_2", "toolu_msg_1_3"]


@pytest.mark.parametrize("before", [[], [Text("a")], [Thinking("a")], [ToolStart(0, "", "A"), Text("b")]])
def test_a_failure_closes_what_is_open_and_ends(before: list[Event]) -> None:
    """The client learns why, in the API's form; nothing follows."""
    writer = Writer("msg_1", "m")
    raw = writer.write([*before, Failure("overloaded_error", "Busy")])
    message = assert_legal(raw)
    assert message.error == {"type": "overloaded_error", "message": "Busy"}
    assert writer.closed
    assert writer.write([Text("late"), Finish("end_turn")]) == b""


def test_message_start_comes_once_and_as_late_as_it_can() -> None:
    """`begin` sends it, else the first event that says something."""
    writer = Writer("msg_1", "m")
    assert writer.write([Seen(Usage(9, cache_read=4))]) == b""
    assert not writer.begun
    assert b'"input_tokens":9' in writer.begin(Usage(5))
    assert writer.begin() == b""
    assert b"message_start" not in writer.write([Text("a"), Finish("end_turn")])


def test_a_writer_tells_what_it_has_written() -> None:
    """Begun, closed, and the text that cannot be taken back."""
    writer = Writer("msg_1", "m")
    writer.begin()
    assert (writer.begun, writer.closed, writer.text) == (True, False, "")
    writer.write([Text(" "), Thinking("a")])
    assert writer.text == ""
    writer.write([Text(" b"), Text("c"), Finish("end_turn")])
    assert (writer.text, writer.closed) == (" bc", True)


def test_counts_are_those_of_the_upstream_and_the_estimate_where_it_is_silent() -> None:
    """Later counts replace earlier ones of the same arm."""
    told = assert_legal(
        write(Seen(Usage(7, 1)), Text("a"), Seen(Usage(8, 5, 2, 1)), Finish("end_turn"), usage=Usage(5))
    )
    assert [told.usage[name] for name in sorted(told.usage)] == [1, 2, 8, 5]
    silent = assert_legal(write(Text("a"), Seen(Usage(output=3)), Finish("end_turn"), usage=Usage(5)))
    assert (silent.usage["input_tokens"], silent.usage["output_tokens"]) == (5, 3)


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [([Text("Hel")], [Text("lo"), Finish("end_turn")], ["text"]),
     ([Thinking("a")], [Thinking("b"), Signature("s"), Text("Hello"), Finish("end_turn")],
      ["thinking", "thinking", "text"]),
     ([Text("Hello"), ToolStart(0, "x", "A"), ToolStart(1, "y", "B")],
      [ToolStart(0, "z", "C"), ToolPart(0, "{}"), ToolEnd(0), Finish("tool_use")], ["text", "tool_use", "tool_use"]),
     ([], [Text("Hello"), Finish("end_turn")], ["text"]),
     ([Text("Hello")], [Finish("end_turn")], ["text"])],
)  # fmt: skip
def test_another_arm_goes_on_in_the_same_message(first: list[Event], second: list[Event], kinds: list[str]) -> None:
    """Text goes on in its block, anything else is closed; calls of the first that wait are gone; counts are added."""
    writer = Writer("msg_1", "m")
    raw = writer.begin(Usage(5)) + writer.write([Seen(Usage(10, 2)), *first])
    writer.add_arm()
    raw += writer.write([Seen(Usage(100, 20, 7)), *second])
    message = assert_sdk_agrees(raw)
    assert (message.text, message.kinds) == ("Hello", kinds)
    assert writer.usage == Usage(110, 22, 7)
    assert (message.usage["input_tokens"], message.usage["output_tokens"]) == (110, 22)


def test_odd_characters_and_values_are_written_so_that_they_can_be_read() -> None:
    """Halves of characters are replaced; a block that is too deep ends the answer with an error, not with a crash."""
    assert read(Text("a\ud800"), ToolCall("", "A\udc00", '{"x": "\ud800"}'), Finish("tool_use")).text == "a\ufffd"
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    message = assert_legal(write(Text("a"), Opaque({"type": "x", "content": deep}), Finish("end_turn")))
    assert message.error
    while deep:
        deep = deep.pop()


def test_an_illegal_order_is_a_missing_key() -> None:
    """And the error says what was expected."""
    for state, row in NEXT.items():
        for name in {name for names in NEXT.values() for name in names} - set(row):
            with pytest.raises(HiveError, match=f"{state.name} cannot go on with {name}"):
                following(state, name)
    assert following(State.IDLE, "message_start") is State.OPEN


TEXT, STOP = said(0, "a"), stop(output_tokens=1)
ILLEGAL = {
    "no end": start(input_tokens=1, output_tokens=1) + TEXT,
    "no start": TEXT + STOP,
    "two starts": start(input_tokens=1, output_tokens=1) * 2 + STOP,
    "an index twice": start(input_tokens=1, output_tokens=1) + TEXT + TEXT + STOP,
    "an open block": start(input_tokens=1, output_tokens=1) + TEXT.rpartition(b"event: ")[0] + STOP,
    "a delta that does not fit": start(input_tokens=1, output_tokens=1)
    + block(0, {"type": "text", "text": ""}, {"type": "input_json_delta", "partial_json": ""}) + STOP,
    "a call without input": start(input_tokens=1, output_tokens=1)
    + block(0, {"type": "tool_use", "id": "x", "name": "A"}) + stop("tool_use", output_tokens=1),
    "a call that nobody runs": start(input_tokens=1, output_tokens=1)
    + block(0, {"type": "tool_use", "id": "x", "name": "A", "input": {}}) + STOP,
    "a blank text": start(input_tokens=1, output_tokens=1) + said(0, " ") + STOP,
    "no reason": start(input_tokens=1, output_tokens=1) + TEXT + stop(None, output_tokens=1),
    "no counts": start() + TEXT + STOP,
    "content after the end": start(input_tokens=1, output_tokens=1) + STOP + TEXT,
    "an unknown event": start(input_tokens=1, output_tokens=1) + event("surprise") + STOP,
    "a cut event": (start(input_tokens=1, output_tokens=1) + STOP)[:-1],
    "a silent error": event("error", error={"type": "api_error", "message": ""}),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_the_checker_itself_refuses_what_is_illegal(name: str) -> None:
    """Else the other tests would say nothing."""
    with pytest.raises((AssertionError, KeyError)):
        assert_legal(ILLEGAL[name])
    assert (
        assert_legal(start(input_tokens=1, output_tokens=1) + b": hi\n\n" + event("ping") + TEXT + STOP).comments == 1
    )
