"""Facts about runs of text."""

from __future__ import annotations

import pytest

from hive_integration.wire.chat.chunk import Chunk, text_of
from hive_integration.wire.runs import LONGEST, WORTH, TextRun
from tests.wire import upstreams as up

FIELDS = (b'"content":', b'"reasoning":', b'"arguments":')
TEXTS = [f' w"{n}\\ é😀\n' for n in range(40)]


def block(*events: bytes) -> bytes:
    return b"".join(events).removesuffix(b"\n\n")


def learned(event: bytes) -> TextRun[Chunk]:
    run = TextRun(FIELDS, text_of)
    run.learn(event.removesuffix(b"\n\n"))
    return run


def chunk(event: bytes) -> Chunk:
    made = text_of(event.removesuffix(b"\n\n"))
    assert made is not None
    return made[0](made[1])


@pytest.mark.parametrize("make", [
    up.text, lambda text: up.chunk({"reasoning": text}), lambda text: up.chunk({"content": None, "reasoning": text}),
    lambda text: up.calls(up.call(3, text)),
])  # fmt: skip
def test_a_run_is_one_event_with_all_its_texts_and_the_rest_stays(make: up.Make) -> None:
    """Text, reasoning and arguments; quotes, backslashes and characters of any length pass through."""
    run, events, joined = learned(make("x")), [make(each) for each in TEXTS], chunk(make("".join(TEXTS)))
    assert run.take(block(*events)) == (joined, b"")
    rest = block(up.chunk({}, "stop"), up.usage(), up.DONE)
    assert run.take(block(*events, rest)) == (joined, rest)
    assert run.take(block(*events, up.DONE)) == (joined, b"data: [DONE]")


@pytest.mark.parametrize("other", [
    up.usage(), up.text("x").replace(b'"index": 0', b'"index": 1'), up.text("x", usage={}), b": comment\n\n",
    up.text("x").replace(b'"x"', b'"x", "refusal": "y"'), up.text("x").replace(b'"x"', b"null"),
    up.text("x").replace(b'"x"', b'"\xff"'), up.text("x").replace(b'"x"', b'"\\ud800"'),
    up.text("x").replace(b"data: ", b"data:"), b"event: error\n" + up.text("x"), up.text("x").replace(b'"x"', b'"x'),
    b"\xef\xbb\xbf" + up.text("x"),
])  # fmt: skip
def test_anything_else_between_the_texts_is_not_overlooked(other: bytes) -> None:
    """Then there is no run, and every event is read by itself."""
    events = [up.text(each) for each in TEXTS]
    mixed = block(*events[:20], other, *events[20:])
    assert learned(up.text("x")).take(mixed) == (None, mixed)


@pytest.mark.parametrize("event", [
    up.chunk({"role": "assistant", "content": "x", "refusal": "y"}), up.chunk({"content": None}),
    up.chunk({"content": ""}, "stop"), up.DONE, b"", b"data: {", b'data: "content":', up.text("x" * LONGEST),
    up.calls(up.call(0, "x", id="a")), up.calls(up.call(0, "x"), up.call(1, "x")),
    up.chunk({"content": "x", "reasoning": "x"}), b'data: {"content":"x"}',
])  # fmt: skip
def test_only_an_event_of_text_is_learned(event: bytes) -> None:
    """Where the text is not all that the event holds, nothing is learned from it."""
    mine = block(*[event] * 30)
    assert learned(event).take(mine) == (None, mine)


def test_a_text_with_escaped_quotes_is_learned_whole() -> None:
    """The end of the text is its first quote that is not escaped."""
    for text in ('a\\"b"', "\\", '"', "\\\\", ""):
        assert learned(up.text(text)).take(block(*[up.text("y")] * 9)) == (chunk(up.text("y" * 9)), b"")


def test_a_block_is_consumed_in_order() -> None:
    """Events before a run come first, then the run, then another; what is left is handed back."""
    seen: list[object] = []
    run = TextRun(FIELDS, text_of)
    role = up.chunk({"role": "assistant", "refusal": ""})
    texts, parts = [up.text("ab")] * 99, [up.calls(up.call(0, "xy"))] * 99
    begin = up.calls(up.call(0, "", id="a", name="A"))
    rest = run.consume(block(role, *texts, begin, *parts, up.DONE), seen.append, seen.append)
    assert rest == b"data: [DONE]"
    assert seen == [
        *(each.removesuffix(b"\n\n") for each in (role, texts[0])), chunk(up.text("ab" * 98)),
        *(each.removesuffix(b"\n\n") for each in (begin, parts[0])), chunk(up.calls(up.call(0, "xy" * 98))),
    ]  # fmt: skip
    small = block(*texts)[: WORTH - 1]
    assert run.consume(small, seen.append, seen.append) == small
