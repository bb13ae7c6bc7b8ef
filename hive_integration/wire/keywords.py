"""jsonschema's keywords with limits: none fetches, none hangs. Pure but for the clock that ends a check.

A remote `$ref` is not followed and counts as met. A pattern is read as ECMAScript has it, is matched with a time limit,
and counts as met when that is over. Of the formats only `uri` is asserted: it needs a scheme.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import regex  # type: ignore[import-untyped]
from jsonschema.exceptions import FormatError, ValidationError  # type: ignore[import-untyped]
from referencing.exceptions import Unresolvable

CHECK_SECONDS = 0.2
PATTERN_SECONDS = 0.05
MAX_PATTERN = 2000


class TooLongError(Exception):
    """A check has used up its time. It never leaves `valid`."""


class Watch:
    """The limits of one check. It travels as jsonschema's format checker: every keyword is handed that."""

    __slots__ = ("_deadline", "_hopeless", "_steps", "patterned")

    def __init__(self, *, patterned: bool = False) -> None:
        self.patterned = patterned
        self._hopeless: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """A check begins."""
        self._steps, self._deadline = 0, time.perf_counter() + CHECK_SECONDS

    def tick(self, weight: int = 1) -> None:
        """A step of the check. Raises TooLongError; the clock is read at every 64th."""
        self._steps += weight
        if self._steps >= 64:
            self._steps = 0
            if time.perf_counter() > self._deadline:
                raise TooLongError

    def check(self, value: object, format: str) -> None:
        """As jsonschema calls it."""
        if format == "uri" and isinstance(value, str) and not _SCHEME.match(value):
            raise FormatError("not a URI")

    def met(self, pattern: str, text: str) -> bool | None:
        """Whether text matches; None where that cannot be said."""
        self.tick(64)
        compiled = None if pattern in self._hopeless else _regex(pattern)
        if compiled is None:
            return None
        try:
            return compiled.search(text, timeout=PATTERN_SECONDS) is not None
        except TimeoutError:
            self._hopeless.add(pattern)
            return None


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S*\Z")
_ECMA = re.compile(r"\\.|\[(?:[^\]\\]|\\.)*+\]|\$", re.DOTALL)
_CLASSES = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}


@lru_cache(maxsize=1024)
def _regex(pattern: str) -> Any:  # noqa: ANN401 - a compiled pattern, or None for one that cannot be read
    """In ECMAScript `$` is the very end, and `\\d` and `\\w` are ASCII; the client will see it so."""
    if len(pattern) > MAX_PATTERN:
        return None
    try:
        return regex.compile(_ECMA.sub(_as_python, pattern))
    except (regex.error, RecursionError, OverflowError, MemoryError):
        return None


def _as_python(found: re.Match[str]) -> str:
    piece = found[0]
    if piece == "$":
        return r"\Z"
    if piece.startswith("["):
        return re.sub(r"\\.", lambda each: _CLASSES.get(each[0], each[0]), piece, flags=re.DOTALL)
    return f"[{_CLASSES[piece]}]" if piece in _CLASSES else piece


@cache
def limited(base: Any) -> Any:  # noqa: ANN401 - a class of jsonschema
    """A dialect with our limits: its keywords are replaced where they match patterns, follow references or branch."""
    ours: dict[str, Any] = {name: _ticking(base.VALIDATORS[name]) for name in _BRANCHING & base.VALIDATORS.keys()}
    for name in _FOLLOWING & base.VALIDATORS.keys():
        ours[name] = _followed(base.VALIDATORS[name])
    if "unevaluatedProperties" in base.VALIDATORS:
        ours["unevaluatedProperties"] = _unevaluated(base.VALIDATORS["unevaluatedProperties"])
    ours |= {name: check for name, check in _REPLACED.items() if name in base.VALIDATORS}
    return jsonschema.validators.extend(base, ours)


Errors = Iterator[Any]


def _ticking(check: Any) -> Any:  # noqa: ANN401 - a keyword's function, here and below
    def ticking(validator: Any, wanted: Any, value: Any, schema: Any) -> Errors:  # noqa: ANN401
        validator.format_checker.tick()
        yield from check(validator, wanted, value, schema) or ()

    return ticking


def _followed(check: Any) -> Any:  # noqa: ANN401
    def followed(validator: Any, wanted: Any, value: Any, schema: Any) -> Errors:  # noqa: ANN401
        validator.format_checker.tick()
        try:
            yield from check(validator, wanted, value, schema) or ()
        except Unresolvable:
            return

    return followed


def _unevaluated(check: Any) -> Any:  # noqa: ANN401
    """jsonschema matches the neighbouring patterns without a time limit, so where there are any, it counts as met."""

    def unevaluated(validator: Any, wanted: Any, value: Any, schema: Any) -> Errors:  # noqa: ANN401
        if not validator.format_checker.patterned:
            yield from check(validator, wanted, value, schema) or ()

    return unevaluated


def _pattern(validator: Any, wanted: str, value: Any, schema: Any) -> Errors:  # noqa: ANN401
    if isinstance(value, str) and validator.format_checker.met(wanted, value) is False:
        yield ValidationError("")


def _pattern_properties(validator: Any, wanted: Any, value: Any, schema: Any) -> Errors:  # noqa: ANN401
    if isinstance(value, Mapping):
        for pattern, below in wanted.items():
            for key, each in value.items():
                if validator.format_checker.met(pattern, key):
                    yield from validator.descend(each, below, path=key, schema_path=pattern)


def _additional(validator: Any, wanted: Any, value: Any, schema: Any) -> Errors:  # noqa: ANN401
    if not isinstance(value, Mapping) or wanted is True:
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, each in value.items():
        if key in known or any(validator.format_checker.met(pattern, key) is not False for pattern in patterns):
            continue
        if wanted is False:
            yield ValidationError("", path=(key,))
        else:
            yield from validator.descend(each, wanted, path=key)


def _required(validator: Any, wanted: Any, value: Any, schema: Any) -> Errors:  # noqa: ANN401
    if isinstance(value, Mapping):
        for name in wanted:
            if name not in value:
                yield ValidationError("", path=(name,))


def _unique(validator: Any, wanted: Any, value: Any, schema: Any) -> Errors:  # noqa: ANN401
    """In linear time: jsonschema compares objects pair by pair."""
    if wanted and isinstance(value, list) and len(set(map(_hashable, value))) < len(value):
        yield ValidationError("")


def _hashable(value: Any) -> Any:  # noqa: ANN401 - equal exactly where two JSON values are
    if isinstance(value, Mapping):
        return frozenset((key, _hashable(each)) for key, each in value.items())
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    return (bool, value) if isinstance(value, bool) else value


_REPLACED = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "required": _required,
    "uniqueItems": _unique,
}
_BRANCHING = {"properties", "items", "anyOf", "oneOf", "allOf", "if", "contains", "extends"}
_FOLLOWING = {"$ref", "$dynamicRef", "$recursiveRef"}
