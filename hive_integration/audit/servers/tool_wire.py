"""An MCP tool as Claude Code writes it into a request. Pure; every rule here was seen on the wire of a real client.

Seen with 2.1.329 and 2.1.197 (a server with odd tools, recorded on loopback, tool search off):

* the name is `mcp__server__tool`; whatever is not an ASCII letter, digit, `_` or `-` becomes `_`, one per UTF-16 unit;
* all text is brought to NFKC, and format, private-use, unassigned and lone surrogate characters are dropped;
* a description is cut at a number of UTF-16 units, then marked; a missing one is empty;
* a schema begins with `type`, `properties`, `required`, as far as it has them; numbers and keys are JavaScript's.

A schema with `anyOf`, `oneOf` or `allOf` at its root stays as it is here: 2.1.329 flattens it, 2.1.197 drops the tool.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hive_integration.units import Component, KnowledgeUnit, Load, unit_of
from hive_integration.wire import mangled

CUT = "… [truncated]"
_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_MAX_ARRAY_INDEX = 2**32 - 2
_LAST_SHORT = (2, 1, 197)
_SHORT, _LONG = 2048, 4096
_DROPPED = {"Cf", "Co", "Cn", "Cs"}
_FIRST_KEYS = ("type", "properties", "required")


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as its server lists it."""

    name: str
    description: str = ""
    input_schema: Mapping[str, Any] = field(default_factory=dict)


def text_limit(version: str = "") -> int:
    """UTF-16 units of a tool's description, and of a server's instructions, that a client version keeps.

    Measured: 2,048 with 2.1.197, 4,096 with 2.1.329. Where between them it changed is not known: later than the
    former counts as the latter.
    """
    numbers = tuple(int(part) for part in re.findall(r"\d{1,9}", version)[:3])
    return _SHORT if numbers and numbers <= _LAST_SHORT else _LONG


def shortened(text: str, limit: int = _LONG) -> str:
    """`text` cut to `limit` UTF-16 units and marked, or itself where it fits. Server instructions are cut like this."""
    units = text.encode("utf-16-le", errors="surrogatepass")
    if len(units) <= 2 * limit:
        return text
    return units[: 2 * limit].decode("utf-16-le", errors="ignore") + CUT


def wire_name(server: str, tool: str) -> str:
    """`mcp__server__tool`, with the characters that a tool name may not have replaced."""
    return f"mcp__{mangled(server)}__{mangled(sanitised(tool))}"


def sanitised(text: str) -> str:
    """NFKC without format, private-use, unassigned and lone surrogate characters, as the client cleans MCP text."""
    if text.isascii():
        return text
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in _DROPPED)
    return kept if kept == text else sanitised(kept)


def to_wire(server: str, tool: ToolSpec, *, limit: int = _LONG) -> str:
    """The tool's compact JSON text, byte for byte as the client sends it; `limit` as `text_limit` gives it."""
    schema = tool.input_schema
    ordered = {key: schema[key] for key in _FIRST_KEYS if key in schema}
    ordered |= {key: value for key, value in schema.items() if key not in ordered}
    name, description = wire_name(server, tool.name), shortened(sanitised(tool.description), limit)
    return f'{{"name":{_text(name)},"description":{_text(description)},"input_schema":{_json(ordered)}}}'


def unit_of_tool(server: str, tool: ToolSpec, load: Load = Load.ALWAYS, *, limit: int = _LONG) -> KnowledgeUnit:
    """The tool's unit: its text is the wire text, its source `server/tool` in printable characters."""
    source = "".join(c if c.isprintable() else "?" for c in f"{server}/{tool.name}")
    name, text = wire_name(server, tool.name), to_wire(server, tool, limit=limit)
    return unit_of(name, Component.MCP_TOOLS, load, text, source=source, schema=tool.input_schema)


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """As JavaScript's JSON.stringify writes what it parsed."""
    if isinstance(value, str):
        return _text(sanitised(value))
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        items = sorted({sanitised(key): item for key, item in value.items()}.items(), key=_index)
        return "{" + ",".join(f"{_text(key)}:{_json(item)}" for key, item in items) + "}"
    return "[" + ",".join(map(_json, value)) + "]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _index(item: tuple[str, Any]) -> int:
    """Where JavaScript enumerates a key: array indices first and rising, the rest in their order."""
    is_index = _ARRAY_INDEX.fullmatch(item[0]) and int(item[0]) <= _MAX_ARRAY_INDEX
    return int(item[0]) if is_index else _MAX_ARRAY_INDEX + 1


def _number(value: float) -> str:
    try:
        exact = Decimal(repr(float(value)))
    except OverflowError:
        return "null"
    if not exact.is_finite():
        return "null"
    digits = "".join(map(str, exact.normalize().as_tuple().digits))
    point = exact.adjusted()
    if not exact or -7 < point < 21:
        return format(exact.normalize(), "f") if exact else "0"
    sign, fraction = "-" if exact < 0 else "", f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point:+d}"
