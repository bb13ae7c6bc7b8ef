"""Compose a session through the switch: configuration, gateway, what the client is given, the client itself."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import click

from hive_integration.audit.render.visible import visible
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.cli.child import find_program, run_child
from hive_integration.cli.gateways import Wanted, gateway
from hive_integration.cli.progress import waiting
from hive_integration.cli.session import give, settings_of
from hive_integration.files import atomic_write
from hive_integration.gateway.keys import FILE, gateway_key
from hive_integration.gateway.presence import lives
from hive_integration.registry.configuration import VARIABLE, truth
from hive_integration.registry.load import load
from hive_integration.registry.places import config_dir
from hive_integration.settings import World


def run_session(command: Sequence[str], world: World, config: Path | None) -> int:
    """Run the command against the gateway of the configuration; its exit code."""
    truth(world.env.get(VARIABLE, ""))  # nonsense is refused before anything starts
    program = find_program(command[0], world.env)
    folder = config_dir(world, config)
    configuration = load(folder)
    setup = find_setup(world.cwd, world)
    wanted = Wanted(
        config_dir=folder,
        data_dir=world.data_dir,
        listen=configuration.listen,
        key=gateway_key(world.env, world.data_dir / FILE),
        env=world.env,
        named=() if config is None else ("--config", str(folder)),
    )
    full = configuration.cards[configuration.switch.full]
    with gateway(wanted, _progress) as presence:
        given = give(setup, full, presence.base_url, wanted.key)
        for remark in given.remarks:
            click.echo(f"hive-ctx: {visible(remark)}", err=True)
        env = {name: value for name, value in {**world.env, **given.changed}.items() if value is not None}
        pinned = settings_of(command[1:], given, world.cwd) if is_claude(program) else (command[1:], {})
        if pinned is None:
            click.echo("hive-ctx: --settings cannot be read, so nothing is added to it", err=True)
            pinned = (command[1:], {})
        rest, settings = pinned
        with settings_file(world.data_dir / "sessions", settings) as extra:
            return run_child([program, *extra, *rest], env)


def is_claude(program: str) -> bool:
    """Whether it is Claude Code itself, which reads `--settings`; a program that starts it is given variables only."""
    return "claude" in {Path(program).stem, Path(program).resolve().stem}


def _progress() -> Any:  # noqa: ANN401 - a context manager of either kind
    return waiting("starting the gateway") if sys.stderr.isatty() else nullcontext()


@contextmanager
def settings_file(folder: Path, settings: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """`--settings FILE` with those settings, for the length of the block. They hold the key: no command line does."""
    if not settings:
        yield ()
        return
    _sweep(folder)
    path = folder / f"{os.getpid()}.json"
    atomic_write(path, json.dumps(settings), mode=0o600)
    try:
        yield ("--settings", str(path))
    finally:
        path.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what launchers left that were killed."""
    for path in folder.glob("*.json"):
        if path.stem.isdigit() and not lives(int(path.stem)):
            with suppress(OSError):
                path.unlink()
