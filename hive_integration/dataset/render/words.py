"""What the reports say: the tables and sentences that text and page share, so that they say the same. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hive_integration.dataset.render.figures import number, percent, usd
from hive_integration.dataset.statistics import CELLS, Statistics


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads; the first column is names, the others are figures."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def coverage(statistics: Statistics) -> Table:
    """Units, and their examples by complexity and error case, in groups by level and category."""
    groups: dict[str, list[int]] = {}
    for unit in statistics.units:
        name = f"{unit.level} {unit.category.replace('_', ' ')}".strip() or "all units"
        row = groups.setdefault(name, [0, 0, *([0] * len(CELLS))])
        row[0] += 1
        row[1] += bool(unit.total)
        for i, count in enumerate(unit.cells):
            row[2 + i] += count
    rows = [[name, *map(number, row)] for name, row in sorted(groups.items())]
    return Table(["units", "all", "taught", *CELLS], rows)


def tokens(statistics: Statistics) -> Table:
    """Tokens by split."""
    rows = [
        [split, number(statistics.examples[split]), number(t.total), percent(t.learned, t.total),
         number(t.median), number(t.p95), number(t.most)]
        for split, t in statistics.tokens.items()
    ]  # fmt: skip
    return Table(["split", "examples", "tokens", "learned", "median", "95 % under", "longest"], rows)


def costs(statistics: Statistics) -> Table:
    """What training would cost, cheapest first."""
    ordered = sorted(statistics.costs, key=lambda cost: (cost.usd, cost.rate.backend))
    rows = [
        [f"{c.rate.backend}, {c.rate.base}", usd(c.usd), usd(c.rate.usd), c.rate.dated.isoformat()] for c in ordered
    ]
    return Table(["back end, base", "USD", "per million", "price of"], rows)


def sources(statistics: Statistics) -> Sequence[str]:
    """Where the prices stand, and what their back ends say of themselves."""
    said = {c.rate.backend: f"{c.rate.backend}: {c.rate.source}{'; ' if c.rate.note else ''}{c.rate.note}"
            for c in statistics.costs}  # fmt: skip
    return list(said.values())


def diversity(statistics: Statistics) -> Table:
    """How different what is said is."""
    rows = [
        [
            who,
            number(d.texts),
            *(f"{share:.3f}" for share in d.distinct),
            f"{d.nearest_mean:.2f}",
            f"{d.nearest_p95:.2f}",
        ]
        for who, d in (("users ask", statistics.user), ("assistants begin", statistics.assistant))
    ]
    return Table(["first words", "texts", "distinct-1", "distinct-2", "distinct-3", "nearest", "95 % under"], rows)


def rejects(statistics: Statistics) -> Table:
    """Why what was made is not there."""
    found = statistics.manifest.get("rejects", {})
    return Table(["refused by", "examples"], [[str(reason), number(count)] for reason, count in found.items()])


def verdicts(statistics: Statistics) -> Sequence[str]:
    """The few sentences at the top."""
    s = statistics
    untaught = sum(not unit.total for unit in s.units)
    what = "tools and other behaviours" if s.known else "behaviours (--units counts those of a tool together)"
    made = s.manifest.get("yield")
    said = [
        f"{number(s.total)} examples, {number(s.tokens['train'].total)} tokens to train on, {s.epochs} "
        f"{'epoch' if s.epochs == 1 else 'epochs'}",
        f"{number(len(s.units) - untaught)} units are taught" + (f", {number(untaught)} are not" if untaught else ""),
        f"{number(len(s.below))} of {number(len(s.families))} {what} have fewer than {s.floor} families of phrasing",
    ]
    if isinstance(made, int | float):
        said.append(f"{100 * made:.1f} % of what was made passed every gate")
    if s.branches[1]:
        said.append(f"{percent(*s.branches)} of the branches of the called tools' schemas are gone down")
    return said
