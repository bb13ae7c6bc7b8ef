"""Where in a TOML text something stands: its statements, their keys and lines. Pure.

`tomllib` says what a text means and not where; errors must name a line, and an edit must leave all else as it is. The
text is cut into statements here, and each is given to `tomllib` to say which keys it sets. Only for texts that parse.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Keys = tuple[str, ...]

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]|[^"\'#\[\]{}\n]+',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One table header or one `key = value`. `start` and `end` are character offsets, the line's end excluded."""

    start: int
    end: int
    line: int
    header: bool
    keys: Sequence[Keys]
    """Every key that it names or sets, from the root, outer ones first; of an inline table the inner ones, too."""


def statements(text: str) -> Iterator[Statement]:
    """The statements of a TOML text, in order; blank lines and comments are none."""
    table: Keys = ()
    for start, end, line in _pieces(text):
        header = text[start] == "["
        found = list(_keys(tomllib.loads(text[start:end])))
        if header:
            table = found[-1]
            yield Statement(start, end, line, header, found)
        else:
            yield Statement(start, end, line, header, [(*table, *keys) for keys in found])


def line_of(text: str, keys: Sequence[str | int]) -> int:
    """The line on which `keys` is set; else that of the innermost table around it; else 1."""
    wanted = tuple(map(str, keys))
    line, depth = 1, 0
    for statement in statements(text):
        for found in statement.keys:
            if len(found) > depth and wanted[: len(found)] == found:
                line, depth = statement.line, len(found)
    return line


def _pieces(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, line) of each statement: it ends at the first line's end outside of strings and brackets."""
    start, depth, line, began = -1, 0, 1, 1
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if piece == "\n" and depth == 0 and start >= 0:
            yield start, match.start() - (text[match.start() - 1] == "\r"), began
            start = -1
        elif start < 0 and piece[0] != "#" and piece.strip():
            start, began = match.start() + len(piece) - len(piece.lstrip()), line
        depth += (piece in "[{") - (piece in "]}")
        line += piece.count("\n")
    if start >= 0:
        yield start, len(text), began


def _keys(value: object) -> Iterator[Keys]:
    if isinstance(value, list):
        value = value[-1] if value else None
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield (name,)
            yield from ((name, *keys) for keys in _keys(inner))
