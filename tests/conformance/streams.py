"""Text in a stream: whatever way the upstream cuts and decorates it, the client gets a legal stream with that text."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hive_integration.providers.fake import DONE, Answer, Counts, chat_stream, chunk, stream
from hive_integration.providers.fake.chat import usage
from tests.conformance.client import said
from tests.conformance.expect import among, equal, true
from tests.conformance.scenario import Scenario
from tests.conformance.stage import Stage

ODD = 'naïve café – 日本語のテキスト 👩‍👩‍👧 \u2028\u2029\u0085 "quoted" back\\slash\ttab\r\nline\n\nempty line'
USAGE = chunk(usage=usage(Counts()))


def _says(stage: Stage, answer: Answer, text: str, stop: str = "end_turn") -> None:
    stage.chat(answer)
    message = stage.message(stage.ask())
    equal(said(message), text, "text")
    equal(message["stop_reason"], stop, "stop_reason")


def _deltas(*texts: str) -> list[bytes]:
    return [chunk({"role": "assistant", "content": ""}), *(chunk({"content": text}) for text in texts)]


def text(stage: Stage) -> None:
    _says(stage, chat_stream(["Hello", ", ", "world"]), "Hello, world")


def not_streamed(stage: Stage) -> None:
    from hive_integration.providers.fake import chat_body

    stage.chat(chat_body(ODD))
    answer = stage.ask(stream=None)
    true(not answer.streamed, "a stream came that nobody had asked for")
    equal(said(stage.message(answer)), ODD, "text")


def not_buffered(stage: Stage) -> None:
    pieces = chat_stream(["first", "last"]).pieces
    stage.chat(stream(*pieces[:2], 3.0, *pieces[2:]))
    answer = stage.ask()
    stage.message(answer)
    at = next((at for at, piece in answer.pieces if b"first" in piece), 99)
    true(at < 2, f"the first words came after {at:.1f} s, the upstream had sent them at once")


def many_chunks(stage: Stage) -> None:
    words = [f"word{i} " for i in range(1500)]
    begun = time.monotonic()
    _says(stage, chat_stream(words), "".join(words))
    true(time.monotonic() - begun < 20, "1,500 chunks took over 20 s")


def odd_characters(stage: Stage) -> None:
    _says(stage, chat_stream([ODD]), ODD)


def split_characters(stage: Stage) -> None:
    _says(stage, chat_stream([ODD, ODD]).dripped(1), ODD + ODD)


def escaped_characters(stage: Stage) -> None:
    ascii_only = rb'data: {"choices":[{"index":0,"delta":{"content":"\ud83d\udc69\u00e9\u2028"},"finish_reason":null}]}'
    pieces = [*_deltas("a"), ascii_only + b"\n\n", chunk({}, "stop"), USAGE, DONE]
    _says(stage, stream(*pieces), "a👩é\u2028")


def comments(stage: Stage) -> None:
    pieces = [
        b": PROCESSING\n\n",
        *_deltas("a"),
        b": PROCESSING\n\n",
        b":\n",
        *_deltas("b"),
        chunk({}, "stop"),
        USAGE,
        DONE,
    ]
    _says(stage, stream(*pieces), "ab")


def _framed(pieces: Sequence[bytes | float], old: bytes, new: bytes) -> Answer:
    return stream(*(piece.replace(old, new) if isinstance(piece, bytes) else piece for piece in pieces))


def crlf(stage: Stage) -> None:
    _says(stage, _framed(chat_stream(["a", "b"]).pieces, b"\n", b"\r\n"), "ab")


def no_space(stage: Stage) -> None:
    _says(stage, _framed(chat_stream(["a", "b"]).pieces, b"data: ", b"data:"), "ab")


def other_fields(stage: Stage) -> None:
    _says(stage, _framed(chat_stream(["a", "b"]).pieces, b"data: ", b"id: 7\nevent: chunk\nretry: 10\ndata: "), "ab")


def empty_choices(stage: Stage) -> None:
    first = chunk(prompt_filter_results=[{"prompt_index": 0, "content_filter_results": {}}])
    _says(stage, stream(first, *chat_stream(["a"]).pieces), "a")


def null_fields(stage: Stage) -> None:
    nulls = {"role": None, "content": None, "tool_calls": None, "refusal": None, "reasoning_content": None}
    pieces = [chunk(nulls), chunk({**nulls, "content": "a"}), chunk(nulls), chunk({**nulls, "content": "b"})]
    _says(stage, stream(*pieces, chunk(nulls, "stop"), USAGE, DONE), "ab")


def one_chunk(stage: Stage) -> None:
    _says(stage, stream(chunk({"role": "assistant", "content": "all"}, "stop", usage=usage(Counts())), DONE), "all")


def one_read(stage: Stage) -> None:
    _says(stage, stream(chat_stream(["a", "b", "c"]).body), "abc")


def no_done(stage: Stage) -> None:
    _says(stage, stream(*chat_stream(["a"]).pieces[:-1]), "a")


def repeated_role(stage: Stage) -> None:
    pieces = [chunk({"role": "assistant", "content": word}) for word in ("a", "b", "c")]
    _says(stage, stream(*pieces, chunk({}, "stop"), USAGE, DONE), "abc")


def empty_answer(stage: Stage) -> None:
    _says(stage, chat_stream(""), "")


def reasoning(stage: Stage) -> None:
    _says(stage, chat_stream("The answer.", reasoning="Let me think."), "The answer.")


def length(stage: Stage) -> None:
    _says(stage, chat_stream("cut off", finish="length"), "cut off", "max_tokens")


def content_filter(stage: Stage) -> None:
    stage.chat(chat_stream("no", finish="content_filter"))
    message = stage.message(stage.ask())
    among(message["stop_reason"], {"refusal", "end_turn", "stop_sequence"}, "stop_reason")


def no_finish(stage: Stage) -> None:
    stage.chat(stream(*_deltas("a", "b"), USAGE, DONE))
    message = stage.message(stage.ask())
    equal(said(message), "ab", "text")


def model_and_id(stage: Stage) -> None:
    stage.chat(chat_stream("a"))
    first, second = (stage.message(stage.ask()) for _ in range(2))
    true(first["id"] != second["id"], f"two answers have the id {first['id']!r}")


SSE, PAGE = "the standard of server-sent events", "Streaming"
SCENARIOS = (
    Scenario("stream-text", "text arrives as a legal stream that ends with end_turn", text, (4, 10), PAGE),
    Scenario("stream-not-asked", "without `stream` one JSON message comes", not_streamed, (), "Messages API"),
    Scenario(
        "stream-not-buffered", "the first words arrive while the upstream is still speaking", not_buffered, (44,), PAGE
    ),
    Scenario("stream-many-chunks", "1,500 chunks arrive in order and quickly", many_chunks, (), PAGE),
    Scenario(
        "stream-odd-characters", "line separators, quotes, joined emoji arrive as they were", odd_characters, (11,), SSE
    ),
    Scenario(
        "stream-split-characters", "a stream that comes byte by byte keeps its characters", split_characters, (11,)
    ),
    Scenario("stream-escaped-characters", "escaped surrogate pairs become their character", escaped_characters, (11,)),
    Scenario("stream-comments", "comments of the upstream are passed over", comments, (44,), SSE),
    Scenario("stream-crlf", "lines may end in CR LF", crlf, (), SSE),
    Scenario("stream-no-space", "no space need stand after `data:`", no_space, (), SSE),
    Scenario("stream-other-fields", "event, id and retry lines do no harm", other_fields, (), SSE),
    Scenario("stream-empty-choices", "a chunk without choices does no harm", empty_choices, (7,)),
    Scenario("stream-null-fields", "fields that are null say nothing", null_fields, (4,)),
    Scenario("stream-one-chunk", "text, finish and usage may come in one chunk", one_chunk, (7,)),
    Scenario("stream-one-read", "all chunks may come in one read", one_read, (1,)),
    Scenario("stream-no-done", "a stream that ends without [DONE] after its finish is complete", no_done, (7, 47)),
    Scenario("stream-repeated-role", "a role in every chunk starts one message only", repeated_role, (10,)),
    Scenario("stream-empty-answer", "an answer without any content is a legal stream", empty_answer, (4,)),
    Scenario("stream-reasoning", "reasoning is not mixed into the text", reasoning, (39,)),
    Scenario("stop-length", "finish_reason length is max_tokens", length, (13,), "Messages API"),
    Scenario("stop-filter", "finish_reason content_filter gets a stop reason of the API", content_filter, (13,)),
    Scenario("stop-missing", "an upstream without finish_reason still gets a stop reason", no_finish, (13,)),
    Scenario("stream-ids", "each message has an id of its own", model_and_id, (), "Messages API"),
)
