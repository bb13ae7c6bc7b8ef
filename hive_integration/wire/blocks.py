"""What a content block says: its type, its text, what a tool result holds, and whether it is bookkeeping. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hive_integration.wire.messages import Block, found
from hive_integration.wire.refusal import BlockRefused

EMPTY_RESULT = "(no output)"
"""What stands for a result that is empty: some servers refuse a message without text."""
BILLING = "x-anthropic-billing-header"
TEXTS = frozenset({"text", "tool_reference"})
"""The types of block that are nothing but text."""


def kind_of(block: Block) -> str:
    """A block's type; empty where it has none."""
    kind = block.get("type")
    return kind if isinstance(kind, str) else ""


def result_parts(block: Block) -> tuple[str, list[Block]]:
    """A tool result's text, and its blocks that are none (images, documents), in their order."""
    content = content_of(block)
    if isinstance(content, str):
        return content, []
    texts = [text_of(each) for each in content if kind_of(each) in TEXTS]
    return "\n\n".join(filter(None, texts)), [each for each in content if kind_of(each) not in TEXTS]


def content_of(block: Block) -> str | Sequence[Block]:
    """What a tool result holds; an empty string for nothing. Raises `BlockRefused` for anything but text and blocks."""
    content = block.get("content")
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise BlockRefused(block, f"tool_result.content: expected a string or blocks, found {found(content)}")
    for each in content:
        if not isinstance(each, dict):
            raise BlockRefused(block, f"tool_result.content: expected blocks, found {found(each)} among them")
    return content


def text_of(block: Block) -> str:
    """The text of a text block, or of a reference to a tool that was searched for."""
    kind = kind_of(block)
    if kind not in TEXTS:
        raise BlockRefused(block, f"expected text here, found a block of type {kind!r}")
    name = "text" if kind == "text" else "tool_name"
    value = block.get(name)
    if not isinstance(value, str):
        raise BlockRefused(block, f"{kind}.{name}: expected a string, found {found(value)}")
    return value if name == "text" else f"The tool {value} is now available."


def without_billing(system: Sequence[Block]) -> Sequence[Block]:
    """The system blocks without the client's first, where that is Anthropic's own bookkeeping: its nonce would break
    every other upstream's prefix cache."""
    first = system[0].get("text") if system else None
    return system[1:] if isinstance(first, str) and first.startswith(BILLING) else system
