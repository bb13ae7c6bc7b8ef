"""What an extraction found, in figures: units by place and route, behaviours by kind, what is open. Values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hive_integration.knowledge.route import SECRET
from hive_integration.units import Category, Level
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.lines import ROUTES, Extracted

SCHEMA = "hive-ctx/extract/1"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: units, their tokens, behaviours."""

    name: str
    units: int
    tokens: int
    behaviours: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Behaviours of one kind, and how many of them a machine can check."""

    name: str
    behaviours: int
    checked: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one extraction. `places` has a row a category and level that is met."""

    units: int
    places: Sequence[Row]
    routes: Sequence[Row]
    kinds: Sequence[Kind]
    ambiguous: Sequence[Extracted]
    secrets: Sequence[Extracted]

    @property
    def classified(self) -> float:
        """The share of units that a rule placed for certain."""
        return 1 - len(self.ambiguous) / self.units if self.units else 1.0

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "schema": SCHEMA,
            "units": self.units,
            "classified": round(self.classified, 4),
            "places": [{**_row(row), **dict(zip(("category", "level"), row.name.split(), strict=True))}
                       for row in self.places],
            "routes": [{"route": row.name, **_row(row)} for row in self.routes],
            "behaviours": [{"kind": k.name, "behaviours": k.behaviours, "checked": k.checked} for k in self.kinds],
            "ambiguous": [_named(each) | {"reason": each.reason} for each in self.ambiguous],
            "secrets": [_named(each) | {"reason": each.route_reason} for each in self.secrets],
        }  # fmt: skip


def summary(found: Iterable[Extracted]) -> Summary:
    """Add an extraction up."""
    lines = list(found)
    kinds = {behaviour.id: behaviour for line in lines for behaviour in line.behaviours}.values()
    said = Counter(behaviour.kind for behaviour in kinds)
    checked = Counter(behaviour.kind for behaviour in kinds if behaviour.checks)
    by_place: dict[str, list[Extracted]] = {f"{c} {v}": [] for c in Category for v in Level}
    by_route: dict[str, list[Extracted]] = {route: [] for route in ROUTES}
    for line in lines:
        by_place[f"{line.unit.category} {line.unit.level}"].append(line)
        by_route[line.route].append(line)
    return Summary(
        units=len(lines),
        places=[_added(name, group) for name, group in by_place.items() if group],
        routes=[_added(name, group) for name, group in by_route.items()],
        kinds=[Kind(kind.value, said[kind], checked[kind]) for kind in BehaviourKind],
        ambiguous=[line for line in lines if line.ambiguous],
        secrets=[line for line in lines if line.route_reason.startswith(SECRET)],
    )


def _added(name: str, group: Sequence[Extracted]) -> Row:
    tokens = sum(next(iter(line.tokens.values()), 0) for line in group)
    return Row(name, len(group), tokens, sum(len(line.behaviours) for line in group))


def _row(row: Row) -> Mapping[str, int]:
    return {"units": row.units, "tokens": row.tokens, "behaviours": row.behaviours}


def _named(line: Extracted) -> dict[str, str]:
    unit = line.unit
    return {"name": unit.name, "source": unit.source, "digest": unit.digest, "category": unit.category.value,
            "level": unit.level.value}  # fmt: skip
