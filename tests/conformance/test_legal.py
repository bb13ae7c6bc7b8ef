"""The suite's own reading of a stream: what is legal passes, and each way to break the rules is seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.providers.fake import Call, blocks_stream, messages_stream
from hive_integration.providers.fake.messages import event
from tests.conformance.legal import events, told

USAGE = {"input_tokens": 3, "output_tokens": 1}
MESSAGE = {"id": "m", "type": "message", "role": "assistant", "model": "x", "content": [], "usage": USAGE}
START = {"type": "message_start", "message": MESSAGE}
TEXT = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
USE = {"type": "tool_use", "id": "t", "name": "Bash", "input": {}}
CALL = {"type": "content_block_start", "index": 0, "content_block": USE}
STOP = {"type": "content_block_stop", "index": 0}
END = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
LAST = {"type": "message_stop"}
ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}


def words(text: str = "hi", index: int = 0) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}}


def part(text: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": text}}


def problems(*parts: dict[str, Any]) -> str:
    return "; ".join(told(b"".join(map(event, parts))).problems)


def test_a_legal_stream_has_no_problems() -> None:
    """Text, thinking, calls, server tools, pings and comments: and the message is what was said."""
    body = messages_stream("hi é", [Call("Bash", {"a": 1}), Call("Ping", "", "b")], thinking="hm").body
    result = told(b": comment\n\n" + body.replace(b"\n", b"\r\n"))
    assert (result.problems, result.ended, result.error) == ([], True, None)
    kinds = [block["type"] for block in result.message["content"]]
    assert kinds == ["thinking", "text", "tool_use", "tool_use"]
    assert [block.get("input") for block in result.message["content"]][2:] == [{"a": 1}, {}]
    assert result.message["content"][1]["text"] == "hi é"
    assert result.message["stop_reason"] == "tool_use"
    assert result.message["usage"]["output_tokens"] == 31


def test_blocks_of_other_types_are_legal() -> None:
    """A server tool's use and result, and a delta that is not known yet."""
    use = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}
    assert told(blocks_stream([use, {"type": "web_search_tool_result", "content": []}]).body).problems == []
    future = {"type": "content_block_delta", "index": 0, "delta": {"type": "future_delta"}}
    assert problems(START, TEXT, future, STOP, END, LAST) == ""


def test_an_error_event_ends_a_stream() -> None:
    """It is reported as an error, not as a problem."""
    result = told(event(START) + event(TEXT) + event(ERROR))
    assert (result.problems, result.ended, result.error) == ([], False, ERROR)


@pytest.mark.parametrize(
    ("expected", "parts"),
    [
        ("message_start where", [START, START, TEXT, words(), STOP, END, LAST]),
        ("content_block_start where message_start", [TEXT]),
        ("content_block_delta where", [START, words(), END, LAST]),
        ("content_block_start where", [START, TEXT, TEXT, STOP, END, LAST]),
        ("message_delta where", [START, TEXT, END, LAST]),
        ("content_block_start where message_delta", [START, END, TEXT, LAST]),
        ("ping where nothing", [START, END, LAST, {"type": "ping"}]),
        ("block 0 has index 1", [START, {**TEXT, "index": 1}, END, LAST]),
        ("a delta for block 1", [START, TEXT, words(index=1), STOP, END, LAST]),
        ("block 1 stops", [START, TEXT, {**STOP, "index": 1}, END, LAST]),
        ("input_json_delta in a block of type 'text'", [START, TEXT, part("{}"), STOP, END, LAST]),
        ("text_delta.text is None", [START, TEXT, words(None), STOP, END, LAST]),  # type: ignore[arg-type]
        ("tool_use.input is not JSON", [START, CALL, part('{"a'), STOP, END, LAST]),
        ("tool_use.input is no object", [START, CALL, part("[1]"), STOP, END, LAST]),
        ("tool_use.name is ''", [START, {**CALL, "content_block": {**USE, "name": ""}}, STOP, END, LAST]),
        ("stop_reason None", [START, {**END, "delta": {"stop_reason": None}}, LAST]),
        ("without usage.output_tokens", [START, {**END, "usage": {}}, LAST]),
        ("message_start.usage.input_tokens is None", [{**START, "message": {**MESSAGE, "usage": {}}}, END, LAST]),
        ("message_start.id is ''", [{**START, "message": {**MESSAGE, "id": ""}}, END, LAST]),
        ("ends without message_stop", [START, TEXT, words(), STOP, END]),
        ("ends without message_stop", []),
    ],
)
def test_each_broken_rule_is_seen(expected: str, parts: list[dict[str, Any]]) -> None:
    """The problem says which rule it is."""
    assert expected in problems(*parts)


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        ("not UTF-8", b"data: \xff\n\n"),
        ("ends inside an event", b'event: ping\ndata: {"type": "ping"}\n'),
        ("not JSON", b"event: ping\ndata: {\n\n"),
        ("no object", b"event: ping\ndata: [1]\n\n"),
        ("no field", b"nonsense\n\n"),
        ("named 'a' of type 'b'", b'event: a\ndata: {"type": "b"}\n\n'),
    ],
)
def test_each_broken_frame_is_seen(expected: str, body: bytes) -> None:
    """So is what is wrong with the bytes."""
    assert expected in "; ".join(events(body)[1])


def test_data_may_stand_on_several_lines() -> None:
    """The lines of one event's data are joined, as the standard has it."""
    found, wrong = events(b'event: ping\ndata: {"type":\ndata:  "ping"}\n\n')
    assert (json.dumps(found[0].data), wrong) == ('{"type": "ping"}', [])
