"""`hive-ctx uninstall`: a target in, everything of ours out of it, what the user made of it left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import click

EPILOG = """\b
Examples:
  hive-ctx uninstall                     from this folder's project, or the one that this folder lies in
  hive-ctx uninstall ~/code/app --dry-run
  hive-ctx uninstall --scope user        from your own configuration

\b
What you changed since stays: a settings key with another value, a file of ours that you edited, a model card that you
added. It is named. Whatever else was there before is there again, byte for byte.
"""


@click.command(epilog=EPILOG)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--scope", type=click.Choice(["project", "user"]), default="project", show_default=True,
              help="Whose settings: the project's local ones, or your own.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the plan as a diff; write nothing, start no client.")
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal nobody is asked anyway.")
@click.option("--no-client", is_flag=True, help="Do not tell the client that the plugin is gone.")
@click.option("--client", "client_path", type=click.Path(path_type=Path), help="[default: claude on PATH]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def uninstall(
    target: Path | None,
    scope: Literal["project", "user"],
    dry_run: bool,
    yes: bool,
    form: str,
    **client: Any,  # noqa: ANN401 - click gives them; `leave` names and types them
) -> None:
    """Take hive-ctx out of TARGET (default: this folder): all that was added goes, all that was there returns."""
    from hive_integration.cli.leaving import leave, place_to_leave
    from hive_integration.cli.planning import agreed, changes, listed, mended, say
    from hive_integration.install.ledger import ledger_of
    from hive_integration.install.plan import undone
    from hive_integration.settings import read_world

    world = read_world()
    place = place_to_leave(target, scope, world)
    say(repaired := mended(place, dry_run=dry_run))
    ledger, plan = ledger_of(place), undone(place)
    changed = changes([plan])
    say(plan.kept)
    remarks: Sequence[str] = ()
    if ledger and not dry_run:
        click.echo("".join(f"{line}\n" for line in listed(changed)), err=True, nl=False)
        agreed(f"Take hive-ctx out of {place.root}?", yes=yes)
        say(remarks := leave(place, ledger, world, **client))
    report = {
        "schema": "hive-ctx/uninstall/1", "target": str(place.root), "dry_run": dry_run, "changed": ledger is not None,
        "changes": changed, "kept": list(plan.kept), "mended": list(repaired), "remarks": list(remarks),
        "diff": plan.diff() if dry_run else None,
    }  # fmt: skip
    click.echo(json.dumps(report, indent=2) if form == "json" else _text(report))


def _text(report: dict[str, Any]) -> str:
    from hive_integration.cli.planning import drawn

    if not report["changed"]:
        return f"{report['target']}: nothing is installed there"
    if report["dry_run"]:
        return drawn(report["diff"])
    stays = f"; what you changed stays: {len(report['kept'])}, named above" if report["kept"] else ""
    return f"{report['target']}: hive-ctx is gone, what was there before is back{stays}"
