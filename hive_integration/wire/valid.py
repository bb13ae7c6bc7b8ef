"""Whether a tool call's arguments are what the tool's JSON schema asks for. Pure; never fetches, hangs or raises.

The schema is a stranger's, so a check has limits of time, depth and size (`keywords` keeps the time). Arguments beyond
them are refused. A schema that is not valid itself checks nothing, and `fault` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
from referencing import Registry

from hive_integration.wire.keywords import CHECK_SECONDS, TooLongError, Watch, limited
from hive_integration.wire.problem import Problem, one_line, problem_of

MAX_DEPTH = 64
MAX_VALUES = 10_000
"""Values in one call: a check takes some 10 µs a value, and the gateway serves others meanwhile."""
MAX_PROBLEMS = 100
MAX_SCHEMA = 128 * 1024
"""Bytes. A schema is checked against its own once, at some 2 ms a KB; the largest of the client's has 3 KB."""
REMEMBERED = 512
_ANYTHING: Mapping[str, Any] = {}
"""The schema of a tool that takes what it gets."""


def problems(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the arguments, at most MAX_PROBLEMS; empty where they are valid or the schema is not."""
    return checker(schema).problems(arguments)


def fault(schema: Mapping[str, Any]) -> str:
    """Why nothing can be checked against this schema; empty for a usable one."""
    return checker(schema).fault


class Checker:
    """A schema made ready, with the limits of the check that is under way."""

    __slots__ = ("_validator", "_watch", "fault")

    def __init__(self, validator: Any, watch: Watch, fault: str = "") -> None:  # noqa: ANN401 - jsonschema is untyped
        self._validator, self._watch, self.fault = validator, watch, fault

    def problems(self, arguments: Mapping[str, Any]) -> list[Problem]:
        """As `problems` above."""
        if excess := _excess(arguments):
            return [excess]
        if self._validator is None:
            return []
        self._watch.begin()
        try:
            return [problem_of(error) for error in islice(self._validator.iter_errors(arguments), MAX_PROBLEMS)]
        except TooLongError:
            return [Problem((), f"took over {CHECK_SECONDS * 1000:.0f} ms to check", "a smaller call")]
        except Exception as error:  # noqa: BLE001 - what a stranger's schema makes of a library: refused, not passed on
            return [Problem((), f"cannot be checked ({type(error).__name__})", "a simpler call")]


def checker(schema: Mapping[str, Any]) -> Checker:
    """The schema made ready; remembered by identity, else by its bytes. A schema is a value: it must not change."""
    if not schema:
        schema = _ANYTHING  # a new empty one at each call would crowd out the others
    seen = _SEEN.get(id(schema))
    if seen is not None and seen[0] is schema:
        return seen[1]
    try:
        made = _compiled(msgspec.json.encode(schema))
    except (TypeError, ValueError, RecursionError) as error:
        made = Checker(None, Watch(), f"is not JSON: {one_line(str(error))}")
    if len(_SEEN) >= REMEMBERED:
        _SEEN.clear()
    _SEEN[id(schema)] = (schema, made)
    return made


_SEEN: dict[int, tuple[Mapping[str, Any], Checker]] = {}


@lru_cache(maxsize=REMEMBERED)
def _compiled(raw: bytes) -> Checker:
    watch = Watch(patterned=b'"patternProperties"' in raw)
    if len(raw) > MAX_SCHEMA:
        return Checker(None, watch, f"has {len(raw)} bytes, at most {MAX_SCHEMA} are read")
    try:
        schema = msgspec.json.decode(raw)
        base, schema = _dialect(str(schema.get("$schema", ""))), _without_dialects(schema)
        base.check_schema(schema, format_checker=None)
        validator = limited(base)(schema, registry=Registry(), format_checker=watch)
        watch.begin()
        list(islice(validator.iter_errors({}), MAX_PROBLEMS))  # one that leads round in circles shows it here
    except jsonschema.SchemaError as error:
        where = "/".join(map(str, error.absolute_path))
        return Checker(None, watch, one_line(f"is not a valid schema: at /{where}: {error.message}"))
    except Exception as error:  # noqa: BLE001 - as above
        return Checker(None, watch, one_line(f"cannot be used: {type(error).__name__}: {error}"))
    return Checker(validator, watch)


_BASES = {
    "json-schema.org/draft-03/schema": jsonschema.Draft3Validator,
    "json-schema.org/draft-04/schema": jsonschema.Draft4Validator,
    "json-schema.org/draft-06/schema": jsonschema.Draft6Validator,
    "json-schema.org/draft-07/schema": jsonschema.Draft7Validator,
    "json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
}


def _dialect(address: str) -> Any:  # noqa: ANN401 - a class of jsonschema
    return _BASES.get(address.partition("://")[2].rstrip("#"), jsonschema.Draft202012Validator)


_NAMED = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
_DATA = {"const", "enum"}
_UNUSED = {"$schema", "default", "examples"}


def _without_dialects(schema: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A copy without `$schema`: jsonschema would change to the class that it names, and that has no limits."""
    if isinstance(schema, list):
        return [_without_dialects(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    out = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, dict):
            out[key] = {name: _without_dialects(each) for name, each in value.items()}
        elif key in _DATA:
            out[key] = value
        elif key not in _UNUSED:
            out[key] = _without_dialects(value)
    return out


def _excess(arguments: Mapping[str, Any]) -> Problem | None:
    """Level by level, so that depth costs no stack."""
    level: list[Any] = [arguments]
    values = 0
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for each in level:
            values += len(each)
            if values > MAX_VALUES:
                return Problem((), f"more than {MAX_VALUES} values", "fewer")
            below += [v for v in (each if type(each) is list else each.values()) if type(v) is dict or type(v) is list]
        if not below:
            return None
        level = below
    return Problem((), f"nested more than {MAX_DEPTH} deep", "less depth")
