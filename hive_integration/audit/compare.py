"""What changed between two audits, unit by unit: what came, went, grew, shrank, or was reworded at equal length. Pure.

A unit is matched by component, name and whether it is idle; where a name occurs more than once, by source, then in
order. So a tool that tool search used to defer and that is now sent whole has grown, it has not come. The digest says
whether the text is the same.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from hive_integration.audit.report import SCHEMA, Report
from hive_integration.errors import HiveError
from hive_integration.files import read_text
from hive_integration.units import IDLE, Component, Load

MAX_REPORT = 64 * 1024 * 1024
"""Bytes; ten thousand units take about 4 MB."""
_TOO_MANY = 2**53


class Kind(StrEnum):
    """What happened to a unit."""

    CAME = "came"
    WENT = "went"
    GREW = "grew"
    SHRANK = "shrank"
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True)
class Change:
    """One unit that differs. `before` and `after` in tokens, 0 where it is not there; `idle`: part of the total."""

    kind: Kind
    component: str
    name: str
    source: str
    before: int
    after: int
    idle: bool

    @property
    def delta(self) -> int:
        """Tokens more (or, below zero, fewer)."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """An older audit beside a newer one. Only changed units and categories are in it."""

    before: int
    after: int
    categories: Sequence[tuple[str, int, int]]
    """(component, tokens before, tokens after)."""
    changes: Sequence[Change]
    """The largest difference first, idle units before the others."""
    unchanged: int
    warnings: Sequence[str] = ()

    @property
    def delta(self) -> int:
        """Idle tokens more (or, below zero, fewer)."""
        return self.after - self.before

    def of(self, kind: Kind) -> list[Change]:
        """The changed idle units of one kind."""
        return [change for change in self.changes if change.kind is kind and change.idle]

    def to_json(self) -> dict[str, Any]:
        """The value of the key `compare` in a report."""
        return {
            "before_tokens": self.before,
            "after_tokens": self.after,
            "delta_tokens": self.delta,
            "unchanged_units": self.unchanged,
            "categories": [{"name": name, "before": old, "after": new} for name, old, new in self.categories],
            "units": [
                {
                    "change": change.kind.value,
                    "component": change.component,
                    "name": change.name,
                    "source": change.source,
                    "idle": change.idle,
                    "before": change.before,
                    "after": change.after,
                }
                for change in self.changes
            ],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class _Row:
    """What a comparison needs of one unit."""

    component: str
    name: str
    source: str
    digest: str
    idle: bool
    tokens: int


def load(path: Path) -> dict[str, Any]:
    """An earlier `audit --format json`. Raises `HiveError` where it is not one."""
    file = read_text(path, limit=MAX_REPORT)
    hint = "write one with: hive-ctx audit --format json --out FILE"
    if not file.readable:
        raise HiveError(file.warning, hint=hint)
    try:
        value = json.loads(file.text)
    except (ValueError, RecursionError) as error:
        raise HiveError(f"{path} is not JSON: {error}", hint=hint) from error
    if not isinstance(value, dict):
        raise HiveError(f"{path} is not an audit: expected an object, found {type(value).__name__}", hint=hint)
    return value


def compare(old: Mapping[str, Any], report: Report) -> Comparison:
    """Compare an earlier report's JSON with a new report. Raises `HiveError` where the old one is broken."""
    if old.get("schema") != SCHEMA:
        found = str(old.get("schema", "none"))[:60]
        raise HiveError(f"the older audit has schema {found}, expected {SCHEMA}", hint="audit again with this version")
    new = report.to_json()
    try:
        return _comparison(old, new)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise HiveError(f"the older audit is broken: {error!r:.120}", hint="write it again") from error


def _comparison(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    pairs = list(_paired(_rows(old), _rows(new)))
    changes = [change for before, after in pairs if (change := _change(before, after))]
    return Comparison(
        before=_whole(old["total_tokens"]),
        after=_whole(new["total_tokens"]),
        categories=[row for row in _categories(old, new) if row[1] != row[2]],
        changes=sorted(changes, key=lambda c: (not c.idle, -abs(c.delta), c.component, c.name)),
        unchanged=len(pairs) - len(changes),
        warnings=list(_warnings(old, new)),
    )


def _rows(report: Mapping[str, Any]) -> list[_Row]:
    return [
        _Row(
            component=str(unit["component"]),
            name=str(unit["name"]),
            source=str(unit["source"]),
            digest=str(unit["digest"]),
            idle=Load(unit["load"]) in IDLE,
            tokens=_whole(unit["tokens"]),
        )
        for unit in report["units"]
    ]


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _TOO_MANY:
        raise TypeError(f"expected a whole number of tokens, found {value!r:.40}")
    return value


def _paired(old: Sequence[_Row], new: Sequence[_Row]) -> Iterator[tuple[_Row | None, _Row | None]]:
    for key in (_exactly, _loosely):
        pairs, old, new = _matched(old, new, key)
        yield from pairs
    yield from ((row, None) for row in old)
    yield from ((None, row) for row in new)


def _exactly(row: _Row) -> tuple[object, ...]:
    return (row.component, row.name, row.idle, row.source)


def _loosely(row: _Row) -> tuple[object, ...]:
    return (row.component, row.name, row.idle)


def _matched(
    old: Sequence[_Row], new: Sequence[_Row], key: Callable[[_Row], tuple[object, ...]]
) -> tuple[list[tuple[_Row, _Row]], list[_Row], list[_Row]]:
    """(pairs of equal key in order, the old rest, the new rest); linear in the number of rows."""
    waiting: dict[tuple[object, ...], deque[_Row]] = {}
    for row in new:
        waiting.setdefault(key(row), deque()).append(row)
    pairs, rest = [], []
    for row in old:
        if others := waiting.get(key(row)):
            pairs.append((row, others.popleft()))
        else:
            rest.append(row)
    return pairs, rest, [row for rows in waiting.values() for row in rows]


def _change(before: _Row | None, after: _Row | None) -> Change | None:
    row = after or before
    if row is None:
        return None
    old, new = (before.tokens if before else 0), (after.tokens if after else 0)
    if before is None:
        kind = Kind.CAME
    elif after is None:
        kind = Kind.WENT
    elif old != new:
        kind = Kind.GREW if new > old else Kind.SHRANK
    elif before.digest != after.digest:
        kind = Kind.REWORDED
    else:
        return None
    return Change(kind, row.component, row.name, row.source, old, new, row.idle)


def _categories(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    before = {str(row["name"]): _whole(row["tokens"]) for row in old["categories"]}
    after = {str(row["name"]): _whole(row["tokens"]) for row in new["categories"]}
    known = [component.value for component in Component]
    for name in [*known, *(name for name in before if name not in known)]:
        yield name, before.get(name, 0), after.get(name, 0)


def _warnings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for what in ("tokenizer", "method"):
        if old.get(what) != new[what]:
            yield f"{what}s differ: {old.get(what)} then, {new[what]} now; differences may come from that alone"
    then, now = old.get("client") or {}, new["client"]
    for what in ("version", "model"):
        if then.get(what) != now[what]:
            yield f"the client's {what} differs: {then.get(what) or 'none'} then, {now[what] or 'none'} now"
