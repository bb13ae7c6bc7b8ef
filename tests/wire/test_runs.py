"""Facts about runs of text."""

from __future__ import annotations

import json

import pytest

from hive_integration.wire.chat.chunk import text_of
from hive_integration.wire.runs import LONGEST, TextRun
from tests.wire import upstreams as up

TEXTS = [f' w"{n}\\ é😀\n' for n in range(40)]


def block(*events: bytes) -> bytes:
    return b"".join(events).removesuffix(b"\n\n")


def learned(event: bytes) -> TextRun:
    run = TextRun(b'"content":', text_of)
    run.learn(event.removesuffix(b"\n\n"))
    return run


def test_a_run_is_its_texts_and_the_rest_stays() -> None:
    """Quotes, backslashes and characters of any length pass through."""
    run, events = learned(up.text("x")), [up.text(each) for each in TEXTS]
    assert run.take(block(*events)) == ("".join(TEXTS), b"")
    rest = block(up.chunk({}, "stop"), up.usage(), up.DONE)
    assert run.take(block(*events, rest)) == ("".join(TEXTS), rest)
    assert run.take(block(*events, up.DONE)) == ("".join(TEXTS), b"data: [DONE]")


@pytest.mark.parametrize("other", [
    up.usage(), up.text("x").replace(b'"index": 0', b'"index": 1'), up.text("x", usage={}), b": comment\n\n",
    up.text("x").replace(b'"x"', b'"x", "refusal": "y"'), up.text("x").replace(b'"x"', b"null"),
    up.text("x").replace(b'"x"', b'"\xff"'), up.text("x").replace(b'"x"', b'"\\ud800"'),
    up.text("x").replace(b"data: ", b"data:"), b"event: error\n" + up.text("x"), up.text("x").replace(b'"x"', b'"x'),
])  # fmt: skip
def test_anything_else_between_the_texts_is_not_overlooked(other: bytes) -> None:
    """Then there is no run, and every event is read by itself."""
    events = [up.text(each) for each in TEXTS]
    mixed = block(*events[:20], other, *events[20:])
    assert learned(up.text("x")).take(mixed) == ("", mixed)


@pytest.mark.parametrize("event", [
    up.chunk({"role": "assistant", "content": "x", "refusal": "y"}), up.chunk({"content": None}),
    up.chunk({"content": ""}, "stop"),
    up.DONE, b"", b"data: {", b'data: "content":', up.text("x" * LONGEST), up.calls(up.call(0, '{"content": "x"}')),
])  # fmt: skip
def test_only_an_event_of_text_is_learned(event: bytes) -> None:
    """Where the text is not all that the event holds, nothing is learned from it."""
    mine = block(*[event] * 30)
    assert learned(event).take(mine) == ("", mine)


def test_a_text_with_escaped_quotes_is_learned_whole() -> None:
    """The end of the text is its first quote that is not escaped."""
    for text in ('a\\"b"', "\\", '"', "\\\\", ""):
        assert learned(up.text(text)).take(block(*[up.text("y")] * 9)) == ("y" * 9, b"")


def test_a_block_is_consumed_in_order() -> None:
    """Events before a run come first, then the run, and the rest is handed back."""
    seen: list[object] = []
    run = TextRun(b'"content":', text_of)
    role, texts, end = up.chunk({"role": "assistant", "content": ""}), [up.text(each) for each in TEXTS], up.usage()
    rest = run.consume(block(role, *texts, end), seen.append, seen.append)
    assert rest == end.removesuffix(b"\n\n")
    assert seen == [role.removesuffix(b"\n\n"), "".join(TEXTS)] or seen[-1] == "".join(TEXTS[1:])
    small = block(*texts[:3])
    assert run.consume(small, seen.append, seen.append) == small
    assert json.loads(small.split(b"\n\n")[0][6:])
