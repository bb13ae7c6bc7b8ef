"""One report, four forms. Each form is a file; rich and jinja2 are imported only by the form that needs them."""

from __future__ import annotations

from hive_integration.audit.compare import Comparison
from hive_integration.audit.report import Report
from hive_integration.errors import UsageError

FORMS = ("text", "json", "markdown", "html")


def render(  # noqa: PLR0913 - what a report can be asked to show; all but the first two have a default
    report: Report,
    form: str,
    *,
    width: int = 100,
    color: bool = False,
    top: int = 10,
    comparison: Comparison | None = None,
    budget: int | None = None,
) -> str:
    """`report` in one of `FORMS`. `width` (columns) and `color` concern text alone, `top` text and Markdown."""
    if form == "text":
        from hive_integration.audit.render import text

        return text.render(report, width=width, color=color, top=top, comparison=comparison, budget=budget)
    if form == "json":
        from hive_integration.audit.render import json

        return json.render(report, comparison=comparison, budget=budget)
    if form == "markdown":
        from hive_integration.audit.render import markdown

        return markdown.render(report, top=top, comparison=comparison, budget=budget)
    if form == "html":
        from hive_integration.audit.render import html

        return html.render(report, comparison=comparison, budget=budget)
    raise UsageError(f"unknown form {form!r}; known: {', '.join(FORMS)}")
