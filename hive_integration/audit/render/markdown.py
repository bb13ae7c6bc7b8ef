"""The report for a pull request: one line that says it, a table, and the rest folded away. Pure.

Names come from strangers: every one is escaped, so that it can neither break a table nor become markup or a mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hive_integration.audit import money
from hive_integration.audit.advice import advise, verdict
from hive_integration.audit.compare import Change, Comparison, Kind
from hive_integration.audit.render import words
from hive_integration.audit.render.visible import folded, readable
from hive_integration.audit.report import Finding, Report

LONGEST_NAME = 80
MOST_ROWS = 50
"""Rows of a folded table: a pull request's comment holds 65,536 characters."""


def render(report: Report, *, top: int = 10, comparison: Comparison | None = None, budget: int | None = None) -> str:
    """The report as GitHub-flavoured Markdown."""
    lines = [
        *_summary(report, comparison, budget),
        *_categories(report, comparison),
        *(_compared(comparison) if comparison else ()),
        *_folded(f"The {top} largest units", _largest(report, top)),
        *_folded("Money, and what to do", [*_money(report), "", *_advice(report)]),
        *_folded(
            f"Warnings: {len(report.warnings)}", [f"- {escaped(line.strip())}" for line in report.warnings[:MOST_ROWS]]
        ),
        f"<sub>{escaped(words.who(report))} · {escaped(words.how(report))} · hive-ctx</sub>",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """`text` as itself, anywhere in a line of Markdown: no markup, no HTML, no table cell, no mention, no link.

    A forge looks for mentions and issue numbers after it has resolved escapes, so a zero-width space parts those.
    """
    text = readable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_\[\]#|~$])", r"\\\1", text)
    text = re.sub(r"^(\s*)([-+=]|\d+(?=[.)]))", r"\1&#8203;\2", text)  # would begin a list
    text = re.sub(r":(?=//|[\w+-]+:)|(?<=[wW])\.", lambda match: f"&#{ord(match[0])};", text)
    text = re.sub(r"\S+", _no_address, text)
    return re.sub(r"@|\\#", r"\g<0>&#8203;", text)


def _no_address(word: re.Match[str]) -> str:
    """`mailto:a@b` would become a link."""
    head, at, tail = word[0].rpartition("@")
    return head.replace(":", "&#58;") + at + tail


def _summary(report: Report, comparison: Comparison | None, budget: int | None) -> Iterator[str]:
    total = words.number(report.total_tokens)
    parts = [f"**Idle context: {total} tokens**"]
    if comparison:
        parts.append(f"**{words.signed(comparison.delta)}**")
    if window := money.window(report):
        parts.append(f"{words.percent(report.billed_tokens, window)} of the window")
    if bill := money.bill(report):
        parts.append(f"{words.usd(bill.day)} a day with caching")
    if budget is not None:
        met = report.total_tokens <= budget
        parts.append(f"{'within' if met else '❌ over'} the budget of {words.number(budget)}")
    yield f"{' · '.join(parts)} · {escaped(folded(report.target, LONGEST_NAME))}"
    yield ""


def _categories(report: Report, comparison: Comparison | None) -> Iterator[str]:
    changes = {name: new - old for name, old, new in comparison.categories} if comparison else {}
    head, rule = (
        (
            "",
            " change |",
        ),
        ("", " --: |"),
    )
    extra = 1 if comparison else 0
    yield f"| | units | tokens | share |{head[extra]}"
    yield f"| :-- | --: | --: | --: |{rule[extra]}"
    for component, tokens, units in report.categories():
        change = changes.pop(component.value, 0)
        if units or change:
            cells = (words.label(component), words.number(units), words.number(tokens))
            more = f" {words.signed(change) if change else ''} |" if comparison else ""
            yield f"| {' | '.join(cells)} | {words.percent(tokens, report.total_tokens)} |{more}"
    units = sum(1 for f in report.findings if f.idle)
    more = f" **{words.signed(comparison.delta)}** |" if comparison else ""
    yield f"| **Idle total** | {words.number(units)} | **{words.number(report.total_tokens)}** | |{more}"
    for load, (name, meaning) in words.APART.items():
        if tokens := report.tokens_of(load):
            count = sum(1 for f in report.findings if f.unit.load is load)
            cells = (f"_{name}, not in the total: {meaning}_", words.number(count), words.number(tokens))
            yield f"| {' | '.join(cells)} | |{' |' if comparison else ''}"
    yield ""


def _compared(comparison: Comparison) -> Iterator[str]:
    counts = ", ".join(f"{len(comparison.of(kind))} {kind.value}" for kind in Kind if comparison.of(kind))
    yield from (f"> ⚠️ {escaped(warning)}\n" for warning in comparison.warnings)
    rows = [change for change in comparison.changes if change.idle]
    yield from _folded(f"Changed units: {counts or 'none'}", _change_table(rows))


def _change_table(rows: Sequence[Change]) -> list[str]:
    if not rows:
        return []
    lines = ["| change | unit | kind | before | after | difference |", "| :-- | :-- | :-- | --: | --: | --: |"]
    for row in rows[:MOST_ROWS]:
        cells = (row.kind.value, _name(row.name), escaped(words.label(row.component)))
        numbers = (words.number(row.before), words.number(row.after), words.signed(row.delta))
        lines.append(f"| {' | '.join((*cells, *numbers))} |")
    return [*lines, *([f"\n… and {len(rows) - MOST_ROWS} more"] if len(rows) > MOST_ROWS else [])]


def _largest(report: Report, top: int) -> list[str]:
    found = report.largest(top)
    head = ["| tokens | unit | kind | source |", "| --: | :-- | :-- | :-- |"]
    return [*head, *(_unit_row(finding, report) for finding in found)] if found else []


def _unit_row(finding: Finding, report: Report) -> str:
    unit = finding.unit
    source = _name(words.origin(unit, report.client.name))
    return f"| {words.number(finding.tokens)} | {_name(unit.name)} | {words.label(unit.component)} | {source} |"


def _money(report: Report) -> list[str]:
    bill = money.bill(report)
    if bill is None:
        return [f"No price of {escaped(report.client.model) or 'this model'} is known."]
    day = f"{words.usd(bill.day)} a day with caching, {words.usd(bill.day_uncached)} without"
    about = f"{bill.price.model}, prices of {bill.dated}; {bill.assumption}"
    request = f"{words.usd(bill.warm)} a warm request, {words.usd(bill.cold)} a cold one"
    return [f"{day}; {request}. {escaped(f'{bill.note}; {about}' if bill.note else about)}."]


def _advice(report: Report) -> list[str]:
    items = [
        f"- **{words.signed(-advice.saves_tokens)}** {escaped(advice.title)}: {escaped(advice.how)}"
        for advice in advise(report)
    ]
    last = verdict(report)
    return [*items, f"- {escaped(last.title)}: {escaped(last.how)}"]


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", ""] if lines else []


def _name(text: str) -> str:
    return escaped(folded(text, LONGEST_NAME))
