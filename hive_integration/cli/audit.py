"""`hive-ctx audit`: options in, one audit, one report out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hive_integration.audit.report import Report

EPILOG = """\b
Examples:
  hive-ctx audit                                  this folder, from its files; starts nothing
  hive-ctx audit ~/work/app --method probe        what the real client sends, to the token
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
@click.option("--tokenizer", default="auto", show_default=True, help="o200k_base, cl100k_base, claude-4.8, a model's "
              "name, or anthropic-api:MODEL (needs ANTHROPIC_API_KEY). auto: o200k_base.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json", "html", "markdown"]), default="text")
@click.option("--out", type=click.Path(path_type=Path), help="Write the report to this file.")
@click.option("--budget", type=click.IntRange(min=0), help="Idle tokens allowed; exit code 4 where there are more.")
@click.option("--compare", type=click.Path(path_type=Path), help="An older JSON report: show what came, went and grew.")
@click.option("--client", "client_path", default="", help="The client to run [default: claude on PATH].")
@click.option("--model", default="", help="Audit for this model [default: what the settings name].")
@click.option("--start-servers", is_flag=True, help="Static: start the configured MCP servers and ask for their tools.")
@click.option("--no-hooks", is_flag=True, help="Probe: do not run the project's hooks.")
@click.option("--plugin-dir", multiple=True, type=click.Path(path_type=Path), help="A plugin to load too. Repeatable.")
@click.option("--timeout", type=click.FloatRange(min=1), default=120, show_default=True, help="Seconds for the client.")
@click.option("--save-request", type=click.Path(path_type=Path), help="Keep the recorded request body in this file.")
@click.option("--top", type=click.IntRange(min=0), default=10, show_default=True, help="How many units to list (text).")
@click.option("--yes", is_flag=True, help="Do not ask before a session or a server is started.")
def audit(**options: object) -> None:
    """Measure the idle context of PATH (default: this folder): what every call carries before you type.

    The static audit reads files only: nothing is started, nothing is sent. The probe starts the real client once
    against a recorder on this machine: no tokens, no login; the project's hooks and MCP servers run, as they do at
    every session start.
    """
    from hive_integration.audit.plan import AuditOptions
    from hive_integration.cli.auditing import run_audit, show

    show(run_audit(AuditOptions(**options)), AuditOptions(**options))


def _unused(report: Report) -> None: ...
