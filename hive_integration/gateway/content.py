"""What of a message's blocks is counted: texts, and the tokens of what is no text. Pure.

A call counts by its name and the JSON of its input, a result by its texts. Thinking stands apart: the API forgets it
when the user speaks again. A block of an unknown kind counts by its own JSON, less what the model never reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hive_integration.gateway.images import LARGEST, image_tokens
from hive_integration.wire.messages import Block

PDF_PAGE = 2_250
"""Tokens of a page: the middle of the 1,500 to 3,000 that Anthropic's page on PDF support gives for its text alone."""
PDF_PAGE_BYTES = 50_000
"""What a page is taken for: PDFs pack their page lists, so that pages cannot be counted without unpacking."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one message holds."""

    texts: tuple[str, ...] = ()
    fixed: int = 0
    """Tokens of images and of documents without text."""
    thinking: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """Names of deferred tools whose whole specification is shown to the model from here on."""


def content_of(blocks: Sequence[Block]) -> Content:
    """The content of a message."""
    return _joined(list(_parts(blocks)))


def _joined(parts: Sequence[Content]) -> Content:
    if len(parts) == 1:
        return parts[0]
    return Content(
        tuple(text for part in parts for text in part.texts),
        sum(part.fixed for part in parts),
        tuple(text for part in parts for text in part.thinking),
        tuple(name for part in parts for name in part.references),
    )


def _parts(blocks: Sequence[Block]) -> Iterator[Content]:
    for block in blocks:
        kind = block.get("type")
        text = block.get("text")
        if kind == "text" and isinstance(text, str):
            yield Content((text,))
        elif kind in {"tool_use", "server_tool_use", "mcp_tool_use"}:
            yield Content((str(block.get("name", "")), _json(block.get("input", {}))))
        elif kind in {"tool_result", "mcp_tool_result", "tool_search_tool_result"}:
            yield from _nested(block.get("content"))
        elif kind == "image":
            yield Content(fixed=_image(block.get("source")))
        elif kind == "document":
            yield from _document(block)
        elif kind == "thinking":
            yield Content(thinking=(str(block.get("thinking", "")),))
        elif kind == "tool_reference":
            yield Content(references=(str(block.get("tool_name", "")),))
        elif kind != "redacted_thinking":
            yield Content((_json({key: part for key, part in block.items() if key not in _UNREAD}),))


_UNREAD = {"type", "cache_control", "encrypted_content", "encrypted_index", "signature", "data"}


def _nested(content: object) -> Iterator[Content]:
    """The content of a result or a document: a text, a list of blocks, or one object."""
    if isinstance(content, str):
        yield Content((content,))
    elif isinstance(content, list):
        yield from _parts([block for block in content if isinstance(block, dict)])
    elif isinstance(content, dict):
        references = content.get("tool_references")
        yield from _parts(references if isinstance(references, list) else [content])


def _image(source: object) -> int:
    data = source.get("data") if isinstance(source, dict) else None
    return image_tokens(data) if isinstance(data, str) else LARGEST


def _document(block: Block) -> Iterator[Content]:
    yield Content(tuple(text for key in ("title", "context") if isinstance(text := block.get(key), str)))
    source: Any = block.get("source")
    source = source if isinstance(source, dict) else {}
    if source.get("type") == "text":
        yield Content((str(source.get("data", "")),))
    elif source.get("type") == "content":
        yield from _nested(source.get("content"))
    else:
        size = 3 * len(str(source.get("data", ""))) // 4
        yield Content(fixed=PDF_PAGE * max(1, round(size / PDF_PAGE_BYTES)))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
