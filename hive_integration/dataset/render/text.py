"""The statistics as plain text: sentences, then tables in columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hive_integration.dataset.render import words
from hive_integration.dataset.render.figures import buckets, number
from hive_integration.dataset.render.words import Table
from hive_integration.dataset.statistics import Statistics


def render(statistics: Statistics) -> str:
    """The report."""
    return "\n".join(_lines(statistics)) + "\n"


def _lines(s: Statistics) -> Iterator[str]:
    yield s.folder
    for said in words.verdicts(s):
        yield f"  {said}"
    yield from _table("Coverage", words.coverage(s))
    yield from _table("Tokens (o200k_base)", words.tokens(s))
    yield from _table(f"Training, {s.epochs} {'epoch' if s.epochs == 1 else 'epochs'}", words.costs(s))
    for said in words.sources(s):
        yield f"  {said}"
    yield from _table("Diversity", words.diversity(s))
    yield from _counts("Families of phrasing", buckets(s.families))
    yield from _counts("Languages", s.languages)
    yield from _counts("Ways of asking", s.styles)
    yield from _counts("Of these", s.kinds)
    yield from _counts("Teachers", s.teachers)
    yield from _counts("Licences", s.licences)
    if rows := words.rejects(s).rows:
        yield from _table("Refused", Table(words.rejects(s).heads, rows))


def _table(title: str, table: Table) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(table.heads, *table.rows, strict=True)]
    yield ""
    yield title
    for row in (table.heads, *table.rows):
        yield "  " + _row(row, widths)


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *figures = (
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((name, *figures)).rstrip()


def _counts(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield ""
        yield f"{title}: " + ", ".join(f"{name} {number(count)}" for name, count in counts.items())
