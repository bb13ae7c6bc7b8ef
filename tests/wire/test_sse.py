"""Facts about server-sent events from bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.wire.sse import LIMIT, Intake, SseDecoder, events_of, is_stream, payloads
from tests.wire.upstreams import pieces

STREAMS: dict[str, tuple[bytes, list[tuple[str, bytes]]]] = {
    "plain": (b"data: a\n\ndata: b\n\n", [("", b"a"), ("", b"b")]),
    "CRLF": (b"data: a\r\n\r\ndata: b\r\n\r\n", [("", b"a"), ("", b"b")]),
    "CR": (b"data: a\r\rdata: b\r\r", [("", b"a"), ("", b"b")]),
    "mixed ends": (b"data: a\n\r\ndata: b\r\n\ndata: c\r\r\n", [("", b"a"), ("", b"b"), ("", b"c")]),
    "names": (b"event: x\ndata: a\n\ndata: b\n\nevent:y\ndata:c\n\n", [("x", b"a"), ("", b"b"), ("y", b"c")]),
    "a name without data": (b"event: x\n\ndata: b\n\n", [("", b"b")]),
    "lines": (b"data: a\ndata: b\ndata\ndata:\n\n", [("", b"a\nb\n\n")]),
    "one space": (b"data:  a \n\n", [("", b" a ")]),
    "comments": (b": hi\n\n:\ndata: a\n: there\ndata: b\n\n", [("", b"a\nb")]),
    "fields": (b"id: 1\nretry: 5\nfoo\ndata: a\nfoo: bar\n\n", [("", b"a")]),
    "a mark": (b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", [("", b"a")]),
    "no last blank line": (b"data: a\n\ndata: b\n", [("", b"a"), ("", b"b")]),
    "no last line end": (b"data: a\n\ndata: b", [("", b"a"), ("", b"b")]),
    "blank lines": (b"\n\n\ndata: a\n\n\n\ndata: b\n\n", [("", b"a"), ("", b"b")]),
    "characters": ("data: é😀\n\n".encode(), [("", "é😀".encode())]),
    "nothing": (b"", []),
}


@pytest.mark.parametrize("name", STREAMS)
def test_events_are_read_as_the_standard_has_them(name: str) -> None:
    """Whole, and cut at every byte."""
    stream, expected = STREAMS[name]
    for cuts in ([], range(len(stream)), *([at] for at in range(len(stream)))):
        decoder = SseDecoder()
        events = [event for piece in pieces(stream, *cuts) for event in decoder.feed(piece)]
        assert events + decoder.close() == expected, cuts


@given(lines=st.lists(st.sampled_from([b"data: a", b"data:b", b"", b"", b": c", b"event: e", b"data: a b", b"x"])),
       ends=st.sampled_from([b"\n", b"\r\n", b"\r"]), draw=st.data())  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_blocks_and_single_events_are_the_same_events(lines: list[bytes], ends: bytes, draw: st.DataObject) -> None:
    """Whether a read is taken as a block or event by event makes no difference, however it is cut."""
    stream = b"".join(line + ends for line in lines)
    decoder = SseDecoder()
    expected = decoder.feed(stream) + decoder.close()
    intake, found = Intake(), []
    for piece in pieces(stream, *draw.draw(st.lists(st.integers(0, len(stream)), max_size=9))):
        block, events = intake.read(piece)
        if block:
            assert not events
            assert payloads(block) in (None, [data for _, data in events_of(block)])
        found += events_of(block) if block else events
    assert found + intake.close()[0] == expected


def test_plain_events_are_taken_by_their_data() -> None:
    """Only where every event is one line `data: …`."""
    assert payloads(b"data: a\n\ndata: b") == [b"a", b"b"]
    for other in (b"data: a\n\n: x\n\ndata: b", b"event: x\ndata: a", b"data: a\ndata: b", b"data: a\n\n\ndata: b"):
        assert payloads(other) is None


@pytest.mark.parametrize(
    "piece", [b"x" * (1 << 20), b"x" * (1 << 20) + b"\n\ndata: y", b"data: " + b"x" * (1 << 20) + b"\n"]
)
def test_an_event_larger_than_the_limit_is_an_error(piece: bytes) -> None:
    """Held bytes are bounded, whether the event is one line or many; events that end are not counted together."""
    decoder = SseDecoder()
    reads = [b"data: ", *[piece] * (2 * LIMIT >> 20)]
    if b"\n\n" in piece:
        assert sum(len(decoder.feed(each)) for each in reads) == len(reads) - 1
        return
    with pytest.raises(HiveError, match="16 MB"):
        _ = [decoder.feed(each) for each in reads]


def test_a_body_that_is_no_stream_is_kept() -> None:
    """Where no event came at all, what came instead can still be read; after an event nothing is kept."""
    intake = Intake()
    assert [intake.read(piece) for piece in (b'\xef\xbb\xbf{"a":', b"1}\n")] == [(b"", []), (b"", [])]
    assert intake.close() == ([], b'{"a":1}')
    intake = Intake()
    intake.read(b"data: a\n\n")
    intake.read(b"oops")
    assert intake.close() == ([], b"")
    assert is_stream(b" \n: comment")
    assert not is_stream(b"<html>")


def test_a_body_without_end_is_refused() -> None:
    """What is no stream is kept up to a limit only."""
    intake = Intake()
    with pytest.raises(HiveError, match="no event"):
        _ = [intake.read(b"x" * (1 << 20) + b"\n") for _ in range(40)]
