"""The report for a terminal: readable at 80 columns and without colour. Pure; nothing foreign reaches it unfiltered."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleRenderable, Group
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from hive_integration.audit import money
from hive_integration.audit.advice import Advice, advise, verdict
from hive_integration.audit.compare import Comparison, Kind
from hive_integration.audit.render import words
from hive_integration.audit.render.visible import folded, readable
from hive_integration.audit.report import Report

NARROWEST, WIDEST = 60, 110
BLOCKS = " ▏▎▍▌▋▊▉█"
MOST_LINES = 50
"""Warnings that are shown."""
MARKS = {Kind.CAME: "+", Kind.WENT: "\u2212", Kind.GREW: "↑", Kind.SHRANK: "↓", Kind.REWORDED: "~"}


def render(
    report: Report,
    *,
    width: int,
    color: bool,
    top: int = 10,
    comparison: Comparison | None = None,
    budget: int | None = None,
) -> str:
    """The report as text of at most `width` columns (60 to 110 are used), with terminal colours where `color`."""
    wide = max(NARROWEST, min(width, WIDEST))
    console = Console(
        file=io.StringIO(), width=wide, force_terminal=color, color_system="standard" if color else None,
        no_color=not color, highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    with console.capture() as capture:
        for part in _parts(report, wide - 4, top, comparison, budget):
            console.print(Padding(part, (0, 2)))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _parts(
    report: Report, wide: int, top: int, comparison: Comparison | None, budget: int | None
) -> Iterator[ConsoleRenderable]:
    yield from _header(report, wide, budget)
    yield from _section("Where they come from", _categories(report, wide))
    yield from _section("Not in the total", _apart(report))
    if comparison:
        yield from _section("Since the older audit", _changes(comparison, wide, top))
    yield from _section(f"The {top} largest units", _largest(report, wide, top))
    yield from _section("What could move into weights", _natures(report))
    yield from _section("Money", _money(report))
    yield from _section("What to do, and the tokens it saves a call at most", _advice(advise(report)))
    yield from _section("Is fine-tuning worth it?", _advice([verdict(report)], saves=False))
    yield from _section("Warnings", _lines(report.warnings, "yellow"))


def _section(title: str, body: ConsoleRenderable | None) -> Iterator[ConsoleRenderable]:
    if body is not None:
        yield Text()
        yield Text(title, style="bold")
        yield body


def _header(report: Report, wide: int, budget: int | None) -> Iterator[ConsoleRenderable]:
    yield Text()
    yield Text(folded(report.target, wide), style="bold")
    yield Text(readable(words.who(report)), style="dim")
    yield Text(readable(words.how(report)), style="dim")
    yield Text()
    window = money.window(report)
    share = f"   {words.percent(report.billed_tokens, window)} of a window of {words.number(window)}" if window else ""
    yield Text.assemble(
        (words.number(report.total_tokens), "bold cyan"), (" tokens before you type a word", "bold"), share
    )
    if budget is not None:
        over = report.total_tokens - budget
        verb = f"{words.number(over)} over" if over > 0 else f"{words.number(-over)} under"
        yield Text(f"{verb} the budget of {words.number(budget)}", style="bold red" if over > 0 else "green")
    remarks = _lines(list(words.remarks(report)), "dim")
    if remarks is not None:
        yield remarks


def _categories(report: Report, wide: int) -> ConsoleRenderable:
    rows = [row for row in report.categories() if row[2]]
    # The window fills with the model's own tokens; each part has its share of them.
    window = money.window(report) * report.total_tokens / max(report.billed_tokens, 1)
    table = _table("", ">units", ">tokens", ">share", ">window", "")
    space = wide - 58
    largest = max((tokens for _, tokens, _ in rows), default=0)
    for component, tokens, units in rows:
        cells = (words.number(units), words.number(tokens), words.percent(tokens, report.total_tokens))
        bar = Text(_bar(tokens, largest, space), style="cyan")
        table.add_row(words.label(component), *cells, words.percent(tokens, window), bar)
    units = sum(row[2] for row in rows)
    whole = (words.number(units), words.number(report.total_tokens), words.percent(1, 1 if report.total_tokens else 0))
    table.add_row("Idle total", *whole, words.percent(report.total_tokens, window), "", style="bold")
    return table


def _apart(report: Report) -> ConsoleRenderable | None:
    table = _table("", ">", ">", "", header=False)
    for load, (name, meaning) in words.APART.items():
        units = sum(1 for f in report.findings if f.unit.load is load)
        if units:
            row = (name, words.number(units), words.number(report.tokens_of(load)), meaning)
            table.add_row(*row, style="dim")
    return table if table.row_count else None


def _largest(report: Report, wide: int, top: int) -> ConsoleRenderable | None:
    found = report.largest(top)
    table = _table(">tokens", "unit", "kind", "source")
    names = [folded(words.short(finding.unit.name), wide * 2 // 5) for finding in found]
    space = wide - max(map(cell_len, names), default=0) - 28
    for finding, name in zip(found, names, strict=True):
        source = folded(words.origin(finding.unit, report.client.name), space)
        kind = words.label(finding.unit.component)
        table.add_row(words.number(finding.tokens), name, kind, Text(source, style="dim"))
    return table if found else None


def _natures(report: Report) -> ConsoleRenderable:
    table = _table("", ">", ">", "", header=False)
    for name, tokens, meaning in words.natures(report):
        share = words.percent(tokens, report.total_tokens)
        table.add_row(name, words.number(tokens), share, Text(meaning, style="dim"))
    return table


def _money(report: Report) -> ConsoleRenderable:
    bill = money.bill(report)
    if bill is None:
        return Text(f"no price of {readable(report.client.model) or 'this model'} is known", style="dim")
    table = _table("", ">", "", header=False)
    without = f"without caching {words.usd(bill.day_uncached)}: it takes {bill.saved_by_cache:.0%} off"
    table.add_row("A request", words.usd(bill.warm), Text(f"warm; {words.usd(bill.cold)} cold", style="dim"))
    table.add_row("A session", words.usd(bill.session), Text(f"{bill.habits.requests} requests", style="dim"))
    table.add_row("A day", words.usd(bill.day), Text(without, style="dim"))
    about = f"{bill.price.model}, prices of {bill.dated}; {bill.assumption}"
    return Group(table, Text(readable(f"{bill.note}; {about}" if bill.note else about), style="dim"))


def _advice(advice: list[Advice], *, saves: bool = True) -> ConsoleRenderable | None:
    table = _table(">", "", header=False)
    for item in advice:
        text = Text.assemble((readable(item.title), "bold"), "\n", (readable(item.how), "dim"))
        if saves:
            table.add_row(Text(words.signed(-item.saves_tokens), style="green"), text)
    if not saves:
        return Text.assemble((readable(advice[0].title), "bold"), "\n", (readable(advice[0].how), "dim"))
    return table if advice else None


def _changes(comparison: Comparison, wide: int, top: int) -> ConsoleRenderable:
    table = _table("", ">", ">", ">", "", header=False)
    counts = ", ".join(f"{len(comparison.of(kind))} {kind.value}" for kind in Kind if comparison.of(kind))
    for change in [change for change in comparison.changes if change.idle][:top]:
        cells = (words.number(change.before), words.number(change.after), words.signed(change.delta))
        style = "green" if change.delta < 0 else "red" if change.delta else "dim"
        name = Text(folded(words.short(change.name), wide - 34), style=style)
        table.add_row(MARKS[change.kind], *cells, name)
    total = (words.number(comparison.before), words.number(comparison.after), words.signed(comparison.delta))
    table.add_row("=", *total, f"idle total; {counts or 'no unit changed'}", style="bold")
    kinds = ", ".join(f"{words.label(name)} {words.signed(new - old)}" for name, old, new in comparison.categories)
    warnings = _lines(comparison.warnings, "yellow") or ""
    return Group(table, *([Text(readable(kinds), style="dim")] if kinds else []), *([warnings] if warnings else []))


def _lines(lines: Sequence[str], style: str) -> ConsoleRenderable | None:
    table = _table("", "", header=False)
    for line in lines[:MOST_LINES]:
        table.add_row(Text("·", style=style), Text(readable(line), style=style))
    if len(lines) > MOST_LINES:
        more = words.number(len(lines) - MOST_LINES)
        table.add_row(Text("·", style=style), Text(f"and {more} more; --format json has them all", style=style))
    return table if lines else None


def _table(*columns: str, header: bool = True) -> Table:
    """A table without lines; a column whose name begins with `>` is set to the right."""
    heads = [Column(name.lstrip(">"), justify="right" if name.startswith(">") else "left") for name in columns]
    for head in heads[:-1]:
        head.no_wrap = True
    heads[-1].overflow = "fold"
    return Table(*heads, box=None, show_header=header, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)


def _bar(value: int, largest: int, width: int) -> str:
    if width < 1:
        return ""
    eighths = round(8 * width * value / largest) if largest else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (BLOCKS[rest] if rest else "") or ("▏" if value else "")
