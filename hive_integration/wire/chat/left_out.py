"""What `render_chat` leaves out although no table says that it means nothing there: for log and status. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from hive_integration.wire.blocks import kind_of
from hive_integration.wire.chat.fields import MEANINGLESS, REFUSED, TRANSLATED
from hive_integration.wire.messages import Block, MessagesRequest, Tool

_COMMON = frozenset({"type", "cache_control"})
KNOWN: Mapping[str, frozenset[str]] = {
    "text": _COMMON | {"text", "citations"},
    "image": _COMMON | {"source"},
    "document": _COMMON | {"source", "title", "context", "citations"},
    "tool_reference": _COMMON | {"tool_name"},
    "tool_use": _COMMON | {"id", "name", "input", "caller"},
    "tool_result": _COMMON | {"tool_use_id", "content", "is_error"},
}
"""The fields of each block that are translated, or mean nothing there (`cache_control`, `citations`, `caller`)."""
TOOL = frozenset({
    "name", "description", "input_schema", "type", "cache_control", "defer_loading", "strict", "input_examples",
    "eager_input_streaming",
})  # fmt: skip
CONFIG = frozenset({"effort", "format"})
FIELDS = TRANSLATED | MEANINGLESS.keys() | REFUSED.keys()


def left_out(request: MessagesRequest) -> list[str]:
    """Places and names, such as `tools.3 (web_search_20250305)` or `messages.2.content.0.foo`; mostly none."""
    out = [name for name in request.fields if name not in FIELDS]
    config = request.value("output_config")
    if isinstance(config, dict):
        out += [f"output_config.{name}" for name in config if name not in CONFIG]
    out += _of_tools(tuple(request.tools))
    out += _of_blocks(request.system, "system")
    for i, turn in enumerate(request.turns):
        out += [f"messages.{i}.{name}" for name in turn.more]
        if not isinstance(turn.content, str):
            out += _of_blocks(turn.content, f"messages.{i}.content")
    return out


@lru_cache(maxsize=64)
def _of_tools(tools: tuple[Tool, ...]) -> tuple[str, ...]:
    out: list[str] = []
    for i, tool in enumerate(tools):
        if tool.kind:
            out.append(f"tools.{i} ({tool.kind})")
        else:
            fields = msgspec.json.decode(tool.raw, type=dict[str, msgspec.Raw])
            out += [f"tools.{i}.{name}" for name in fields if name not in TOOL]
    return tuple(out)


def _of_blocks(blocks: Sequence[Block], where: str) -> Iterator[str]:
    for i, block in enumerate(blocks):
        known = KNOWN.get(kind_of(block))
        if known is None:
            continue  # thinking, or refused
        if not known.issuperset(block):
            yield from (f"{where}.{i}.{name}" for name in block if name not in known)
        inner = block.get("content")
        if isinstance(inner, list):
            each = [one for one in inner if isinstance(one, dict)]
            yield from _of_blocks(each, f"{where}.{i}.content") if kind_of(block) == "tool_result" else ()
