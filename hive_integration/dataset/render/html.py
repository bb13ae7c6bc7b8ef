"""The statistics as one self-contained page: template and style beside this file, plots as SVG, no script at all.

Names come from strangers. Jinja escapes every value, plots escape theirs, and the page's own policy allows one style,
by hash, and no connection.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from hive_integration.dataset.render import figures, words
from hive_integration.dataset.statistics import CELLS, Statistics

HERE = Path(__file__).parent
FEWEST = 60
"""Units that are listed one by one; the JSON has them all."""


def render(statistics: Statistics) -> str:
    """The report as an HTML page."""
    style = (HERE / "stats.css").read_text(encoding="utf-8")
    cells = dict(zip(CELLS, statistics.cells, strict=True))
    lengths = {f"{length}": count for length, count in statistics.lengths.items()}
    return _template().render(
        s=statistics,
        words=words,
        style=Markup(style),  # noqa: S704 - our own file
        policy=f"default-src 'none'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'",
        cells=_plot(figures.columns(cells)),
        families=_plot(figures.columns(figures.buckets(statistics.families), mark="60–89")),
        lengths=_plot(figures.columns(lengths)),
        bars={name: _plot(figures.bars(counts)) for name, counts in (
            ("languages", statistics.languages), ("styles", statistics.styles), ("calls", statistics.calls),
            ("kinds", statistics.kinds), ("rejects", statistics.manifest.get("rejects", {})))},
        most=FEWEST,
        columns=CELLS,
    )  # fmt: skip


def _plot(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - its names are escaped where it is made


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, keep_trailing_newline=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"number": figures.number}
    return environment.get_template("stats.html.j2")
