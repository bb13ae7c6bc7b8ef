"""The front matter of a Markdown file, read as leniently as Claude Code reads it. Pure.

The YAML is read as a stream of events and only the top level is kept, so neither depth nor aliases can make it large.
What the client does with bad YAML was found by experiment: `docs/reference/listings.md`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

MAX_CHARS = 256 * 1024
"""Front matter longer than this is taken for broken: a description is cut at 1,536 characters anyway."""
_MAX_DEPTH = 64

Value = str | bool | int | float | None | tuple["Value", ...] | Mapping[str, "Value"]
"""A top-level value. A nested mapping is empty here: nothing in it is ever listed."""


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown file, taken apart. `broken`: it opens with front matter that is not YAML, so `fields` is empty."""

    body: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    marked: bool = False
    broken: bool = False

    def text(self, key: str) -> str:
        """A field as text; empty where it is missing, a list or a mapping."""
        value = self.fields.get(key)
        return "" if isinstance(value, tuple | Mapping) else as_text(value)

    @property
    def waits_for_paths(self) -> bool:
        """Whether a skill or rule counts only once a file of certain paths is touched."""
        value = self.fields.get("paths")
        texts = value if isinstance(value, tuple) else (value,)
        parts = (part.strip() for text in texts if isinstance(text, str) for part in text.split(","))
        return any(part.removesuffix("/**") not in {"", "**"} for part in parts)


_FENCE = re.compile(r"(?>---\s*\n)(.*?)---\s*\n?", re.DOTALL)  # atomic: blank lines are not tried one by one
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def parse(text: str) -> Document:
    """Part front matter and body. The first `---` after the opening one ends it, wherever it stands in its line."""
    match = _FENCE.match(text)
    if match is None:
        return Document(text)
    body, source = text[match.end() :], _CONTROL.sub(" ", match[1])
    if len(source) > MAX_CHARS:
        return Document(body, marked=True, broken=True)
    for mended in (str, _pairs_joined, _quoted):
        fields = _fields(mended(source))
        if fields is not None:
            return Document(body, fields, marked=True)
    return Document(body, marked=True, broken=True)


def as_text(value: Value) -> str:
    """A value as JavaScript's `String()` writes it; null is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, tuple):
        return ",".join(as_text(item) for item in value)
    return "[object Object]" if isinstance(value, Mapping) else str(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)


# Further attempts, where the YAML is bad.

_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


def _pairs_joined(source: str) -> str:
    """Characters that JSON writes as two escapes, as themselves."""
    return _PAIR.sub(_joined, source)


def _joined(match: re.Match[str]) -> str:
    return bytes.fromhex(match[1] + match[2]).decode("utf-16-be")


_LINE = re.compile(r"([A-Za-z_-]+):\s++([^\r\n\u2028\u2029]+)")
_SYNTAX = re.compile(r"[{}\[\]*&#!|>%@`]|: ")


def _quoted(source: str) -> str:
    """Each simple line whose value looks like syntax, quoted: this is what the client does."""
    return "\n".join(_quoted_line(line) for line in source.split("\n"))


def _quoted_line(line: str) -> str:
    match = _LINE.fullmatch(line)
    if match is None or not _SYNTAX.search(match[2]) or _is_quoted(match[2]):
        return line
    escaped = match[2].replace("\\", "\\\\").replace('"', '\\"')
    return f'{match[1]}: "{escaped}"'


def _is_quoted(value: str) -> bool:
    return len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"


# Events to fields.

_LOADER: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _fields(source: str) -> Mapping[str, Value] | None:
    """The top-level mapping; empty where the YAML is something else; None where it is not YAML."""
    try:
        events = iter(yaml.parse(source, Loader=_LOADER))
        value = _Reader(events).document()
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else {}


class _Reader:
    """Builds values from events: the top level in full, the content of nested mappings not at all."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._anchors: dict[str, Value] = {}
        self._copied = 0

    def document(self) -> Value:
        value: Value = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                value = self._value(next(self._events), 0)
                next(self._events)
                if not isinstance(next(self._events), yaml.StreamEndEvent):
                    raise yaml.YAMLError("a second document")
                break
        return value

    def _value(self, event: yaml.Event, depth: int) -> Value:
        if depth > _MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise yaml.YAMLError("an alias to nothing")
            return self._repeated(self._anchors[event.anchor])
        value: Value
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = tuple(self._items(yaml.SequenceEndEvent, depth))
        else:
            items = list(self._items(yaml.MappingEndEvent, depth))
            value = dict(zip(map(as_text, items[::2]), items[1::2], strict=True)) if depth == 0 else {}
        if event.anchor and not isinstance(value, tuple):  # type: ignore[attr-defined]
            self._anchors[event.anchor] = value  # type: ignore[attr-defined]
        return value

    def _repeated(self, value: Value) -> Value:
        self._copied += len(as_text(value))
        if self._copied > MAX_CHARS:
            raise yaml.YAMLError("aliases repeat too much")
        return value

    def _items(self, end: type[yaml.Event], depth: int) -> Iterator[Value]:
        while not isinstance(event := next(self._events), end):
            yield self._value(event, depth + 1)


# Plain scalars, by the core schema of YAML 1.2: `yes` is a word, a date is a text.

_WORDS: Mapping[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    "-.inf": -math.inf,
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,4})?")


def _scalar(event: yaml.ScalarEvent) -> Value:
    word: str = event.value
    if any("\ud800" <= char <= "\udfff" for char in word):
        raise yaml.YAMLError("half a character")
    if not event.implicit[0]:
        return word
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word, {"0o": 8, "0x": 16}.get(word[:2], 10))
    return float(word) if _FLOAT.fullmatch(word) else word
