"""`hive-ctx doctor`: a target in, what is half-done or missing mended, the rest explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

if TYPE_CHECKING:
    from hive_integration.cli.examining import Examined

EPILOG = """\b
Examples:
  hive-ctx doctor                  this folder's project, or the one that this folder lies in
  hive-ctx doctor ~/code/app
  hive-ctx doctor --scope user     your own configuration
  hive-ctx doctor --format json | jq .findings

\b
Exit code 1 where something is left that only you can mend; what you changed yourself is no such thing.
"""
_ILL = {"half-done", "refused", "lost"}
"""Kinds of findings that keep hive-ctx from taking all of it back."""


@click.command(epilog=EPILOG)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--scope", type=click.Choice(["project", "user"]), default="project", show_default=True,
              help="Whose settings: the project's local ones, or your own.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(target: Path | None, scope: Literal["project", "user"], form: str) -> None:
    """Look at the installation in TARGET (default: this folder), mend it, and say what else to know.

    What was interrupted is finished or taken back, and what of ours is missing is put back, without asking. What you
    changed is named and left. The client is asked for its version. Base URLs and credentials in the target's files are
    named.
    """
    from hive_integration.cli.examining import examine
    from hive_integration.cli.leaving import place_to_leave
    from hive_integration.errors import HiveError
    from hive_integration.settings import read_world

    world = read_world()
    examined = examine(place_to_leave(target, scope, world), world)
    if form == "json":
        click.echo(json.dumps(_report(examined), indent=2))
    else:
        click.echo("\n".join(_lines(examined)))
    if left := [finding for finding in examined.findings if finding.kind in _ILL]:
        raise HiveError(f"{left[0].path}: {left[0].what}", hint=left[0].what_to_do)


def _report(examined: Examined) -> dict[str, Any]:
    from hive_integration.cli.planning import warned

    client = examined.client
    return {
        "schema": "hive-ctx/doctor/1",
        "target": str(examined.place.root),
        "installed": examined.ledger is not None,
        "client": {"program": client.program, "version": _version(examined)} if client else None,
        "mended": list(examined.mended),
        "findings": [
            {"path": each.path, "kind": each.kind, "what": each.what, "what_to_do": each.what_to_do}
            for each in examined.findings
        ],
        "cautions": warned(examined.cautions),
    }


def _version(examined: Examined) -> str:
    return ".".join(map(str, examined.version))


def _lines(examined: Examined) -> Iterator[str]:
    from hive_integration.audit.render.visible import readable
    from hive_integration.cli.planning import cautioned

    root, ledger = readable(str(examined.place.root)), examined.ledger
    yield f"{root}: {'installed, by hive-ctx ' + ledger.version if ledger else 'nothing is installed there'}"
    if examined.client:
        yield f"client: {readable(examined.client.program)}, {_version(examined) or 'of no version that it says'}"
    else:
        yield "client: there is no claude on PATH"
    yield from (f"mended: {readable(each)}" for each in examined.mended)
    yield from (readable(f"{each.path}: {each.what}; {each.what_to_do}") for each in examined.findings)
    yield from map(readable, cautioned(examined.cautions))
    if not (examined.mended or examined.findings or examined.cautions):
        yield "nothing to mend"
