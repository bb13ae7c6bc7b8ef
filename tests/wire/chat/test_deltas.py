"""Facts about turning chunks into events."""

from __future__ import annotations

from hive_integration.wire.chat.chunk import Choice, Chunk, Delta
from hive_integration.wire.chat.deltas import BROKEN, REASONS, Deltas
from hive_integration.wire.events import Failure, Finish, Seen, Text, Usage


def chunk(content: str, **more: object) -> Chunk:
    return Chunk([Choice(delta=Delta(content))], **more)  # type: ignore[arg-type]


def test_counts_are_told_when_they_change() -> None:
    """Usage with every chunk is one event a read, and none where nothing changed."""
    deltas = Deltas(text_calls=False)
    for answer in (1, 2, 3):
        deltas.chunk(chunk("a", usage={"prompt_tokens": 5, "completion_tokens": answer}))
    assert deltas.take() == [Text("aaa"), Seen(Usage(5, 3))]
    deltas.chunk(chunk("b", usage={"prompt_tokens": 5, "completion_tokens": 3}))
    assert deltas.take() == [Text("b")]


def test_nothing_follows_the_end() -> None:
    """Chunks after the end are not even looked at, and a second end is none."""
    deltas = Deltas(text_calls=False)
    deltas.finish()
    deltas.chunk(chunk("late"))
    deltas.fail(Failure("api_error", "late"))
    deltas.finish()
    assert deltas.take() == [Finish("end_turn")]


def test_every_known_reason_has_one_meaning() -> None:
    """A finish reason either ends an answer or breaks it off."""
    assert not set(REASONS) & set(BROKEN)


def test_what_the_messages_api_has_no_place_for_is_named() -> None:
    """Sound, images and annotations of an answer do not vanish unseen."""
    deltas = Deltas(text_calls=False)
    deltas.chunk(Chunk([Choice(delta=Delta("a", audio={"id": "x"}, images=[{}], annotations=[]))]))
    assert deltas.ignored == {"audio", "images"}
