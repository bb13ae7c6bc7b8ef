"""What JSON text written by a model surely means, or why that is not sure. Pure, linear, never raises.

Strict JSON is read as every parser reads it: of a key that comes twice, the last value counts. Beyond that, REPAIRS are
certain. A text that ends inside a string or number, after a comma or after an opening bracket has lost something that
nobody can know, and so has one with quotes that do not pair up: these are faults.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

REPAIRS = {
    "empty": "no text at all: a call without arguments",
    "code_fence": "``` around it",
    "blanks": "a byte order mark or NUL around it",
    "control_characters": "a string with a raw line break",
    "surrogates": "characters that UTF-8 cannot carry, written as escapes",
    "trailing_comma": "a comma before a closing bracket",
    "cut_short": "closing brackets missing after a complete value",
    "extra_bracket": "closing brackets too many at the end",
    "python_literal": "a Python literal: single quotes, True, None",
}
MAX_DEPTH = 64
MAX_TOKENS = 100_000
"""A text that needs repair is read in Python, at about 1 µs a token."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`value` is any JSON value; with a `fault` (one line) it means nothing. `repairs` are keys of REPAIRS."""

    value: Any = None
    repairs: tuple[str, ...] = ()
    fault: str = ""


def read(text: str) -> Reading:
    """The value of the text, repaired where the repair is certain."""
    try:
        return Reading(msgspec.json.decode(text))
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        pass
    try:
        return Reading(_STDLIB.decode(text), ("surrogates",) if _SURROGATE.search(text) else ())
    except (ValueError, RecursionError):
        return _repaired(text)


def _no_constant(name: str) -> Any:  # noqa: ANN401 - it never returns
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:20]} is out of range")
    return number


_STDLIB = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
"""Reads what msgspec refuses although it is JSON: an escaped half of a surrogate pair."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANKS = " \t\r\n\ufeff\0"
_FENCE = re.compile(r"```[A-Za-z0-9]*+\s")


def _repaired(text: str) -> Reading:
    repairs = ["surrogates"] if _SURROGATE.search(text) else []
    bare = text.strip(_BLANKS)
    if not bare:
        return Reading({}, ("empty",))
    if bare.strip() != text.strip():
        repairs.append("blanks")
    fence = _FENCE.match(bare)
    if fence and bare.endswith("```"):
        repairs.append("code_fence")
        bare = bare[fence.end() : -3].strip(_BLANKS)
    first, second = _Reader(_JSON), _Reader(_PYTHON)
    for reader in (first, second):
        if reader.read(bare):
            return Reading(reader.value, (*repairs, *reader.repairs))
    return Reading(fault=(second if second.at > first.at else first).fault)


class _Dialect(NamedTuple):
    token: re.Pattern[str]
    words: Mapping[str, object]
    repair: str


_NUMBER = r"(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)(?![\w.])"
_REST = _NUMBER + r"|(?P<word>[A-Za-z_]++)|(?P<mark>[{}\[\]:,]))"
_DOUBLE = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SINGLE = r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"
_JSON_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_JSON = _Dialect(re.compile(rf"[ \t\r\n]*+(?:(?P<string>{_DOUBLE})|{_REST}", re.DOTALL), _JSON_WORDS, "")
_PYTHON = _Dialect(
    re.compile(rf"[ \t\r\n]*+(?:(?P<string>{_DOUBLE}|{_SINGLE})|{_REST}", re.DOTALL),
    {**_JSON_WORDS, "True": True, "False": False, "None": None},
    "python_literal",
)

_EXPECTED = {
    "value": "sv{[",
    "item": "sv{[]",
    "first item": "sv{[]",
    "key": "s}",
    "first key": "s}",
    "colon": ":",
    "comma or bracket": ",}]",
    "end": "}]",
}
"""What may come in each state: a string, another value, a mark."""


@dataclass(slots=True)
class _Reader:
    """One pass over a text in one dialect, without recursion. After False, `fault` says why, `at` how far it came."""

    dialect: _Dialect
    value: Any = None
    repairs: dict[str, None] = field(default_factory=dict)
    fault: str = ""
    at: int = 0
    _state: str = "value"
    _open: list[Any] = field(default_factory=list)
    _keys: list[str] = field(default_factory=list)

    def read(self, text: str) -> bool:
        """Whether the text means something in this dialect; then `value` is it."""
        try:
            self._read(text)
        except ValueError as error:
            self.fault = f"{error} (at character {self.at})"
            return False
        if self.dialect.repair:
            self.repairs[self.dialect.repair] = None
        return True

    def _read(self, text: str) -> None:
        kind, match = "", self.dialect.token.match
        for _ in range(MAX_TOKENS):
            found = match(text, self.at)
            if found is None:
                return self._end(text[self.at :].strip(_BLANKS), sure=kind != "number" or self.at < len(text))
            kind = found.lastgroup or ""
            piece = found[kind]
            symbol = piece if kind == "mark" else "s" if kind == "string" else "v"
            if symbol not in _EXPECTED[self._state]:
                raise ValueError(f"found {piece[:20]!r}, expected {self._state}")
            self._take(symbol, piece, kind)
            self.at = found.end()
        raise ValueError(f"more than {MAX_TOKENS} values and marks")

    def _take(self, symbol: str, piece: str, kind: str) -> None:
        if symbol == "s" and self._state in {"key", "first key"}:
            self._keys.append(self._string(piece))
            self._state = "colon"
        elif symbol == "s":
            self._put(self._string(piece))
        elif symbol == "v":
            self._put(self._number(piece) if kind == "number" else self._word(piece))
        elif symbol in "{[":
            self._begin(symbol)
        elif symbol in "}]":
            self._close(symbol)
        else:
            after_comma = "key" if isinstance(self._open[-1], dict) else "item"
            self._state = "value" if symbol == ":" else after_comma

    def _begin(self, symbol: str) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} deep")
        new: Any = {} if symbol == "{" else []
        self._put(new)
        self._open.append(new)
        self._state = "first key" if symbol == "{" else "first item"

    def _put(self, value: object) -> None:
        if not self._open:
            self.value, self._state = value, "end"
            return
        into = self._open[-1]
        if isinstance(into, dict):
            into[self._keys.pop()] = value
        else:
            into.append(value)
        self._state = "comma or bracket"

    def _close(self, symbol: str) -> None:
        if self._state == "end":
            self.repairs["extra_bracket"] = None
            return
        if (symbol == "}") != isinstance(self._open.pop(), dict):
            raise ValueError(f"found {symbol!r}, which closes another kind of bracket")
        if self._state in {"key", "item"}:
            self.repairs["trailing_comma"] = None
        self._state = "comma or bracket" if self._open else "end"

    def _end(self, rest: str, *, sure: bool) -> None:
        if rest:
            cut = rest[0] in "\"'" and self._state != "end"
            raise ValueError("ends inside a string, or its quotes do not pair up" if cut else f"found {rest[:20]!r}")
        if self._state == "end":
            return
        if self._state != "comma or bracket" or not sure:
            raise ValueError("ends inside a number" if not sure else f"ends where a {self._state} was expected")
        self.repairs["cut_short"] = None

    def _string(self, piece: str) -> str:
        if self.dialect is _PYTHON:
            return _ESCAPE.sub(_unescaped, piece[1:-1])
        try:
            return str(json.loads(piece))
        except ValueError:
            self.repairs["control_characters"] = None
        try:
            return str(json.loads(piece, strict=False))
        except ValueError as error:
            raise ValueError("a string has an escape that JSON does not know") from error

    def _number(self, piece: str) -> int | float:
        return int(piece) if piece.lstrip("-").isdigit() else _finite(piece)

    def _word(self, piece: str) -> object:
        if piece not in self.dialect.words:
            raise ValueError(f"{piece[:20]} is no JSON value")
        return self.dialect.words[piece]


_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}|.)|\n", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "\\": "\\", "'": "'", '"': '"'}


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    if escape is None:
        raise ValueError("a Python string has a raw line break")
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    if escape not in _SIMPLE:
        raise ValueError(f"a string has the escape \\{escape}, which could mean two things")
    return _SIMPLE[escape]
