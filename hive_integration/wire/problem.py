"""What is wrong at one place of a call's arguments, in words for the model that is asked again. Pure.

Values are shown cut, printable and on one line: a file's content may stand in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

import msgspec

LIMIT = "limit"
"""The `keyword` of a problem that no schema asked about: too deep, too much, too slow, not JSON."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place. `path` leads there from the arguments' root; `str(problem)` is one line."""

    path: tuple[str | int, ...]
    found: str
    expected: str
    keyword: str = field(default=LIMIT, compare=False)
    schema: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The part of the schema that says so."""
    declared: bool = field(default=False, compare=False)
    """Whether the schema has the last key of the path as a property by name."""

    def __str__(self) -> str:
        where = ".".join(one_line(str(each)) for each in self.path) or "the arguments"
        return f"{_cut(where, 200)}: {self.found}, expected {self.expected}"


_EXPECTED = {
    "enum": "one of {}", "const": "{}", "pattern": "text that matches {}", "format": "a {}",
    "minimum": "at least {}", "maximum": "at most {}", "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}", "multipleOf": "a multiple of {}", "minLength": "at least {} characters",
    "maxLength": "at most {} characters", "minItems": "at least {} items", "maxItems": "at most {} items",
    "uniqueItems": "items that differ", "anyOf": "what fits any of {}", "oneOf": "what fits exactly one of {}",
    "not": "what does not fit {}", "propertyNames": "a key that fits {}", "false": "nothing here",
}  # fmt: skip


def problem_of(error: Any) -> Problem:  # noqa: ANN401 - jsonschema's ValidationError
    """A problem from what `keywords` found; a missing or surplus key is the last of the error's path."""
    keyword, wanted = error.validator or "false", error.validator_value
    part = error.schema if isinstance(error.schema, Mapping) else {}
    path = tuple(error.absolute_path)
    if keyword == "required":
        found, expected = "is missing", _kind(part.get("properties", {}).get(path[-1]))
    elif keyword == "additionalProperties":
        found, expected = "is not an argument of this tool", f"only {_names(part.get('properties', {}))}"
    else:
        found = f"is {shown(error.instance)}"
        expected = (
            " or ".join(map(str, wanted if isinstance(wanted, list) else [wanted]))
            if keyword == "type"
            else _EXPECTED.get(keyword, keyword + " {}").format(_cut(_json(wanted), 160))
        )
    way = [*error.absolute_schema_path]
    declared = bool(path) and ("properties", path[-1]) in pairwise(way)
    return Problem(path, found, one_line(expected), keyword, part, declared)


def shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A value in a few words of one line."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return _cut(_json(value), 80)


def _kind(schema: Any) -> str:  # noqa: ANN401 - a schema, or nothing
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    return " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind or "a value")


def _names(properties: Mapping[str, Any]) -> str:
    return ", ".join(islice(properties, 30)) or "none at all"


def _json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return msgspec.json.encode(value).decode() if not isinstance(value, str) else '"' + one_line(value) + '"'


def one_line(text: str) -> str:
    """Text as it may stand in a message or a log: cut, printable, encodable."""
    return _cut("".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:300]), 300)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
