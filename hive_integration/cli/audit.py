"""`hive-ctx audit`: options in, one audit, one report out."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

EPILOG = """\b
Examples:
  hive-ctx audit                                  this folder, from its files; starts nothing
  hive-ctx audit ~/code/app --method probe        what the real client sends, to the token
  hive-ctx audit --start-servers                  asks the configured MCP servers for their tools
  hive-ctx audit --request body.json              a recorded Anthropic or OpenAI request
  hive-ctx audit --format html --out report.html  one page to look through and to share
  hive-ctx audit --budget 30000                   exit code 4 where the idle context is larger (for CI)
  hive-ctx audit --format json --out now.json; hive-ctx audit --compare now.json
"""


@click.command(epilog=EPILOG)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--method", type=click.Choice(["auto", "static", "probe", "request", "url"]), default="auto",
              show_default=True, help="How to measure: from files; by one real session start (probe); from a recorded "
              "request; or by waiting for any client to call a loopback URL. auto: request where --request is given; "
              "probe where a client is at hand and you say yes; else static.")  # fmt: skip
@click.option("--request", "request_file", type=click.Path(path_type=Path), help="A recorded request body; - reads it.")
@click.option("--tokenizer", default="o200k_base", show_default=True, help="o200k_base, cl100k_base, claude-4.8, a "
              "model's name, auto (the model's own), or anthropic-api:MODEL (needs ANTHROPIC_API_KEY).")  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html", "markdown"]), default="text", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the report to this file.")
@click.option("--budget", type=click.IntRange(min=0), help="Idle tokens allowed; exit code 4 where there are more.")
@click.option("--compare", type=click.Path(path_type=Path), help="An older JSON report: show what came, went and grew.")
@click.option("--client", "client_path", default="", help="The client to run [default: claude on PATH].")
@click.option("--model", default="", help="Audit for this model [default: what the settings name].")
@click.option("--start-servers", is_flag=True, help="Static: start the configured MCP servers and ask for their tools.")
@click.option("--no-hooks", is_flag=True, help="Probe: do not run the project's hooks.")
@click.option("--interactive", is_flag=True, help="As an interactive session sends it [default: as `claude -p` does].")
@click.option("--plugin-dir", multiple=True, type=click.Path(path_type=Path), help="A plugin to load too. Repeatable.")
@click.option("--timeout", type=click.FloatRange(min=1), default=120, show_default=True, help="Seconds for the client.")
@click.option("--save-request", type=click.Path(path_type=Path), help="Keep the recorded request body in this file.")
@click.option("--top", type=click.IntRange(min=0), default=10, show_default=True, help="How many units to list (text).")
@click.option("--yes", is_flag=True, help="Do not ask before a session or a server is started.")
def audit(
    form: str,
    out: Path | None,
    budget: int | None,
    compare: Path | None,
    top: int,
    **measured: Any,  # noqa: ANN401 - click gives them; AuditOptions names and types them
) -> None:
    """Measure the idle context of PATH (default: this folder): what every call carries before you type.

    The static audit reads files only: nothing is started, nothing is sent. The probe starts the real client against
    a recorder on this machine, up to three times: no tokens, no login; the project's hooks (the first time only) and
    MCP servers run, as they do at every session start.
    """
    from hive_integration.audit import compare as comparing
    from hive_integration.audit.render import render
    from hive_integration.cli.auditing import AuditOptions, remember, run_audit
    from hive_integration.errors import GateError
    from hive_integration.files import atomic_write
    from hive_integration.settings import read_world

    old = comparing.load(compare) if compare else None  # a broken file is said before the work, not after it
    world = read_world()
    report = run_audit(AuditOptions(**measured), world)
    remember(report, world)
    comparison = comparing.compare(old, report) if old is not None else None
    color = out is None and sys.stdout.isatty() and not world.env.get("NO_COLOR")
    width = min(shutil.get_terminal_size().columns, 120)
    text = render(report, form, width=width, color=color, top=top, comparison=comparison, budget=budget)
    if out:
        atomic_write(out, text)
        click.echo(f"{report.total_tokens:,} idle tokens; the report is in {out}", err=True)
    else:
        click.echo(text, nl=False, color=color)
    if budget is not None and report.total_tokens > budget:
        raise GateError(f"{report.total_tokens:,} idle tokens, the budget is {budget:,}",
                        hint="the largest units are in the report; --compare OLD.json shows what grew")  # fmt: skip
