"""The report as one self-contained page: template, style and script beside this file, no external resource.

Names come from strangers. Jinja escapes every value, the data block cannot end its element, the script writes text
nodes only, and the page's own policy allows no script or style but these two, by hash, and no connection at all.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from hive_integration.audit import money
from hive_integration.audit.advice import advise, verdict
from hive_integration.audit.compare import Comparison, Kind
from hive_integration.audit.render import words
from hive_integration.audit.render.visible import folded, visible
from hive_integration.audit.report import Report
from hive_integration.units import IDLE, Component, Load

HERE = Path(__file__).parent
MOST_CHANGES = 200
"""Changed units on the page; the JSON report has them all."""
VIEWS: Mapping[str, Sequence[Load]] = {"Idle": IDLE, "Deferred": (Load.DEFERRED,), "On demand": (Load.ON_DEMAND,)}
"""What the treemap can show, one at a time: only the first is part of the total."""


def render(report: Report, *, comparison: Comparison | None = None, budget: int | None = None) -> str:
    """The report as an HTML page."""
    style, script = _asset("report.css"), _asset("report.js")
    return _template().render(
        report=report,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=_policy(style, script),
        data=_data(report),
        window=money.window(report),
        bill=money.bill(report),
        advice=advise(report),
        verdict=verdict(report),
        remarks=list(words.remarks(report)),
        comparison=comparison,
        counts={kind.value: len(comparison.of(kind)) for kind in Kind} if comparison else {},
        budget=budget,
        most=MOST_CHANGES,
    )


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy that lets exactly these two texts run."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(report: Report) -> dict[str, Any]:
    """What the script draws: units as rows [name, source, component, load, tokens, bytes], largest first."""
    components, loads = list(Component), list(Load)
    found = sorted(report.findings, key=lambda f: (not f.idle, -f.tokens))
    return {
        "components": [words.label(component) for component in components],
        "loads": [load.value.replace("_", " ") for load in loads],
        "views": [[name, [loads.index(load) for load in shown]] for name, shown in VIEWS.items()],
        "total": report.total_tokens,
        "units": [
            [
                visible(f.unit.name) or "(no name)",
                visible(f.unit.source),
                components.index(f.unit.component),
                loads.index(f.unit.load),
                f.tokens,
                f.bytes,
            ]
            for f in found
        ],
    }


@cache
def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "visible": visible, "folded": folded, "number": words.number, "percent": words.percent, "usd": words.usd,
        "signed": words.signed, "label": words.label, "short": words.short,
    }  # fmt: skip
    environment.globals |= {"who": words.who, "how": words.how, "natures": words.natures, "apart": words.APART}
    return environment.get_template("report.html.j2")
