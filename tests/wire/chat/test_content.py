"""Facts about content blocks as parts of a chat message."""

from __future__ import annotations

from typing import Any

import pytest

from hive_integration.wire.chat.content import joined, parts_of, plain
from hive_integration.wire.refusal import BlockRefused
from tests.wire.asked import PNG, SHOWN, text


def _document(source: Any, **more: Any) -> dict[str, Any]:
    return {"type": "document", "source": source, **more}


PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBE"}
FILE = {"type": "file", "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,JVBE"}}
PARTS: list[tuple[Any, Any]] = [
    (text("a", cache_control={"type": "ephemeral"}, citations=[]), [text("a")]),
    ({"type": "tool_reference", "tool_name": "T"}, [text("The tool T is now available.")]),
    (PNG, [SHOWN]),
    (
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
        [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}],
    ),
    (_document({"type": "text", "media_type": "text/plain", "data": "words"}), [text("words")]),
    (_document({"type": "content", "content": "words"}), [text("words")]),
    (_document({"type": "content", "content": [text("words"), PNG]}), [text("words"), SHOWN]),
    (_document(PDF), [FILE]),
    (
        _document(PDF, title="t.pdf", context="c"),
        [text("Document\ntitle: t.pdf\ncontext: c"), {**FILE, "file": {**FILE["file"], "filename": "t.pdf"}}],
    ),
]  # type: ignore[dict-item]


@pytest.mark.parametrize(("block", "parts"), PARTS)
def test_what_a_chat_model_takes(block: Any, parts: Any) -> None:
    """Text, images, documents; a document's title and context are text of its own."""
    assert parts_of(block) == parts


REFUSED: list[tuple[Any, str]] = [
    (
        {"type": "search_result", "source": "x"},
        "a block of type 'search_result' cannot be given to an openai-chat model",
    ),
    ({"type": "container_upload"}, "a block of type 'container_upload' cannot be given to an openai-chat model"),
    ({}, "a block without a type cannot be given to an openai-chat model"),
    ({"type": ["text"]}, "a block without a type cannot be given to an openai-chat model"),
    (
        {"type": "image", "source": {"type": "file", "file_id": "f"}},
        "a block of type 'image' with a source of type 'file' cannot be given to an openai-chat model",
    ),
    ({"type": "image"}, "image.source: expected an object, found nothing"),
    ({"type": "image", "source": {"type": "url"}}, "image.source.url: expected a string, found nothing"),
    (
        _document({"type": "url", "url": "https://example.org"}),
        "a block of type 'document' with a source of type 'url' cannot be given to an openai-chat model",
    ),
    (
        _document({"type": 5}),
        "a block of type 'document' with a source of type a number cannot be given to an openai-chat model",
    ),
    (
        _document({"type": "content", "content": [{"type": "document"}]}),
        "a block of type 'document' with content that is neither text nor images cannot be given to an openai-chat "
        "model",
    ),
    (
        _document({"type": "content", "content": 5}),
        "document.source.content: expected a string or blocks, found a number",
    ),
]


@pytest.mark.parametrize(("block", "reason"), REFUSED)
def test_what_it_does_not_take_is_refused_by_name(block: Any, reason: str) -> None:
    """The type, and what about it."""
    with pytest.raises(BlockRefused) as caught:
        parts_of(block)
    assert str(caught.value) == reason


def test_texts_are_one_string_wherever_they_can_be() -> None:
    """Not every server takes lists of parts; empty texts bring no gap."""
    assert joined([text("a"), text(""), text("b")]) == "a\n\nb"
    assert joined([text("a"), SHOWN]) == [text("a"), SHOWN]
    assert joined([]) == ""
    assert plain([text("a"), text("b")]) == "a\n\nb"
    with pytest.raises(BlockRefused, match="'image' in a system prompt"):
        plain([PNG])
