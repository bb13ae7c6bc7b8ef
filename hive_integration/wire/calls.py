"""The arguments of a model's tool call: what they surely are, as the tool's schema has them. Pure, never raises.

A call that is valid as it came stays byte for byte. Else it is repaired, only where the repair is certain, and counts
only if it is valid afterwards. A string is never trimmed, cut or reworded: it may be a command, a path or a file. A key
that the schema forbids is never dropped. Cost: some 20 µs for a small valid call, linear in its size.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hive_integration.wire import lenient
from hive_integration.wire.problem import LIMIT, Problem, one_line, shown
from hive_integration.wire.valid import checker

MAX_TEXT = 8 * 1024 * 1024
"""Characters."""
ROUNDS = 6
"""A repair may bring the next problem to light: a wrapper is taken off, then a key, then the type below it."""

REPAIRS: Mapping[str, str] = {
    **lenient.REPAIRS,
    "double_encoded": "JSON inside of a JSON string, where no string may stand",
    "null_arguments": "null for a call without arguments",
    "wrapper": "an object around the arguments, under a key that the tool does not have",
    "key_blanks": "blanks or control characters around a key that the tool has",
    "key_case": "a key of the tool in another case (filePath for file_path)",
    "type": "5 for a string, or text for a number or a boolean",
    "single_item": "one item where a list of such is required",
    "null_removed": "null for an argument that may be left out",
}


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of the arguments. They may go to the client only where there are no `problems`."""

    arguments: str
    """The JSON text of an object; as it came where nothing was repaired, or where that did not help."""
    repairs: tuple[str, ...] = ()
    """Keys of REPAIRS, one for each place."""
    problems: tuple[Problem, ...] = ()


def mend(arguments: str, schema: Mapping[str, Any] | None) -> Mended:
    """Check the JSON text of a call against its schema and repair what is certain. None: it need only be an object."""
    if len(arguments) > MAX_TEXT:
        return _broken(arguments, f"{len(arguments)} characters", f"at most {MAX_TEXT}")
    reading = lenient.read(arguments)
    value, repairs = reading.value, list(reading.repairs)
    if isinstance(value, str) and not reading.fault:
        reading = lenient.read(value)
        value, repairs = reading.value, [*repairs, "double_encoded", *reading.repairs]
    if reading.fault:
        return _broken(arguments, f"not JSON: {reading.fault}", "one JSON object")
    if value is None:
        value, repairs = {}, [*repairs, "null_arguments"]
    if not isinstance(value, dict):
        return _broken(arguments, f"is {shown(value)}", "an object")
    ready = checker(schema or {})
    problems = ready.problems(value)
    if problems and schema and problems[0].keyword != LIMIT:
        value = _unwrapped(value, schema, repairs)
        problems = _repaired(value, ready.problems, repairs)
    if problems:
        return Mended(arguments, (), tuple(problems))
    return Mended(_text(value) if repairs else arguments, tuple(repairs))


def _broken(arguments: str, found: str, expected: str) -> Mended:
    return Mended(arguments, (), (Problem((), one_line(found), expected),))


def _text(value: Mapping[str, Any]) -> str:
    """ASCII, so that half a surrogate pair stays what it is."""
    return json.dumps(value, separators=(",", ":"))


_WRAPPERS = ("arguments", "input", "parameters")


def _unwrapped(value: dict[str, Any], schema: Mapping[str, Any], repairs: list[str]) -> dict[str, Any]:
    """A copy that may be changed, without an object around it."""
    if len(value) == 1:
        ((key, inner),) = value.items()
        if key in _WRAPPERS and key not in schema.get("properties", {}):
            reading = lenient.read(inner) if isinstance(inner, str) else lenient.Reading(inner)
            if isinstance(reading.value, dict) and "cut_short" not in reading.repairs:
                repairs += ["wrapper", *reading.repairs]
                return copy.deepcopy(inner) if reading.value is inner else reading.value
    return copy.deepcopy(value)


def _repaired(
    value: dict[str, Any], check: Callable[[Mapping[str, Any]], list[Problem]], repairs: list[str]
) -> list[Problem]:
    """Repair in place, round after round; the problems that remain."""
    for _ in range(ROUNDS):
        problems = check(value)
        done = [kind for problem in problems if (kind := _fixed(value, problem))]
        if not done:
            return problems
        repairs += done
    return check(value)


def _fixed(root: Any, problem: Problem) -> str:  # noqa: ANN401 - a JSON value
    """Repair one problem in place; the kind of repair, or nothing where none is certain."""
    if not problem.path:
        return ""
    *way, key = problem.path
    try:
        parent = root
        for step in way:
            parent = parent[step]
        if problem.keyword in {"additionalProperties", "required"}:
            return _renamed(parent, str(key), problem)
        value = parent[key]
    except (KeyError, IndexError, TypeError):
        return ""  # an earlier repair of this round moved it: the next round will see
    if value is None and problem.declared and isinstance(parent, dict):
        del parent[key]  # a required argument is then missing, which nothing repairs
        return "null_removed"
    kind, parent[key] = _retyped(value, problem.schema)
    return kind


_STRAY = "".join(map(chr, range(33))) + "\x7f\u00a0\u200b\u200c\u200d\u2060\ufeff"


def _bare(key: str) -> str:
    return key.strip(_STRAY)


def _plain(key: str) -> str:
    return re.sub(r"[_\-\s]", "", key).casefold()


def _renamed(parent: Any, key: str, problem: Problem) -> str:  # noqa: ANN401 - a JSON value
    """`key` is surplus, or missing. In another case only where the surplus is forbidden: else it may be meant."""
    known = problem.schema.get("properties", {})
    if not isinstance(parent, dict) or len(parent) + len(known) > 300:
        return ""
    surplus, absent = [k for k in parent if k not in known], [k for k in known if k not in parent]
    if problem.keyword == "required":
        pairs = [(each, key, "key_blanks") for each in surplus if _bare(each) == key]
    else:
        pairs = [(key, each, "key_blanks") for each in absent if each == _bare(key)] or [
            (key, each, "key_case")
            for each in absent
            if _plain(each) == _plain(key) and sum(_plain(other) == _plain(key) for other in surplus) == 1
        ]
    if len(pairs) != 1:
        return ""
    ((old, new, kind),) = pairs
    items = [(new if name == old else name, value) for name, value in parent.items()]
    parent.clear()
    parent.update(items)
    return kind


def _retyped(value: Any, schema: Mapping[str, Any]) -> tuple[str, Any]:  # noqa: ANN401 - a JSON value
    """The value as the one type that the schema allows beside null; no kind where that is not certain."""
    wanted = _types(schema)
    if _type(value) in wanted or (_type(value) == "integer" and "number" in wanted):
        return "", value
    if "number" in wanted:
        wanted.discard("integer")
    wanted.discard("null")
    if len(wanted) != 1:
        return "", value
    want = wanted.pop()
    if isinstance(value, str):
        if want in {"object", "array"} and (inner := _decoded(value, want)) is not None:
            return "double_encoded", inner
        if want in _OF_TEXT and (typed := _OF_TEXT[want](value)) is not None:
            return "type", typed
    elif want == "string" and _type(value) == "integer":
        return "type", str(value)
    if want == "array" and _is_item(value, schema):
        return "single_item", [value]
    return "", value


def _types(schema: Mapping[str, Any]) -> set[str]:
    """The types that a schema allows; empty where that is not plain to see."""
    branches = schema.get("anyOf") or schema.get("oneOf")
    if "type" not in schema and isinstance(branches, list):
        each = [_types(branch) if isinstance(branch, Mapping) else set() for branch in branches]
        return set().union(*each) if all(each) else set()
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else {name for name in kind if isinstance(name, str)}


def _type(value: object) -> str:
    return _NAMES.get(type(value), "")


_NAMES = {
    str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array", type(None): "null"
}  # fmt: skip


def _decoded(text: str, want: str) -> Any:  # noqa: ANN401 - an object or a list, or None
    reading = lenient.read(text)
    sure = _type(reading.value) == want and not {"cut_short", "empty"} & set(reading.repairs)
    return reading.value if sure else None


def _integer(text: str) -> int | None:
    return int(text) if len(text) < 20 and re.fullmatch(r"0|-?[1-9][0-9]*", text) else None


def _number(text: str) -> int | float | None:
    """Only where the number, written again, is the text: `1.10` may be a version."""
    if (whole := _integer(text)) is not None:
        return whole
    if len(text) < 25 and re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]+", text) and repr(float(text)) == text:
        return float(text)
    return None


def _boolean(text: str) -> bool | None:
    return {"true": True, "True": True, "false": False, "False": False}.get(text)


_OF_TEXT: Mapping[str, Callable[[str], object | None]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}


def _is_item(value: Any, schema: Mapping[str, Any]) -> bool:  # noqa: ANN401 - a JSON value
    """Whether a lone value is surely the one item. Text with blanks or commas may be several."""
    items = schema.get("items")
    if not isinstance(items, Mapping) or not items:
        return False
    if isinstance(value, dict):
        return True  # the items may be described by a reference: the next round sees whether it is one
    if _type(value) not in _types(items):
        return False
    return not isinstance(value, str) or re.search(r"^$|[\s,;|\[\]{}]", value) is None
