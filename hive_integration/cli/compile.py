"""`hive-ctx compile`: units in, a dataset folder out. Options become one value; progress and a table are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hive_integration.dataset.compile import Compiled, Planned
    from hive_integration.dataset.rounds import Progress

EPILOG = """\b
Examples:
  hive-ctx compile units.jsonl --out data                       130,000 examples, offline, no model, no network
  hive-ctx compile units.jsonl --out data --phase 3 --count 2000
  hive-ctx compile units.jsonl --out data --teacher acme-teacher --max-cost 20
  hive-ctx compile units.jsonl --out data --execute             with true results of the project's MCP servers

\b
A run that was stopped is gone on with by the same command: what was made is kept in DIR/.parts, and the bytes are the
same as if it had not been stopped. After a change of the units only the examples of changed ones are made again.
"""
MOST_WORKERS = 8


@click.command(epilog=EPILOG)
@click.argument("units", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The dataset's folder: new, or one of ours."
)
@click.option("--phase", type=click.IntRange(1, 5), default=5, show_default=True,
              help="1 system prompt, 2 methodologies, 3 tools, 4 agents, 5 all.")  # fmt: skip
@click.option(
    "--count", type=click.IntRange(min=1), help="Examples [default: the phase's 300, 3000, 20000, 20000, 100000]."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed makes other examples.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes [default: one for each core, at most 8].")
@click.option("--resume", is_flag=True, help="Go on where a run was stopped. It is done without this, too.")
@click.option("--system", help="The system message of every example [default: You are a coding agent.].")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--teacher", default="", help="A model writes the examples: a card's id, or URL#MODEL.")
@click.option("--licence", default="", help="Teacher: under what licence its output may be used.")
@click.option("--permission", type=click.Path(path_type=Path), help="Teacher: its maker's written permission to train.")
@click.option("--max-cost", type=click.FloatRange(min=0, min_open=True), help="Teacher: USD that are never passed.")
@click.option("--batch", is_flag=True, help="Teacher: ask in batches, where that is slower and cheaper.")
@click.option(
    "--parallel", type=click.IntRange(min=1), default=8, show_default=True, help="Teacher: questions at once."
)
@click.option("--execute", is_flag=True, help="Run the calls on the project's MCP servers, in a scratch folder.")
@click.option("--project", type=click.Path(path_type=Path), help="Execute: whose servers [default: this folder's].")
@click.option(
    "--call-timeout", type=click.FloatRange(min=1), default=30, show_default=True, help="Execute: seconds a call."
)
@click.option("--yes", is_flag=True, help="Do not ask before a teacher is asked or a server is started.")
def compile(
    units: Path, out: Path, phase: int, count: int | None, form: str, resume: bool, **given: Any  # noqa: ANN401
) -> None:  # fmt: skip
    """Make training data of UNITS, a file that `hive-ctx extract` wrote.

    Each example shows one behaviour and passes every gate: form, the tool's real schema, the behaviour's check,
    secrets, length, licence, duplicates, and nothing in common with the evaluation split. The folder is a dataset once
    it has a manifest.json.
    """
    from hive_integration.cli.compiling import Ways, prepared
    from hive_integration.dataset.compile import Options, compiled, planned
    from hive_integration.dataset.folder import is_unfinished
    from hive_integration.dataset.generators import SYSTEM, Settings
    from hive_integration.dataset.task import PRESETS
    from hive_integration.settings import read_world

    world = read_world()
    seed, workers, system = given.pop("seed"), given.pop("workers"), given.pop("system")
    options = Options(
        phase=phase, total=count or PRESETS[phase], seed=seed, settings=Settings(SYSTEM if system is None else system),
        workers=workers or min(os.cpu_count() or 1, MOST_WORKERS),
    )  # fmt: skip
    ready = prepared(options, out, Ways(**given), world)
    plan = planned(units, ready.options)
    if is_unfinished(out):
        click.echo(f"{out} was not finished: going on with it", err=True)
    _announced(plan, out)
    ready.begin(plan)
    with _progress() as progress:
        made = compiled(plan, out, progress, ready.ahead if given["teacher"] or given["execute"] else None)
    for sentence in ready.sentences():
        click.echo(sentence, err=True)
    _show(plan, made, out, form)


def _announced(plan: Planned, out: Path) -> None:
    """What will be made, and how long it takes where that is up to this machine."""
    from hive_integration.dataset.estimate import estimated

    options = plan.options
    what = f"{options.total:,} examples of {len(plan.chosen):,} behaviours"
    if options.settings.course is not None or options.settings.execution is not None:
        click.echo(what, err=True)
        return
    found = estimated(plan, out)
    kept = f", {found.there:.0%} of them are there already" if found.there else ""
    click.echo(f"{what}{kept}: about {_time(found.seconds)} with {options.workers} workers", err=True)


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{max(seconds, 1):.0f} seconds"


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on a terminal, else a line at every tenth."""
    if not sys.stderr.isatty():
        tenths = [-1]

        def line(done: int, of: int) -> None:
            tenth = 10 * done // max(of, 1)
            if tenth != tenths[0]:
                tenths[0] = tenth
                click.echo(f"{done:,} of {of:,}", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("making", total=None)
        yield lambda done, of: bar.update(
            task, completed=done, total=of, description="making" if done < of else "looking at all together"
        )


# What came of it.


def _show(plan: Planned, made: Compiled, out: Path, form: str) -> None:
    import json

    manifest, counts = made.manifest, made.manifest["counts"]
    if counts["examples"] < plan.options.total:
        click.echo(
            f"warning: {counts['examples']:,} examples, {plan.options.total:,} were asked for: there is no more to be"
            f" made ({manifest['yield']:.1%} of what was made passed)",
            err=True,
        )
    if form == "json":
        shown = {key: value for key, value in manifest.items() if key != "coverage"}
        shown |= {"schema": "hive-ctx/compile/1", "out": str(out), "new": made.new, "parts": made.parts}
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join(_text(manifest)))
    click.echo(f"the dataset is in {out}", err=True)


def _text(manifest: Mapping[str, Any]) -> Iterator[str]:
    counts = manifest["counts"]
    yield f"{'':<24}{'train':>10}{'eval':>10}"
    yield f"{'examples':<24}{counts['train']:>10,}{counts['eval']:>10,}"
    yield f"{'families of phrasing':<24}{counts['families']['train']:>10,}{counts['families']['eval']:>10,}"
    yield ""
    yield f"{'':<24}{'no error':>10}{'error':>10}"
    cells = counts["cells"]
    for name in ("simple", "moderate", "complex"):
        yield f"{name:<24}{cells[name]:>10,}{cells[f'{name}+error']:>10,}"
    yield ""
    yield f"{counts['behaviours']:,} behaviours of {counts['units']:,} units; {manifest['yield']:.1%} of all passed"
    yield from _reasons("refused by the gates", manifest["rejects"])
    yield from _reasons("behaviours that could not be made", manifest["behaviours"]["unmade"])


def _reasons(title: str, reasons: Mapping[str, int]) -> Iterator[str]:
    from hive_integration.audit.render.visible import visible

    if reasons:
        yield ""
        yield f"{title}:"
        for reason, number in sorted(reasons.items(), key=lambda row: (-row[1], row[0])):
            yield f"{number:>8,}  {visible(reason)}"
