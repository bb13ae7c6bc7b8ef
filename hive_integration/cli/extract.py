"""`hive-ctx extract`: an audit's units in, sorted and routed, their behaviours found; `units.jsonl` out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hive_integration.audit.report import Report
    from hive_integration.knowledge.report import Row, Summary
    from hive_integration.settings import World
    from hive_integration.units import KnowledgeUnit

EPILOG = """\b
Examples:
  hive-ctx extract . --out units.jsonl                    from files; starts nothing
  hive-ctx extract . --out units.jsonl --start-servers    with the tools of the configured MCP servers
  hive-ctx extract . --out units.jsonl --method probe     what the real client sends, its own texts known
  hive-ctx extract . --out units.jsonl --method request --request body.json

\b
The client's own texts (system prompt, built-in tools) are left out unless --include-client is given. They are
Anthropic's: docs/reference/units.md says whose text may train what.
"""


@click.command(epilog=EPILOG)
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write, one unit a line.")
@click.option("--start-servers", is_flag=True, help="Static: start the configured MCP servers and ask for their tools.")
@click.option("--method", type=click.Choice(["static", "probe", "request"]), default="static", show_default=True,
              help="From files; by one real session start; or from a recorded request.")  # fmt: skip
@click.option("--request", "request_file", type=click.Path(path_type=Path), help="The recorded request body.")
@click.option("--include-client", is_flag=True, help="Keep the client's own texts, too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--client", "client_path", default="", help="The client to run [default: claude on PATH].")
@click.option("--no-hooks", is_flag=True, help="Probe: do not run the project's hooks.")
@click.option("--plugin-dir", multiple=True, type=click.Path(path_type=Path), help="A plugin to load too. Repeatable.")
@click.option("--timeout", type=click.FloatRange(min=1), default=120, show_default=True, help="Seconds for the client.")
@click.option("--yes", is_flag=True, help="Do not ask before a session or a server is started.")
def extract(
    path: Path,
    out: Path,
    include_client: bool,
    form: str,
    **measured: Any,  # noqa: ANN401 - click gives them; AuditOptions names and types them
) -> None:
    """Turn what PATH's framework says into knowledge units with their behaviours.

    Each unit gets a category, a level and a route (weights, stay, pointer), each with its reason, and the behaviours
    that it asks for, with what a machine can check of them. The file holds the texts themselves: mode 0600.
    """
    from hive_integration.cli.auditing import AuditOptions, remember, run_audit
    from hive_integration.files import atomic_write
    from hive_integration.knowledge.extract import extracted
    from hive_integration.knowledge.report import summary
    from hive_integration.settings import read_world
    from hive_integration.tokens.choose import DEFAULT, counter_for
    from hive_integration.units.lines import to_line

    world = read_world()
    method = "request" if measured["request_file"] else measured.pop("method")
    report = run_audit(AuditOptions(
        path=path, method=method, tokenizer=DEFAULT, model="", interactive=False, save_request=None,
        **{key: value for key, value in measured.items() if key != "method"},
    ), world)  # fmt: skip
    remember(report, world)
    units = [_located(f.unit, path.resolve(), world) for f in report.findings if f.attributed]
    lines = [
        line
        for line in extracted(units, counter_for(DEFAULT, world.cache_dir))
        if include_client or not _is_clients(line.unit, report)
    ]
    atomic_write(out, "".join(f"{to_line(line)}\n" for line in lines), mode=0o600)
    _show(report, summary(lines), out, form, include_client=include_client)


def _is_clients(unit: KnowledgeUnit, report: Report) -> bool:
    """Whether a text is the client's own. It lists MCP tools, too, but their names are their servers'."""
    from hive_integration.units import Component

    own = unit.source.partition("/")[0].partition("@")[0] == report.client.name
    return own and unit.component is not Component.MCP_TOOLS


# Where a unit's text begins in its file: the audit names the file, and a behaviour is to name the line.


def _located(unit: KnowledgeUnit, project: Path, world: World) -> KnowledgeUnit:
    """The unit, its source with the line on which its text begins."""
    from hive_integration.files import read_text

    name, _, line = unit.source.rpartition(":")
    if not line.isdigit() or not name:
        name = unit.source if unit.source.endswith(".md") else ""
    if not name:
        return unit
    file = world.home / name[2:] if name.startswith("~/") else project / name
    text = read_text(file)
    return replace(unit, source=f"{name}:{_line_of(unit, text.text)}") if text.text else unit


def _line_of(unit: KnowledgeUnit, text: str) -> int:
    """The line of a body's or instruction's first character; of a listed unit that of its description."""
    from hive_integration.units import Load

    if unit.load is Load.LISTED:
        start = text.find("\ndescription:") + 1
    else:
        words = unit.text.partition("\n\n")[2] if unit.text.startswith("Contents of ") else unit.text
        stripped = words.lstrip("\n")
        start = text.find(stripped)
        if start < 0:
            start = text.find(stripped.partition("\n")[0])
        start -= len(words) - len(stripped)
    return text.count("\n", 0, max(start, 0)) + 1


# What is shown.


def _show(report: Report, found: Summary, out: Path, form: str, *, include_client: bool) -> None:
    import json

    from hive_integration.audit.render.visible import folded, visible

    textless = [f.unit.name for f in report.findings if not f.unit.text.strip()]
    for each in found.secrets:
        click.echo(f"{visible(each.unit.source)}: {visible(each.route_reason)}", err=True)
    if form == "json":
        shown = {
            "target": report.target, "method": report.method, "out": str(out), "client_included": include_client,
            "without_text": textless, "warnings": list(report.warnings),
        }  # fmt: skip
        click.echo(json.dumps(found.to_json() | shown, indent=2, ensure_ascii=False))
        return
    for warning in report.warnings:
        click.echo(f"warning: {visible(warning)}", err=True)
    click.echo("\n".join(folded(line, 160) for line in _text(found, textless, include_client=include_client)))
    click.echo(f"{found.units:,} units are in {out}", err=True)


def _text(found: Summary, textless: Sequence[str], *, include_client: bool) -> Iterator[str]:
    yield from _table("category and level", found.places)
    yield from _table("route", found.routes)
    yield f"{'behaviours':<28}{'':>8}{'checked':>10}{'found':>12}"
    yield from (f"  {k.name:<26}{'':>8}{k.checked:>10,}{k.behaviours:>12,}" for k in found.kinds if k.behaviours)
    yield ""
    if found.ambiguous:
        yield f"{len(found.ambiguous)} ambiguous ({found.classified:.1%} are placed for certain):"
        yield from (f"  {e.unit.name} ({e.unit.source}): {e.unit.category} {e.unit.level}; {e.reason}"
                    for e in found.ambiguous)  # fmt: skip
    if textless:
        yield f"{len(textless)} of the client's own units have no text, only figures; --method probe brings them."
    if not include_client:
        yield "The client's own texts are left out; --include-client keeps them."


def _table(title: str, rows: Sequence[Row]) -> Iterator[str]:
    yield f"{title:<28}{'units':>8}{'tokens':>10}{'behaviours':>12}"
    for row in rows:
        yield f"  {row.name:<26}{row.units:>8,}{row.tokens:>10,}{row.behaviours:>12,}"
    yield ""
