"""Content blocks as the parts of a chat message, by a table of their types. Pure.

What a chat model cannot take is refused by name; nothing is dropped in silence. `cache_control` and `citations` mean
nothing there and are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hive_integration.wire.blocks import TEXTS, kind_of, text_of
from hive_integration.wire.messages import Block, found
from hive_integration.wire.refusal import BlockRefused

Part = dict[str, Any]
GAP = "\n\n"
"""Between texts that were blocks of their own: a chat message is one string wherever it can be, because not every
server takes lists of parts."""
HINT = "ask the full profile for this turn, or start a conversation without it"


def parts_of(block: Block) -> Sequence[Part]:
    """The parts that stand for a block in a user's message. Raises `BlockRefused` for one that has none."""
    part = PARTS.get(kind_of(block))
    if part is None:
        raise refused(block)
    return part(block)


def refused(block: Block, what: str = "") -> BlockRefused:
    """The error for a block that a chat model cannot take."""
    name = f"a block of type {kind_of(block)!r}" if kind_of(block) else "a block without a type"
    return BlockRefused(block, f"{name}{what} cannot be given to an openai-chat model", hint=HINT)


def joined(parts: Sequence[Part]) -> str | list[Part]:
    """The content of a message: one string where all parts are text."""
    if any(part["type"] != "text" for part in parts):
        return list(parts)
    return GAP.join([part["text"] for part in parts if part["text"]])


def plain(blocks: Sequence[Block]) -> str:
    """The text of blocks that may be nothing else (a system message)."""
    for block in blocks:
        if kind_of(block) not in TEXTS:
            raise refused(block, " in a system prompt")
    return GAP.join(filter(None, map(text_of, blocks)))


def _text(block: Block) -> list[Part]:
    return [{"type": "text", "text": text_of(block)}]


def _image(block: Block) -> list[Part]:
    source = _source(block)
    kind = source.get("type")
    if kind == "base64":
        url = f"data:{_word(block, source, 'media_type')};base64,{_word(block, source, 'data')}"
    elif kind == "url":
        url = _word(block, source, "url")
    else:
        raise refused(block, f" with a source of type {_shown(kind)}")
    return [{"type": "image_url", "image_url": {"url": url}}]


def _document(block: Block) -> list[Part]:
    source = _source(block)
    kind = source.get("type")
    if kind == "text":
        content: list[Part] = [{"type": "text", "text": _word(block, source, "data")}]
    elif kind == "content":
        content = _nested(block, source.get("content"))
    elif kind == "base64" and source.get("media_type") == "application/pdf":
        data = f"data:application/pdf;base64,{_word(block, source, 'data')}"
        title = block.get("title")
        name = title if isinstance(title, str) and title else "document.pdf"
        content = [{"type": "file", "file": {"filename": name, "file_data": data}}]
    else:
        raise refused(block, f" with a source of type {_shown(kind)}")
    heads = [f"{name}: {block[name]}" for name in ("title", "context") if isinstance(block.get(name), str)]
    return [{"type": "text", "text": "\n".join(["Document", *heads])}, *content] if heads else content


def _nested(block: Block, content: object) -> list[Part]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        raise BlockRefused(block, f"document.source.content: expected a string or blocks, found {found(content)}")
    parts: list[Part] = []
    for each in content:
        if not isinstance(each, dict) or kind_of(each) not in {"text", "image"}:
            raise refused(block, " with content that is neither text nor images")
        parts += parts_of(each)
    return parts


def _source(block: Block) -> Mapping[str, Any]:
    source = block.get("source")
    if not isinstance(source, dict):
        raise BlockRefused(block, f"{kind_of(block)}.source: expected an object, found {found(source)}")
    return source


def _word(block: Block, source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str):
        raise BlockRefused(block, f"{kind_of(block)}.source.{name}: expected a string, found {found(value)}")
    return value


def _shown(kind: object) -> str:
    return repr(kind) if isinstance(kind, str) else found(kind)


PARTS: Mapping[str, Callable[[Block], Sequence[Part]]] = {
    "text": _text,
    "tool_reference": _text,
    "image": _image,
    "document": _document,
}
