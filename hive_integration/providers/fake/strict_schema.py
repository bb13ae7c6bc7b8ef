"""Which JSON schemas OpenAI refuses as a function's parameters. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
"""The only values of `format` that it takes (cyanheads/git-mcp-server#47)."""
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_NOT_AT_THE_ROOT = ("oneOf", "anyOf", "allOf", "enum", "not")
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_ONE = ("items", "additionalProperties", "not", "contains", "propertyNames")


def refuse_parameters(schema: object) -> str:
    """Why this schema is refused; empty where it is not."""
    if not isinstance(schema, dict):
        return "expected an object"
    if schema.get("type") != "object":
        return f"the root must be of type 'object', got {schema.get('type')!r}"
    if found := [word for word in _NOT_AT_THE_ROOT if word in schema]:
        return f"the root must not have {found[0]}"
    return next(_reasons(schema, "root", 0), "")


def _reasons(schema: Mapping[str, Any], where: str, depth: int) -> Iterator[str]:
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "type" in schema and not (kinds and all(isinstance(each, str) and each in _TYPES for each in kinds)):
        yield f"{where}: {kind!r} is not a valid type"
    if kind == "array" and "items" not in schema and "prefixItems" not in schema:
        yield f"{where}: an array schema lacks items"
    if where == "root" and not isinstance(schema.get("properties"), dict):
        yield f"{where}: an object schema lacks properties"
    if "format" in schema and schema["format"] not in FORMATS:
        yield f"{where}: {schema['format']!r} is not a valid format"
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        yield f"{where}: required must be an array of strings"
    if depth > 100:
        yield f"{where}: nested too deeply"
        return
    for name, below in _below(schema):
        if isinstance(below, dict):
            yield from _reasons(below, f"{where}.{name}", depth + 1)
        elif not isinstance(below, bool):
            yield f"{where}.{name}: expected a schema"


def _below(schema: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for word in _LISTS:
        yield from ((f"{word}[{i}]", each) for i, each in enumerate(schema.get(word) or []))
    for word in _MAPS:
        if isinstance(schema.get(word), dict):
            yield from schema[word].items()
    yield from ((word, schema[word]) for word in _ONE if word in schema)
