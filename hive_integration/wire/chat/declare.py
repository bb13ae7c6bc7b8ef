"""Tools as functions of a chat request, each in its mode. Pure; remembered by tool and by toolset.

What stands in the card's manifest is declared as the card says; any other tool in full.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from hive_integration.wire.chat.names import chat_name
from hive_integration.wire.messages import Declared, Tool
from hive_integration.wire.schema import acceptable, is_closed, slimmed

ANYTHING: Mapping[str, Any] = {"type": "object", "properties": {}, "additionalProperties": True}
"""Parameters of which nothing is said: without the last, llama.cpp would hold a model to no arguments at all."""


@lru_cache(maxsize=64)
def own(tools: tuple[Tool, ...]) -> tuple[Tool, ...]:
    """The client's own tools: a server tool has no schema that could be declared."""
    return tuple(tool for tool in tools if not tool.kind)


@lru_cache(maxsize=64)
def functions(tools: tuple[Tool, ...], known: frozenset[str], mode: Declared, strict: bool) -> msgspec.Raw:
    """The JSON of `tools` in a chat request."""
    each = [_function(tool, mode if tool.name in known else "full", strict) for tool in tools]
    return msgspec.Raw(b"[" + b",".join(each) + b"]")


@lru_cache(maxsize=8192)
def _function(tool: Tool, mode: Declared, strict: bool) -> bytes:
    function: dict[str, object] = {"name": chat_name(tool.name)}
    if mode == "full":
        if description := _described(tool):
            function["description"] = description
        schema = function["parameters"] = acceptable(tool.schema) if strict else tool.schema or ANYTHING
        if strict and _MORE.decode(tool.raw).strict is True and is_closed(schema):
            function["strict"] = True
    elif mode == "slim":
        function["parameters"] = slimmed(acceptable(tool.schema))
    else:
        function["parameters"] = ANYTHING
    return msgspec.json.encode({"type": "function", "function": function})


class _More(msgspec.Struct):
    strict: Any = None
    input_examples: Any = None


_MORE = msgspec.json.Decoder(_More)


def _described(tool: Tool) -> str:
    """The description, and the examples of input that the Messages API keeps beside it."""
    examples = _MORE.decode(tool.raw).input_examples
    lines = [msgspec.json.encode(each).decode() for each in examples] if isinstance(examples, list) else []
    return "\n".join(filter(None, [tool.description, *(f"Example: {line}" for line in lines)]))
