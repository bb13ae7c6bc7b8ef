"""`hive-ctx patches`: options in, files of a target judged, changed or taken back, the states out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hive_integration.install.patch_apply import Tools
    from hive_integration.install.patch_series import Patch
    from hive_integration.install.patch_versions import Row
    from hive_integration.install.patches import Sight
    from hive_integration.install.place import Place
    from hive_integration.install.plan import Plan
    from hive_integration.settings import World

EPILOG = """\b
Examples:
  hive-ctx patches list
  hive-ctx patches check ~/project          what its files are to the patches
  hive-ctx patches check --versions         what eight released versions are to them
  hive-ctx patches apply ~/project --dry-run
  hive-ctx patches apply ~/project quiet-hooks
  hive-ctx patches revert ~/project
"""
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_WORDS = click.argument("words", metavar="[TARGET] [PATCH]...", nargs=-1)
_DRY = click.option("--dry-run", is_flag=True, help="Print the plan as a diff; write nothing.")


@click.group(epilog=EPILOG)
def patches() -> None:
    """What no setting, plugin or launcher can reach in claude-flow: tested patches, and taken back byte for byte.

    Only installations in the target's own node_modules, a checkout, and the copies that claude-flow's init made in the
    target are patched; never what npx keeps, and never Claude Code itself.
    """


@patches.command("list")
@_FORMAT
def list_(form: str) -> None:
    """Show the patches: what each is for, and when it is not needed any more."""
    series = _series()
    if form == "json":
        shown = [
            {
                "id": patch.id, "purpose": patch.purpose, "packages": patch.packages,
                "versions": [each.versions for each in patch.forms], "unnecessary": patch.unnecessary,
                "test": patch.test,
            }
            for patch in series
        ]  # fmt: skip
        click.echo(json.dumps({"schema": "hive-ctx/patches/1", "patches": shown}, indent=2))
        return
    for patch in series:
        ranges = ", ".join(each.versions for each in patch.forms)
        click.echo(f"{patch.id}  ({' and '.join(patch.packages)}, {ranges})")
        click.echo(f"  {patch.purpose}\n  unnecessary: {patch.unnecessary}\n  test: {patch.test}")


@patches.command()
@_WORDS
@click.option("--versions", type=click.IntRange(min=1), is_flag=False, flag_value=8, metavar="[N]",
              help="Judge the newest N released versions of each package instead of a target [N: 8].")  # fmt: skip
@_FORMAT
def check(words: Sequence[str], versions: int | None, form: str) -> None:
    """Show what each file is to the patches: applied, appliable, upstream, drifted or absent. Writes nothing.

    With --versions, what is released in the npm registry is judged. It is downloaded once, about 3 MB a version,
    checked against the registry's hash, and never run.
    """
    from hive_integration.install.patch_apply import Tools
    from hive_integration.install.patches import look
    from hive_integration.settings import read_world

    world = read_world()
    series, root = _chosen(words, world, needed=versions is None)
    tools = Tools.on(world.env)
    if versions is not None:
        _show_versions(series, world, tools, versions, form)
    else:
        _show(series, look(series, root, tools), root, form)


@patches.command()
@_WORDS
@_DRY
@_FORMAT
def apply(words: Sequence[str], dry_run: bool, form: str) -> None:
    """Apply the patches (all, or those named) to what of the target's files they were tested with."""
    from hive_integration.errors import HiveError
    from hive_integration.install.patch_apply import Tools
    from hive_integration.install.patches import changes, look
    from hive_integration.install.plan import planned
    from hive_integration.settings import read_world

    world = read_world()
    series, root = _chosen(words, world)
    place, tools = _place(root, world), Tools.on(world.env)
    seen = look(series, root, tools)
    _carry_out(place, planned(place, changes(seen, root, tools)), dry_run)
    if not dry_run:
        seen = look(series, root, tools)
        _show(series, seen, root, form)
    states = {sight.verdict.state for sight in seen}
    aside = next((sight for sight in seen if sight.verdict.state == "drifted"), None)
    if aside and not {"applied", "appliable"} & states:
        raise HiveError(f"{aside.patch.id}: {aside.path} is {aside.verdict.detail}",
                        hint="nothing was patched; `hive-ctx patches check --versions`: what could be")  # fmt: skip
    if states == {"absent"}:
        hint = "`npm install claude-flow@3.43.0` there, and let .mcp.json start that one: npx fetches it anew each time"
        raise HiveError(f"{root} has nothing to patch: {seen[0].verdict.detail}", hint=hint)


@patches.command()
@_WORDS
@_DRY
@_FORMAT
def revert(words: Sequence[str], dry_run: bool, form: str) -> None:
    """Take the patches (all, or those named) back: the bytes that were there before return."""
    from hive_integration.install.patch_apply import Tools
    from hive_integration.install.patches import look
    from hive_integration.install.plan import undone
    from hive_integration.settings import read_world

    world = read_world()
    series, root = _chosen(words, world)
    place, tools = _place(root, world), Tools.on(world.env)
    paths = [sight.path for sight in look(series, root, tools) if sight.spot]
    _carry_out(place, undone(place, paths), dry_run)
    if dry_run:
        return
    seen = look(series, root, tools)
    _show(series, seen, root, form)
    for sight in seen:
        if sight.verdict.state == "applied":
            click.echo(
                f"hive-ctx: {sight.path} was not patched from here and stays; install its package anew", err=True
            )


def _series() -> Sequence[Patch]:
    from hive_integration.install.patch_series import read_series, shipped

    return read_series(shipped())


def _chosen(words: Sequence[str], world: World, *, needed: bool = True) -> tuple[Sequence[Patch], Path]:
    """(the patches that are named, or all; the target): a word that is no patch's name is the target, once."""
    from hive_integration.errors import UsageError
    from hive_integration.install.patch_places import target_root
    from hive_integration.install.patches import chosen

    series = _series()
    known = {patch.id for patch in series}
    targets = [word for word in words if word not in known]
    if len(targets) > 1:
        raise UsageError(f"{targets[1]!r} is no patch, and {targets[0]!r} is the target already",
                         hint=f"patches: {', '.join(sorted(known))}")  # fmt: skip
    root = target_root(world.cwd / targets[0] if targets else world.cwd) if needed else world.cwd
    return chosen(series, [word for word in words if word in known]), root


def _place(root: Path, world: World) -> Place:
    """The target's place, after what was interrupted there is finished."""
    from hive_integration.install.journal import recover
    from hive_integration.install.place import place_of

    place = place_of(root, world.data_dir)
    for sentence in recover(place):
        click.echo(f"hive-ctx: {sentence}", err=True)
    return place


def _carry_out(place: Place, plan: Plan, dry_run: bool) -> None:
    from hive_integration.cli.planning import drawn
    from hive_integration.install.journal import perform

    if dry_run:
        click.echo("".join(f"{drawn(diff)}\n" for diff in [plan.diff()] if diff), nl=False)
    for sentence in (*plan.kept, *(() if dry_run else perform(place, plan))):
        click.echo(f"hive-ctx: {sentence}", err=True)


def _show(series: Sequence[Patch], seen: Sequence[Sight], root: Path, form: str) -> None:
    from hive_integration.install.patches import state_of

    states = {patch.id: state_of(patch, seen) for patch in series}
    if form == "json":
        shown = [
            {"id": patch.id, "purpose": patch.purpose, "state": states[patch.id],
             "files": [_file(sight) for sight in seen if sight.patch.id == patch.id]}
            for patch in series
        ]  # fmt: skip
        click.echo(json.dumps({"schema": "hive-ctx/patches/1", "target": str(root), "patches": shown}, indent=2))
        return
    for patch in series:
        click.echo(f"{patch.id}: {states[patch.id]}")
        for sight in (sight for sight in seen if sight.patch.id == patch.id):
            about = ", ".join(part for part in (sight.program, sight.verdict.detail) if part)
            click.echo(f"  {sight.verdict.state:9}  {sight.path or '-'}" + (f"  ({about})" if about else ""))


def _file(sight: Sight) -> Mapping[str, Any]:
    spot = sight.spot
    return {
        "path": sight.path, "state": sight.verdict.state, "detail": sight.verdict.detail,
        "package": spot.package if spot else None, "version": spot.version if spot else None,
    }  # fmt: skip


def _show_versions(series: Sequence[Patch], world: World, tools: Tools, count: int, form: str) -> None:
    from hive_integration.cli.progress import waiting
    from hive_integration.install.patch_versions import Registry, table

    said: list[str] = []
    quiet = form == "json"
    with nullcontext() if quiet else waiting("fetching released versions"):
        rows = table(series, Registry(world.cache_dir / "patches", world.env), tools, count, said.append)
    for line in said:
        click.echo(f"hive-ctx: {line}", err=True)
    if quiet:
        click.echo(json.dumps({"schema": "hive-ctx/patches-versions/1", "rows": [_row(row) for row in rows]}, indent=2))
        return
    names = [patch.id for patch in series]
    click.echo(f"{'package':18}{'version':18}" + "".join(f"{name:26}" for name in names).rstrip())
    for row in rows:
        cells = [row.verdicts[name].state if name in row.verdicts else "-" for name in names]
        click.echo(f"{row.package:18}{row.version:18}" + "".join(f"{cell:26}" for cell in cells).rstrip())
    for row in rows:
        for name, verdict in row.verdicts.items():
            if verdict.state == "drifted":
                click.echo(f"{row.package} {row.version}, {name}: {verdict.detail}")


def _row(row: Row) -> Mapping[str, Any]:
    states = {name: {"state": each.state, "detail": each.detail} for name, each in row.verdicts.items()}
    return {"package": row.package, "version": row.version, "patches": states}
