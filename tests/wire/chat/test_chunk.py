"""Facts about reading one chunk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.wire.chat.chunk import Choice, Chunk, Delta, Fragment, Function, read_chunk, text_of
from hive_integration.wire.foreign import decode


def read(value: Any) -> tuple[Chunk, set[str]]:
    ignored: set[str] = set()
    return read_chunk(json.dumps(value).encode(), ignored), ignored


@pytest.mark.parametrize(
    ("delta", "expected"),
    [
        ({"content": None}, Delta(tool_calls=[])),
        ({"content": {"type": "text", "text": "a"}}, Delta("a", tool_calls=[])),
        ({"tool_calls": {"id": 5, "function": {"name": "A"}}},
         Delta(tool_calls=[Fragment(None, "5", Function("A"))])),
        ({"tool_calls": [{"index": "0", "name": "A", "arguments": [1]}]},
         Delta(tool_calls=[Fragment(None, None, Function("A", "[1]"))])),
        ({"function_call": {"name": 5, "arguments": {}}},
         Delta(tool_calls=[], function_call=Function(None, "{}"))),
    ],
)  # fmt: skip
def test_values_of_other_types_are_taken_for_what_they_can_mean(delta: Any, expected: Delta) -> None:
    """Each place is read by itself; one odd value does not cost the others."""
    chunk, _ = read({"choices": [{"index": None, "delta": delta}]})
    assert chunk == Chunk([Choice(delta=expected)])


def test_what_cannot_be_meant_is_named() -> None:
    """A number where text belongs, and what is no choice at all."""
    chunk, ignored = read(
        {"choices": [7, {"index": None, "delta": {"content": 7, "reasoning": [None, {"type": "x"}]}}]}
    )
    assert len(chunk.choices or ()) == 1
    assert ignored == {"choices", "content: int", "reasoning: x"}


@pytest.mark.parametrize("body", [b"[]", b"5", b'"x"', b"null", b"{", b"", b"[" * 100_000])
def test_what_is_no_object_is_refused_in_words(body: bytes) -> None:
    """ValueError, whatever the bytes are."""
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the parser's
        read_chunk(body, set())


def test_only_text_and_nothing_else_is_an_event_of_text() -> None:
    """What a run of text is learned from holds nothing that would be lost."""
    made = text_of(b'data: {"id": "x", "choices": [{"index": 0, "delta": {"content": "a"}}]}')
    assert made is not None
    assert made[1] == "a"
    assert made[0]("b") == Chunk([Choice(delta=Delta("b"))])
    for more in ('"tool_calls": [{}]', '"reasoning": "x"', '"audio": 1', '"refusal": "x"'):
        assert text_of(f'data: {{"choices": [{{"delta": {{"content": "a", {more}}}}}]}}'.encode()) is None
    assert text_of(b'data: {"choices": [{"delta": {"content": "a"}, "finish_reason": "stop"}]}') is None
    assert text_of(b'data: {"choices": [{"index": 1, "delta": {"content": "a"}}]}') is None
    assert text_of(b'data: {"usage": {}, "choices": [{"delta": {"content": "a"}}]}') is None
    for event in (b"data: [DONE]", b'data: {"choices": []}', b"data: 5", b'data: {"choices": [{"delta": {}}]}'):
        assert text_of(event) is None


def test_numbers_that_are_not_json_do_not_cost_the_chunk() -> None:
    """Python servers write NaN into log probabilities."""
    chunk = read_chunk(b'{"choices": [{"delta": {"content": "a"}, "logprobs": NaN}]}', set())
    assert chunk.choices is not None
    assert chunk.choices[0].delta is not None
    assert chunk.choices[0].delta.content == "a"
    assert decode(b"[1e999]") == [float("inf")]
