"""One line of `units.jsonl` and the value that it stands for: a unit, sorted and routed, with its behaviours. Pure.

Reading is strict: a line with another key, kind or digest than it may have is refused with what is wrong. The caller
adds file and line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hive_integration.errors import HiveError
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import FORMATS, Check, CheckKind
from hive_integration.units.unit import Category, Component, KnowledgeUnit, Level, Load, digest_of

AMBIGUOUS = "ambiguous: "
"""How the reason of a unit begins that no rule could place for certain."""
WEIGHTS, STAY, POINTER = "weights", "stay", "pointer"
ROUTES = (WEIGHTS, STAY, POINTER)
"""Where a unit belongs: in the weights; in the prompt, as it is; in the prompt as a hint of where it can be read."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """A unit and what is known of it. `tokens` by tokenizer; the reasons are sentences."""

    unit: KnowledgeUnit
    tokens: Mapping[str, int]
    reason: str
    """Why this category and level; begins with `ambiguous: ` where no rule could decide."""
    route: str
    route_reason: str
    behaviours: Sequence[Behaviour] = ()

    @property
    def ambiguous(self) -> bool:
        """Whether a person or a teacher should look at its category and level."""
        return self.reason.startswith(AMBIGUOUS)


def to_line(extracted: Extracted) -> str:
    """The line, without its end. Equal values give equal lines; no line holds a character that ends a line."""
    unit = extracted.unit
    row: dict[str, Any] = {
        "digest": unit.digest,
        "category": unit.category.value,
        "level": unit.level.value,
        "name": unit.name,
        "source": unit.source,
        "load": unit.load.value,
        "text": unit.text,
    }
    if unit.schema is not None:
        row["schema"] = unit.schema
    row |= {
        "tokens": dict(sorted(extracted.tokens.items())),
        "component": unit.component.value,
        "reason": extracted.reason,
        "route": extracted.route,
        "route_reason": extracted.route_reason,
        "behaviours": [_behaviour_row(behaviour) for behaviour in extracted.behaviours],
    }
    line = _ENDS.sub(_escaped, json.dumps(row, ensure_ascii=False))
    return line if not _HALF.search(line) else json.dumps(row)


def from_line(line: str) -> Extracted:
    """The value of a line. Raises HiveError with what is wrong: broken JSON, a key, a kind, a digest."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise HiveError(f"is not JSON ({error})", hint="`hive-ctx extract` writes one unit a line") from error
    row = _object(row, "the line", _KEYS, optional=("schema",))
    text = _text(row, "text")
    if (digest := _text(row, "digest")) != digest_of(text):
        raise HiveError(
            f"digest {digest} is not that of its text", hint="texts are not edited by hand: run `hive-ctx extract`"
        )
    schema = row.get("schema")
    if "schema" in row and not isinstance(schema, dict):
        raise HiveError(f"schema is {_kind(schema)}, expected an object")
    unit = KnowledgeUnit(
        digest=digest,
        name=_text(row, "name"),
        component=_one_of(row, "component", Component),
        category=_one_of(row, "category", Category),
        level=_one_of(row, "level", Level),
        load=_one_of(row, "load", Load),
        source=_text(row, "source"),
        text=text,
        schema=schema,
    )
    if (route := _text(row, "route")) not in ROUTES:
        raise HiveError(f"unknown route {route!r}; known: {', '.join(ROUTES)}")
    return Extracted(
        unit, _tokens(row["tokens"]), _text(row, "reason"), route, _text(row, "route_reason"),
        tuple(_behaviour(each) for each in _list(row, "behaviours")),
    )  # fmt: skip


_KEYS = ("digest", "category", "level", "name", "source", "load", "text", "tokens", "component", "reason", "route",
         "route_reason", "behaviours")  # fmt: skip
_ENDS = re.compile("[\x7f\x85\u2028\u2029]")
_HALF = re.compile("[\ud800-\udfff]")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


# Behaviours. What is empty is left out.


def _behaviour_row(behaviour: Behaviour) -> Mapping[str, Any]:
    row = {
        "id": behaviour.id,
        "kind": behaviour.kind.value,
        "statement": behaviour.statement,
        "units": list(behaviour.units),
        "source": behaviour.source,
        "subject": behaviour.subject,
        "steps": list(behaviour.steps),
        "checks": [_check_row(check) for check in behaviour.checks],
    }
    return {key: value for key, value in row.items() if value}


def _check_row(check: Check) -> Mapping[str, Any]:
    row = {
        "kind": check.kind.value,
        "tools": list(check.tools),
        "argument": check.argument,
        "pattern": check.pattern,
        "format": check.format,
    }
    return {key: value for key, value in row.items() if value}


def _behaviour(value: Any) -> Behaviour:  # noqa: ANN401 - a JSON value
    row = _object(value, "a behaviour", ("id", "kind", "statement", "units"), ("source", "subject", "steps", "checks"))
    behaviour = Behaviour(
        kind=_one_of(row, "kind", BehaviourKind),
        statement=_text(row, "statement"),
        units=_texts(row, "units"),
        source=_text(row, "source"),
        subject=_text(row, "subject"),
        steps=_texts(row, "steps"),
        checks=tuple(_check(each) for each in _list(row, "checks")),
    )
    if row["id"] != behaviour.id:
        raise HiveError(f"behaviour {row['id']} is not what its words say ({behaviour.id})")
    return behaviour


def _check(value: Any) -> Check:  # noqa: ANN401 - a JSON value
    row = _object(value, "a check", ("kind",), ("tools", "argument", "pattern", "format"))
    check = Check(_one_of(row, "kind", CheckKind), _texts(row, "tools"), _text(row, "argument"),
                  _text(row, "pattern"), _text(row, "format"))  # fmt: skip
    if check.format and check.format not in FORMATS:
        raise HiveError(f"unknown format {check.format!r} of a check; known: {', '.join(FORMATS)}")
    try:
        for pattern in check.pattern.splitlines() if check.kind is CheckKind.SAYS_IN_ORDER else [check.pattern]:
            re.compile(pattern)
    except re.error as error:
        raise HiveError(f"pattern {check.pattern!r} of a check is not a regular expression ({error})") from error
    return check


# JSON values, checked.


def _object(value: Any, what: str, keys: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise HiveError(f"{what} is {_kind(value)}, expected an object")
    if missing := [key for key in keys if key not in value]:
        raise HiveError(f"{what} lacks {', '.join(missing)}")
    if unknown := sorted(value.keys() - {*keys, *optional}):
        raise HiveError(f"{what} has unknown keys {', '.join(unknown)}; known: {', '.join((*keys, *optional))}")
    return value


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise HiveError(f"{key} is {_kind(value)}, expected a text")
    return value


def _list(row: Mapping[str, Any], key: str) -> list[Any]:
    value = row.get(key, [])
    if not isinstance(value, list):
        raise HiveError(f"{key} is {_kind(value)}, expected a list")
    return value


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _list(row, key)
    if wrong := [value for value in values if not isinstance(value, str)]:
        raise HiveError(f"{key} holds {_kind(wrong[0])}, expected texts")
    return tuple(values)


_Kind = TypeVar("_Kind", Category, Component, Level, Load, BehaviourKind, CheckKind)


def _one_of(row: Mapping[str, Any], key: str, kinds: type[_Kind]) -> _Kind:
    try:
        return kinds(str(row.get(key)))
    except ValueError:
        known = ", ".join(kind.value for kind in kinds)
        raise HiveError(f"unknown {key} {row.get(key)!r}; known: {known}") from None


def _tokens(value: Any) -> Mapping[str, int]:  # noqa: ANN401 - a JSON value
    if not isinstance(value, dict) or not all(type(count) is int and count >= 0 for count in value.values()):
        raise HiveError("tokens are not whole numbers by tokenizer")
    return value


def _kind(value: Any) -> str:  # noqa: ANN401 - a JSON value
    return _KINDS.get(type(value), "a number")


_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
