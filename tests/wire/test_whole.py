"""Facts about one body instead of a stream."""

from __future__ import annotations

import json
from random import Random

import pytest

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
    ToolCall,
    ToolEnd,
    ToolPart,
    ToolStart,
    Usage,
)  # fmt: skip
from hive_integration.wire.whole import whole_message
from tests.wire.legal import assert_legal


def whole(*events: Event) -> dict[str, object]:
    value: dict[str, object] = json.loads(whole_message(events, id="msg_1", model="m"))
    return value


def test_a_body_has_the_fields_of_the_api() -> None:
    """With the counts of all arms."""
    body = whole_message(
        [Seen(Usage(5, 2, 1)), Text("a"), Finish("end_turn")], id="msg_1", model="m", before=Usage(10, 20)
    )
    assert json.loads(body) == {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "a"}],
        "stop_reason": "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": 15, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 1,
         "output_tokens": 22},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("events", "words"),
    [([Text("a"), Failure("overloaded_error", "Busy")], "Busy"), ([Text("a")], "no end"), ([], "no end"),
     ([ToolCall("x", "A", "[1]"), Finish("tool_use")], "'A'"), ([ToolCall("x", "A", "{"), Finish("tool_use")], "'A'")],
)  # fmt: skip
def test_an_answer_that_cannot_be_whole_is_an_error(events: list[Event], words: str) -> None:
    """It broke off, it has no end, or a call has arguments that are no object."""
    value = whole(*events)
    assert value["type"] == "error"
    assert words in str(value["error"])


def test_halves_of_characters_in_arguments_are_replaced() -> None:
    """As text and as escapes; the rest of the call stays."""
    assert whole(ToolCall("x", "A", '{"x": "\\ud83d", "y": "\udc00"}'), Finish("tool_use"))["content"] == [
        {"type": "tool_use", "id": "x", "name": "A", "input": {"x": "\ufffd", "y": "\ufffd"}}
    ]


def _events(rng: Random) -> list[Event]:
    made: list[Event] = []
    for _ in range(rng.randint(0, 12)):
        made += rng.choice([
            [Text(rng.choice(["a", " ", "", "\n", "é\ud800"]))], [Thinking(rng.choice(["t", ""]))],
            [Signature(rng.choice(["s", ""]))], [Opaque({"type": "redacted_thinking", "data": "x"})],
            [Opaque({"type": "server_tool_use", "id": "s", "input": {"q": 1}})], [Seen(Usage(rng.randint(0, 9)))],
            [ToolCall(rng.choice(["", "a", "b:"]), "A", rng.choice(["", '{"x":"\ud800"}']))],
            [ToolStart(key := rng.randint(0, 2), rng.choice(["", "a"]), "B")], [ToolPart(key, "{}")],
        ])  # fmt: skip
    return [*_each_call_once(made), *(ToolEnd(key) for key in range(3)), Finish(rng.choice(["end_turn", "max_tokens"]))]


def _each_call_once(events: list[Event]) -> list[Event]:
    """Calls begin before their parts and have one part: `{}`."""
    kept: list[Event] = []
    starts: set[int] = set()
    parts: set[int] = set()
    for event in events:
        if isinstance(event, ToolStart):
            if event.key in starts:
                continue
            starts.add(event.key)
        if isinstance(event, ToolPart):
            if event.key in parts or event.key not in starts:
                continue
            parts.add(event.key)
        kept.append(event)
    return kept


def test_a_body_says_what_the_stream_of_the_same_events_says() -> None:
    """Two thousand random answers: the same blocks, ids, reason and counts."""
    for seed in range(2000):
        events = _events(Random(seed))
        streamed, value = assert_legal(Writer("msg_1", "m").write(events)), whole(*events)
        blocks = [{name: each for name, each in block.items() if name != "json"} for block in streamed.blocks]
        assert value["content"] == blocks, seed
        assert (value["stop_reason"], value["usage"]) == (streamed.stop_reason, streamed.usage), seed
