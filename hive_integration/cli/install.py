"""`hive-ctx install`: options in, a plan shown and agreed to, an installation out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from hive_integration.cli.installing import Prepared
    from hive_integration.install.cautions import Caution

EPILOG = """\b
Examples:
  hive-ctx install                          this folder's project; shows the plan, asks, and does it
  hive-ctx install ~/code/app --dry-run     every line that would change, and nothing changes
  hive-ctx install ~/code/claude-code       a plugin marketplace: the plugin becomes one of its own
  hive-ctx install --scope user             your own configuration, for all projects
  hive-ctx install --list-overlays          settings that shrink the idle context, with what each saves
  hive-ctx install --overlay tool-search --overlay hive-tools=memory,swarm
  hive-ctx uninstall                        all of it taken back, byte for byte

\b
Installing again changes nothing, or brings an older installation up to date. Exit code 2 where the options do not fit.
"""


@click.command(epilog=EPILOG)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--scope", type=click.Choice(["project", "user"]), default="project", show_default=True,
              help="Whose settings: the project's local ones, or your own.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print the plan as a diff; write nothing, start no client.")
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal nobody is asked anyway.")
@click.option("--overlay", "overlays", multiple=True, metavar="NAME[=ARG]", help="Settings to add. Repeatable.")
@click.option("--list-overlays", is_flag=True, help="Show the overlays, what each saves and costs, and stop.")
@click.option("--patches/--no-patches", default=None, help="Patch the target's own programs where no setting reaches "
              "[default: as last time, at first yes].")  # fmt: skip
@click.option("--no-client", is_flag=True, help="Do not tell the client; a trusted folder's session finds the plugin.")
@click.option("--client", "client_path", type=click.Path(path_type=Path), help="[default: claude on PATH]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def install(
    target: Path | None,
    scope: Literal["project", "user"],
    list_overlays: bool,
    form: str,
    **asked: Any,  # noqa: ANN401 - click gives them; `Wanted` and `_carry_out` name and type them
) -> None:
    """Make the project, Hive or marketplace in TARGET (default: this folder) aware of hive-ctx.

    It gets a folder hive-integration/ with its own configuration, the Claude Code plugin, and a few keys in
    .claude/settings.local.json. No request changes by that: what runs is still the full profile, until `hive-ctx
    switch finetuned`. Nothing outside of TARGET is changed.
    """
    from hive_integration.cli.installing import Wanted, carry_out, prepare
    from hive_integration.cli.planning import cautioned, mended, say
    from hive_integration.install.cautions import of_target
    from hive_integration.install.place import place_of
    from hive_integration.install.target import recognised
    from hive_integration.settings import read_world

    if list_overlays:
        from hive_integration.cli.overlays import overlays

        click.echo(overlays(form), nl=False)
        return
    world, dry_run = read_world(), bool(asked["dry_run"])
    found = recognised(target, scope, world)
    say([f"{found.root}: {found}"])
    say(repaired := mended(place_of(found.root, world.data_dir), dry_run=dry_run))
    wanted = Wanted(asked["overlays"], asked["patches"], not asked["no_client"], asked["client_path"])
    prepared = prepare(wanted, found, world)
    cautions = of_target(found)
    say([*cautioned(cautions), *prepared.remarks, *prepared.plan.kept])
    remarks: Sequence[str] = ()
    if not dry_run:
        _agree(prepared, yes=asked["yes"])
        say(remarks := carry_out(prepared, world))
    report = _report(prepared, cautions, dry_run=dry_run) | {
        "mended": list(repaired), "remarks": [*prepared.remarks, *remarks],
    }  # fmt: skip
    click.echo(json.dumps(report, indent=2) if form == "json" else _text(report))


def _agree(prepared: Prepared, *, yes: bool) -> None:
    from hive_integration.cli.planning import agreed, changes, listed

    if prepared.changed:
        click.echo("\n".join(listed(changes([prepared.stale, prepared.plan]))), err=True)
        agreed(f"Install into {prepared.target.root}?", yes=yes)


def _report(prepared: Prepared, cautions: Sequence[Caution], *, dry_run: bool) -> dict[str, Any]:
    from hive_integration.cli.planning import changes, warned
    from hive_integration.install.client import known

    target, plans = prepared.target, [prepared.stale, prepared.plan]
    return {
        "schema": "hive-ctx/install/1",
        "target": str(target.root),
        "kind": target.kind,
        "detail": target.detail,
        "scope": target.scope,
        "dry_run": dry_run,
        "changed": prepared.changed,
        "changes": changes(plans),
        "kept": list(prepared.plan.kept),
        "overlays": prepared.facts["overlays"],
        "patches": prepared.patches,
        "plugin": {
            "folder": str(prepared.plugin),
            "client": prepared.client.program if prepared.client else None,
            "known": prepared.client is not None and known(prepared.client.config_dir) == prepared.plugin,
        },
        "cautions": warned(cautions),
        "diff": "".join(plan.diff() for plan in plans) if dry_run else None,
    }


def _text(report: dict[str, Any]) -> str:
    """The result for people: of a dry run the diff, and what the client would be told."""
    from hive_integration.cli.planning import drawn

    if not report["changed"]:
        return f"{report['target']}: nothing to change"
    if report["dry_run"]:
        told = f"\n# and then: claude plugin marketplace add {report['plugin']['folder']}"
        return drawn(report["diff"]) + (told if report["plugin"]["client"] else "")
    return (
        f"{report['target']}: installed; every session has the full profile until `hive-ctx switch finetuned`\n"
        "see `hive-ctx status`; `hive-ctx uninstall` takes it back"
    )
