"""Facts about reading usage from the side."""

from __future__ import annotations

import gzip
import json
import time

import pytest

from hive_integration.wire.events import Usage
from hive_integration.wire.sniffer import UsageSniffer
from tests.wire import upstreams as up

STREAM = b"".join([
    up.start("claude-x", input_tokens=9, output_tokens=1, cache_read_input_tokens=400, cache_creation_input_tokens=3),
    up.event("ping"), up.said(0, 'I know "message_start", "error" and {"type":"error"}.\n', "é" * 300),
    up.stop("end_turn", output_tokens=55),
])  # fmt: skip


def sniffed(raw: bytes, *cuts: int, stream: bool = True) -> UsageSniffer:
    sniffer = UsageSniffer(stream=stream)
    for piece in up.pieces(raw, *cuts):
        sniffer.feed(piece)
    return sniffer


def test_a_stream_tells_model_reason_and_counts_however_it_is_cut() -> None:
    """Whole, in two at every byte, and a byte at a time."""
    for cuts in ([], range(len(STREAM)), *([at] for at in range(len(STREAM)))):
        sniffer = sniffed(STREAM, *cuts)
        assert sniffer.usage == Usage(9, 55, 400, 3), cuts
        assert (sniffer.model, sniffer.stop_reason, sniffer.complete) == ("claude-x", "end_turn", True)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_stream_is_complete_when_its_end_was_seen(ends: bytes) -> None:
    """message_stop, or an error; a cut one is not, whatever its text says."""
    stream = STREAM.replace(b"\n", ends)
    cut = stream[: stream.index(b"event: message_stop")]
    assert sniffed(stream).complete
    assert not sniffed(cut).complete
    assert sniffed(cut + up.event("error", error={"type": "overloaded_error", "message": "x"})).complete


def test_a_body_is_read_whole() -> None:
    """Also where a stream was expected, as for an error; what is no JSON tells nothing."""
    body = json.dumps({"type": "message", "model": "claude-x", "stop_reason": "tool_use",
                       "usage": {"input_tokens": 5, "output_tokens": 6,
                        "cache_read_input_tokens": None}}).encode()  # fmt: skip
    for stream in (True, False):
        sniffer = sniffed(body, 7, 50, stream=stream)
        assert sniffer.usage == Usage(5, 6)
        assert (sniffer.model, sniffer.stop_reason, sniffer.complete) == ("claude-x", "tool_use", True)
    assert sniffed(b"<html>", stream=False).usage == Usage()
    assert sniffed(b'{"type":"error","error":{}}').usage == Usage()


def test_what_is_compressed_is_let_alone() -> None:
    """It cannot be seen whether it is complete, so nobody is told that it is not."""
    sniffer = sniffed(gzip.compress(STREAM), 100)
    assert sniffer.usage == Usage()
    assert sniffer.complete


@pytest.mark.parametrize("line", [b"data: {oops", b"data: 5", b'data: {"type":"message_delta","usage":[]}', b"\xff",
                                  b'data: {"type":"message_delta","usage":{"output_tokens":-5}}'])  # fmt: skip
def test_odd_lines_are_passed_over(line: bytes) -> None:
    """The counts before and after them stand."""
    assert sniffed(line + b' "message_"\n\n' + STREAM + line + b"\n\n").usage == Usage(9, 55, 400, 3)


def test_a_long_line_is_not_kept() -> None:
    """A megabyte of result in small reads costs its own time only, and what follows it is still seen."""
    long = b"data: " + b'"message_' * 200_000 + b"\n\n"
    began = time.perf_counter()
    sniffer = sniffed(long + STREAM, *range(0, len(long), 1400))
    assert sniffer.usage == Usage(9, 55, 400, 3)
    assert time.perf_counter() - began < 3
