"""`hive-ctx status`: what runs and why, by asking the gateway, or by reading the configuration where none runs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hive_integration.settings import World

EPILOG = """\b
Examples:
  hive-ctx status                           also what is installed in this folder's project
  hive-ctx status ~/code/app
  hive-ctx status --config ~/hive
  hive-ctx status --format json | jq .tokens_saved

\b
Exit code 1 where the configuration is broken: a running gateway then goes on with what it read before.
"""


@click.command(epilog=EPILOG)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--config", type=click.Path(path_type=Path), help="The folder with hive.toml and models/.")
def status(target: Path | None, form: str, config: Path | None) -> None:
    """Show which model answers and why, what the gateway has done so far, what has drifted, and what is installed.

    TARGET is the folder of a project [default: this folder]; what is ours there is shown, and what changed since.
    """
    from dataclasses import replace

    from hive_integration.cli.installed import installation, show
    from hive_integration.errors import HiveError, UsageError
    from hive_integration.registry.places import config_dir
    from hive_integration.settings import read_world

    world = read_world()
    folder = world.cwd / (target or "")
    if not folder.is_dir():
        raise UsageError(f"no folder {target}", hint="give the folder of a project")
    there = replace(world, cwd=folder.resolve())
    named = world.cwd / config if config else None
    shown = {**standing(world, config_dir(there, named)), "installation": installation(world, there.cwd)}
    if form == "json":
        click.echo(json.dumps(shown, indent=2))
    else:
        from hive_integration.cli.standing import render

        color = sys.stdout.isatty() and not world.env.get("NO_COLOR")
        text = render(shown, width=min(shutil.get_terminal_size().columns, 120), color=color)
        click.echo(text + show(shown["installation"], color=color), nl=False, color=color)
    if error := shown["reload"]["error"]:
        raise HiveError(str(error), hint="mend it: what is saved takes effect by itself")


def standing(world: World, folder: Path) -> Mapping[str, Any]:
    """What `/hive/status` says, or would say, and where the gateway is. Raises HiveError where the key is wrong."""
    from hive_integration.gateway.keys import FILE, gateway_key
    from hive_integration.gateway.presence import find
    from hive_integration.providers import local_gateway

    presence = find(world.data_dir / "gateways", folder)
    if presence is None:
        return {"running": False, "config_dir": str(folder), **_would_be(world, folder)}
    key = gateway_key(world.env, world.data_dir / FILE)
    said = local_gateway.status(presence.reachable, presence.port, key)
    return {"running": True, "config_dir": str(folder), "url": presence.base_url, "pid": presence.pid, **said}


def _would_be(world: World, folder: Path) -> Mapping[str, Any]:
    """The same without a gateway: what one that is started now would say."""
    from hive_integration.errors import HiveError
    from hive_integration.gateway.choice import choose
    from hive_integration.gateway.ledger import Totals
    from hive_integration.gateway.status import SCHEMA, Reload, Snapshot
    from hive_integration.gateway.status import status as described
    from hive_integration.registry.load import load
    from hive_integration.settings import now

    moment = now()
    try:
        configuration = load(folder)
        # `run` takes USE_FINETUNED to the session, never to the gateway that it starts: the file decides here.
        chosen = choose(configuration, None, None)
    except HiveError as error:
        said = f"{error}; {error.hint}" if error.hint else str(error)
        return {"schema": SCHEMA, "reload": {"at": moment.isoformat(), "ok": False, "error": said}}
    names = [name for name, value in world.env.items() if value]
    snapshot = Snapshot("", configuration, Reload(moment), Totals(), moment, moment, chosen.profile, names)
    return {**described(snapshot), "chosen_by": chosen.by}
