"""How the gateway stands, for a terminal: readable at 80 columns and without colour. Pure; foreign text cannot act."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console, ConsoleRenderable
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hive_integration.audit.render.visible import folded, readable
from hive_integration.audit.render.words import number, percent, usd

NARROWEST, WIDEST = 60, 110
MOST_REMOVED, MOST_DRIFT = 5, 10
"""Lines that are shown of what was stripped and of what drifted; `--format json` has more."""
_CHOSEN_BY = {"file": "hive.toml says so", "environment": "USE_FINETUNED of the gateway says so"}
_BREAKERS = {"closed": ("", "dim"), "open": ("set aside: it failed too often", "bold red"),
             "half-open": ("on trial", "yellow")}  # fmt: skip


def render(standing: Mapping[str, Any], *, width: int, color: bool) -> str:
    """The text of a standing (`cli.status`), of at most `width` columns (60 to 110 are used)."""
    wide = max(NARROWEST, min(width, WIDEST))
    console = Console(
        file=io.StringIO(), width=wide, force_terminal=color, color_system="standard" if color else None,
        no_color=not color, highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    with console.capture() as capture:
        for part in _parts(standing, wide - 4):
            console.print(Padding(part, (0, 2)))
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def _parts(standing: Mapping[str, Any], wide: int) -> Iterator[ConsoleRenderable]:
    yield Text()
    yield _gateway(standing, wide)
    if "profile" in standing:
        yield from _section("What runs", _profile(standing))
        yield from _section("Model cards", _cards(standing))
    if standing["running"]:
        yield from _section("So far", _counters(standing))
        yield from _section("Stripped most", _removed(standing))
        yield from _section("Drift: sent again, because the weights were shown another text", _drift(standing))
        yield from _section("Input tokens, foretold", _calibration(standing))
    if error := standing["reload"]["error"]:
        title = "The configuration is broken" + ("; what was read before goes on" if standing["running"] else "")
        yield from _section(title, Text(readable(error), "red"))


def _section(title: str, body: ConsoleRenderable | None) -> Iterator[ConsoleRenderable]:
    if body is not None:
        yield Text()
        yield Text(title, style="bold")
        yield body


def _gateway(standing: Mapping[str, Any], wide: int) -> ConsoleRenderable:
    table = _grid(2)
    if standing["running"]:
        up = _time(float(standing.get("uptime_seconds", 0)))
        held = int(standing.get("leases", 0))
        sessions = f", {number(held)} session{'s' * (held != 1)} of hive-ctx run" if held else ""
        said = f"{standing['url']}   process {standing['pid']}, up {up}{sessions}"
        table.add_row(Text("Gateway", "bold"), Text(readable(said), "bold cyan"))
    else:
        table.add_row(Text("Gateway", "bold"), "none runs for this configuration; `hive-ctx run -- claude` starts one")
    table.add_row("Configuration", Text(folded(str(standing["config_dir"]), max(wide - 16, 20))))
    if version := standing.get("config"):
        when = str(standing["reload"].get("at") or "")[:19].replace("T", " ")
        table.add_row("", Text(readable(f"version {version}" + (f", read {when} UTC" if when else "")), "dim"))
    return table


def _profile(standing: Mapping[str, Any]) -> ConsoleRenderable:
    profile = standing["profile"]
    runs = str(profile["effective"])
    card = str(profile["finetuned"] if runs == "finetuned" else profile["full"])
    why = _CHOSEN_BY.get(standing["chosen_by"], standing["chosen_by"])
    lines = [Text.assemble((runs, "bold"), readable(f": {card or 'no card'}; {why}"))]
    if not profile["finetuned"]:
        more = "no fine-tuned model is configured"
    elif profile["fallback"]:
        more = f"where {profile['finetuned']} fails, {profile['full']} answers instead"
    else:
        more = f"where {profile['finetuned']} fails, its error is the answer (fallback = false)"
    session = "USE_FINETUNED=1 or 0 chooses for one session (hive-ctx run)"
    return Text("\n").join([*lines, *(Text(readable(line), "dim") for line in (session, more))])


def _cards(standing: Mapping[str, Any]) -> ConsoleRenderable:
    table = _grid(5)
    table.add_row(*(Text(head, "dim") for head in ("", "model", "at", "holds", "")))
    for card in standing["cards"]:
        words, style = _BREAKERS.get(str(card["breaker"]), (str(card["breaker"]), "yellow"))
        remarks = [words, "" if card["status"] == "active" else card["status"]]
        remarks.append("its key's variable is not set" if card["key"] == "missing" else "")
        remark = Text(readable(", ".join(filter(None, remarks))), "bold red" if card["key"] == "missing" else style)
        holds = f"{number(card['units'])} units" if card["units"] else ""
        model = card["model"] or "the client's choice"
        table.add_row(*map(readable, (card["id"], model, card["host"], holds)), remark)
    return table


def _counters(standing: Mapping[str, Any]) -> ConsoleRenderable:
    counters, money = standing["counters"], standing["usd"]
    table = _grid(3)
    rows = [("Requests", counters["requests"], ", ".join(_events(counters)))]
    rows.append(("Tokens in", counters["input"], f"{number(counters['cache_read'])} more from a cache"))
    rows.append(("Tokens out", counters["output"], ""))
    rows.append(("Tokens saved", standing["tokens_saved"], "stripped, because the weights hold them"))
    for name, value, meaning in rows:
        table.add_row(name, Text(number(value), justify="right"), Text(meaning, "dim"))
    table.add_row("Money", Text(usd(money["spent"]), justify="right"), Text(f"{usd(money['saved'])} saved", "green"))
    return table


def _events(counters: Mapping[str, int]) -> Iterator[str]:
    for name, words in (
        ("fallbacks", "fallbacks"), ("retries", "retries"), ("repaired", "tool calls repaired"),
        ("broken", "tool calls broken"), ("dropped", "not in the ledger"),
    ):  # fmt: skip
        if counters[name]:
            yield f"{words}: {number(counters[name])}"


def _removed(standing: Mapping[str, Any]) -> ConsoleRenderable | None:
    table = _grid(3)
    for unit in standing["removed"][:MOST_REMOVED]:
        table.add_row(readable(unit["name"] or unit["digest"]), Text(f"{number(unit['times'])} times", justify="right"),
                      Text(f"{number(unit['tokens'])} tokens each", "dim"))  # fmt: skip
    return table if standing["removed"] else None


def _drift(standing: Mapping[str, Any]) -> ConsoleRenderable | None:
    drift: Sequence[Mapping[str, Any]] = standing["drift"]
    table = _grid(2)
    for unit in drift[:MOST_DRIFT]:
        table.add_row(
            Text(readable(str(unit.get("name", ""))), "yellow"), Text(readable(str(unit["component"])), "dim")
        )
    if len(drift) > MOST_DRIFT:
        table.add_row(Text(f"and {number(len(drift) - MOST_DRIFT)} more", "yellow"), "")
    return table if drift else None


def _calibration(standing: Mapping[str, Any]) -> ConsoleRenderable | None:
    table = _grid(2)
    for card, seen in standing["calibration"].items():
        said = f"{number(seen['samples'])} answers: our count times {seen['ratio']}"
        if seen["median_error"] is not None:
            said += f", off by {percent(seen['median_error'], 1)} (median), {percent(seen['p95_error'], 1)} (95 of 100)"
        table.add_row(readable(card), Text(said, "dim"))
    return table if standing["calibration"] else None


def _grid(columns: int) -> Table:
    """A table without lines or head; the last column folds."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for index in range(columns):
        table.add_column(no_wrap=index < columns - 1, overflow="fold")
    return table


def _time(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.0f} s"
