"""Which branches of tools' schemas the calls of a dataset go down: what is used, left out, chosen, empty. Pure.

A branch is a decision that a schema leaves to the caller: an optional property given or not, a value of an enumeration,
true or false, a list with something in it or none, one of several alternatives of type. Depth and number have limits:
a schema is a stranger's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DEEPEST = 6
MOST = 400
"""Branches of one schema."""
_VALUES = 40
"""Values of one enumeration."""


class Branches:
    """The branches of the tools that are called, and which of them were taken."""

    def __init__(self) -> None:
        self._open: dict[str, set[str]] = {}
        self._taken: dict[str, set[str]] = {}

    def add(self, tool: str, schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
        """Take note of one call."""
        if tool not in self._open:
            self._open[tool] = {branch for branch, _ in zip(_possible(schema, "", 0), range(MOST), strict=False)}
            self._taken[tool] = set()
        self._taken[tool].update(_taken(schema, arguments, "", 0))

    @property
    def tools(self) -> int:
        """How many tools are called."""
        return len(self._open)

    @property
    def possible(self) -> int:
        """Branches in all."""
        return sum(map(len, self._open.values()))

    @property
    def covered(self) -> int:
        """Branches that some call goes down."""
        return sum(len(branches & self._taken[tool]) for tool, branches in self._open.items())


def _possible(schema: object, path: str, depth: int) -> Iterator[str]:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    for value in _list(schema.get("enum"))[:_VALUES]:
        yield f"{path}={value!r}"
    kinds = _kinds(schema)
    if len(kinds) > 1:
        yield from (f"{path}:{kind}" for kind in kinds)
    if "boolean" in kinds and "enum" not in schema:
        yield from (f"{path}=True", f"{path}=False")
    if "array" in kinds:
        yield f"{path}[filled]"
        if not schema.get("minItems"):
            yield f"{path}[empty]"
        yield from _possible(schema.get("items"), f"{path}[]", depth + 1)
    required = _list(schema.get("required"))
    for name, inner in _properties(schema):
        if name not in required:
            yield from (f"{path}.{name}?given", f"{path}.{name}?left out")
        yield from _possible(inner, f"{path}.{name}", depth + 1)


def _taken(schema: object, value: Any, path: str, depth: int) -> Iterator[str]:  # noqa: ANN401 - a JSON value
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    yield f"{path}={value!r}" if isinstance(value, str | bool | int | float | None) else path
    yield f"{path}:{_kind(value)}"
    if isinstance(value, list | tuple):
        yield f"{path}[filled]" if value else f"{path}[empty]"
        for each in value:
            yield from _taken(schema.get("items"), each, f"{path}[]", depth + 1)
    if isinstance(value, Mapping):
        for name, inner in _properties(schema):
            yield f"{path}.{name}?given" if name in value else f"{path}.{name}?left out"
            if name in value:
                yield from _taken(inner, value[name], f"{path}.{name}", depth + 1)


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        yield from properties.items()


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type")
    return [each for each in kind if isinstance(each, str)] if isinstance(kind, list) else [str(kind)] if kind else []


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = ((str, "string"), (int, "integer"), (float, "number"), (Mapping, "object"), (list | tuple, "array"))
    return next((name for kind, name in names if isinstance(value, kind)), "null")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
