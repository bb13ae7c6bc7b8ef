"""Where events go: a stream or a body, of one arm or of several."""

# ruff: noqa: D102 - the protocol says what each method does

from __future__ import annotations

import json

from hive_integration.gateway.reply import Headers
from hive_integration.gateway.sink import PULSE, Sink, StreamSink, WholeSink
from hive_integration.wire.answer import Writer
from hive_integration.wire.events import Failure, Finish, Seen, Signature, Text, Thinking, ToolCall, Usage
from tests.wire.legal import assert_legal

MARKS = [("x-hive-profile", "finetuned")]
END = Finish("end_turn")
CALL = ToolCall("toolu_1", "Bash", '{"command":"ls"}')


class Paper:
    """A `Reply` that keeps what is written."""

    def __init__(self) -> None:
        self.status, self.headers, self.body, self.size, self.ended = 0, dict[str, str](), b"", None, 0

    @property
    def begun(self) -> bool:
        return self.status > 0

    async def begin(self, status: int, headers: Headers, *, size: int | None = None) -> None:
        assert not self.begun, "two heads"
        self.status, self.headers, self.size = status, dict(headers), size

    async def write(self, data: bytes) -> None:
        assert self.begun, "a body before its head"
        assert not self.ended, "more after the end"
        assert data, "nothing to write"
        self.body += data

    async def end(self) -> None:
        self.ended += 1

    async def break_off(self) -> None:
        raise AssertionError


def stream() -> tuple[Paper, StreamSink]:
    paper = Paper()
    return paper, StreamSink(paper, Writer("msg_1", "claude-x"), lambda: MARKS, lambda: 7)


def body() -> tuple[Paper, WholeSink]:
    paper = Paper()
    return paper, WholeSink(paper, "msg_1", "claude-x", lambda: MARKS)


async def test_a_stream_begins_with_what_is_expected_and_ends_with_what_was_counted() -> None:
    """message_start carries the estimate, or the count where it is known by then."""
    paper, sink = stream()
    await sink.take([Text("Hi")])
    assert (sink.said, sink.open) == ("Hi", True)
    await sink.take([Seen(Usage(9, 2)), END])
    assert b'"input_tokens":7' in paper.body
    assert assert_legal(paper.body).usage["input_tokens"] == 9
    assert (paper.status, paper.ended) == (200, 1)
    assert paper.headers["x-hive-profile"] == "finetuned"
    paper, sink = stream()
    await sink.take([Seen(Usage(9)), Text("Hi"), END])
    assert b'"input_tokens":7' not in paper.body


async def test_counts_alone_open_nothing_and_count_in_the_end() -> None:
    """An arm that told its usage only can give way; its tokens stay in the sum."""
    paper, sink = stream()
    await sink.take([Seen(Usage(5, 1))])
    assert (sink.open, paper.begun) == (False, False)
    sink.ask_again()
    await sink.take([Text("Hi"), Seen(Usage(9, 2)), END])
    message = assert_legal(paper.body)
    assert (message.usage["input_tokens"], message.usage["output_tokens"]) == (14, 3)


async def test_an_arm_that_goes_on_is_heard_at_once() -> None:
    """What another model adds belongs to the text, without a gap, and its calls come too."""
    paper, sink = stream()
    await sink.take([Text("One")])
    sink.ask_again()
    await sink.take([Text(" two")])
    assert b" two" in paper.body
    await sink.take([CALL, Finish("tool_use")])
    assert assert_legal(paper.body).text == "One two"


async def test_an_arm_that_may_repeat_is_held_until_it_is_clear() -> None:
    """Before a call its words are dropped, however they came; at an end without one they are told, apart."""
    for finish, expected in (([CALL, Finish("tool_use")], "One"), ([END], "One\n\nOne and two")):
        paper, sink = stream()
        await sink.take([Text("One")])
        sink.ask_again(repeats=True)
        for part in ("One", " and", " two"):
            await sink.take([Thinking("hm"), Signature("s"), Text(part)])
        await sink.take(finish)
        assert assert_legal(paper.body).text == expected


async def test_nothing_said_is_nothing_to_repeat() -> None:
    """An arm that is asked again after silence is heard at once."""
    paper, sink = stream()
    sink.ask_again(repeats=True)
    await sink.take([Text("One")])
    assert b"One" in paper.body


async def test_a_failure_has_a_status_until_the_head_has_left() -> None:
    """Then it is an event: behind a comment, and in the middle of a message."""
    failure = Failure("overloaded_error", "later", 529, 3.0)
    paper, sink = stream()
    await sink.fail(failure)
    assert (paper.status, paper.headers["retry-after"], paper.size) == (529, "3", len(paper.body))
    assert json.loads(paper.body)["error"]["type"] == "overloaded_error"
    for before in ([], [Text("One")]):
        paper, sink = stream()
        await (sink.take(before) if before else sink.pulse())
        await sink.fail(failure)
        assert (assert_legal(paper.body).error or {})["type"] == "overloaded_error"
        assert paper.ended == 1


async def test_comments_come_until_another_writes_or_all_is_said() -> None:
    """After the end, and after a hand-over, none comes."""
    paper, sink = stream()
    await sink.pulse()
    assert paper.body == PULSE
    await sink.take([Text("One"), END])
    length = len(paper.body)
    await sink.pulse()
    assert len(paper.body) == length
    paper, sink = stream()
    await sink.hand_over()
    await sink.pulse()
    assert not paper.begun


async def test_a_body_leaves_when_it_is_complete() -> None:
    """Nothing is committed before, so an arm that is asked again begins anew; usage is summed."""
    paper, sink = body()
    await sink.take([Seen(Usage(5, 1)), Text("Half")])
    assert (sink.said, sink.open, paper.begun) == ("", False, False)
    sink.ask_again()
    await sink.take([Text("Whole"), Seen(Usage(9, 2))])
    await sink.hand_over()
    await sink.take([END])
    answer = json.loads(paper.body)
    assert [block["text"] for block in answer["content"]] == ["Whole"]
    assert (answer["usage"]["input_tokens"], paper.size, paper.ended) == (14, len(paper.body), 1)


async def test_a_body_that_fails_has_a_status() -> None:
    """It is the failure's."""
    paper, sink = body()
    await sink.fail(Failure("api_error", "no", 502))
    assert (paper.status, paper.headers["x-hive-profile"]) == (502, "finetuned")


def test_both_are_sinks() -> None:
    """A checker of types agrees, too."""
    kinds: list[type[Sink]] = [StreamSink, WholeSink]
    assert len(kinds) == 2
