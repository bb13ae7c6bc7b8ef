"""Figures as all reports of a dataset write them, and the few plots: bars and columns as SVG text. Pure.

A plot's only text is numbers and names, and names come from strangers: each is escaped here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

BUCKETS = ((1, 9), (10, 29), (30, 59), (60, 89), (90, 149), (150, None))
"""Ranges that families are shown in: the floor of 60 is an edge."""
_WIDTH, _ROW, _LABEL = 640, 22, 190
_HEIGHT = 150


def number(value: float) -> str:
    """`27,149`; two decimals where it is no whole number."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def percent(part: float, whole: float) -> str:
    """`13.6 %`; an en dash where there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def usd(amount: float) -> str:
    """Two decimals, four where the amount is under ten cents."""
    return f"${amount:,.4f}" if 0 < amount < 0.1 else f"${amount:,.2f}"


def buckets(counts: Mapping[str, int]) -> Mapping[str, int]:
    """How many of the counts lie in each of BUCKETS."""
    found: Counter[str] = Counter()
    for count in counts.values():
        for low, high in BUCKETS:
            if count >= low and (high is None or count <= high):
                found[_range(low, high)] += 1
    return {_range(low, high): found[_range(low, high)] for low, high in BUCKETS}


def bars(counts: Mapping[str, int], most: int = 16) -> str:
    """Rows with a bar each, the first `most` of them, and one for the rest."""
    shown = list(counts.items())[:most]
    rest = sum(list(counts.values())[most:])
    if rest:
        shown.append((f"{len(counts) - most:,} more", rest))
    top = max((value for _, value in shown), default=0) or 1
    space = _WIDTH - _LABEL - 90
    rows = [
        f'<text class="name" x="{_LABEL - 8}" y="{y + 15}">{escape(name[:30])}<title>{escape(name)}</title></text>'
        f'<rect x="{_LABEL}" y="{y + 4}" width="{max(1, round(space * value / top))}" height="14" rx="2"/>'
        f'<text class="value" x="{_LABEL + max(1, round(space * value / top)) + 6}" y="{y + 15}">{value:,}</text>'
        for y, (name, value) in ((i * _ROW, each) for i, each in enumerate(shown))
    ]
    return _svg("bars", len(shown) * _ROW + 4, rows)


def columns(counts: Mapping[str, int], mark: str = "") -> str:
    """Columns in their order, with the value above and the name below; those before `mark` are too low."""
    top = max(counts.values(), default=0) or 1
    width = _WIDTH / max(1, len(counts))
    low = bool(mark)
    made = []
    for i, (name, value) in enumerate(counts.items()):
        low = low and name != mark
        tall = round((_HEIGHT - 20) * value / top)
        x = round(i * width)
        marked = ' class="low"' if low else ""
        made.append(
            f'<rect{marked} x="{x + 6}" y="{_HEIGHT - tall}" width="{round(width - 12)}" '
            f'height="{max(tall, 1)}" rx="2"/>'
            f'<text class="middle value" x="{x + round(width / 2)}" y="{_HEIGHT - tall - 5}">{value:,}</text>'
            f'<text class="middle name" x="{x + round(width / 2)}" y="{_HEIGHT + 16}">{escape(name)}</text>'
        )
    return _svg("columns", _HEIGHT + 24, made)


def _svg(kind: str, height: int, parts: Sequence[str]) -> str:
    return f'<svg class="{kind}" viewBox="0 0 {_WIDTH} {height}" role="img">{"".join(parts)}</svg>'


def _range(low: int, high: int | None) -> str:
    return f"{low}–{high}" if high is not None else f"{low} and more"
