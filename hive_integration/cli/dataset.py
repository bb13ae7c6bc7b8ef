"""`hive-ctx dataset`: look at a compiled dataset, check it, and hand it to a trainer."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hive_integration.dataset.book import Book

SHOWN = 10
"""Findings that are printed of each kind."""
MANY = 10_000
"""Examples from which on it may take a while."""
FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
UNITS = click.option("--units", type=click.Path(path_type=Path), help="The units.jsonl that it was compiled from.")
FLOOR = click.option("--floor", type=click.IntRange(min=0), default=60, show_default=True,
                     help="Families of phrasing that each tool or behaviour should have.")  # fmt: skip

EPILOG = """\b
Examples:
  hive-ctx dataset check data --units units.jsonl         exit code 4 where anything is wrong
  hive-ctx dataset stats data --units units.jsonl
  hive-ctx dataset stats data --format html --out stats.html
  hive-ctx dataset export data --to openai --out openai
  hive-ctx dataset export data --to trl --tools 4 --units units.jsonl --out trl
  hive-ctx dataset export data --to template --template ~/models/Qwen3-8B --out text
"""


@click.group(epilog=EPILOG)
def dataset() -> None:
    """Check a dataset that `hive-ctx compile` made, say what is in it, and write it as trainers want it."""


@dataset.command(epilog="Example: hive-ctx dataset check data --units units.jsonl")
@FOLDER
@UNITS
@FLOOR
def check(folder: Path, units: Path | None, floor: int) -> None:
    """Find all that is wrong with DIR: one line each, exit code 4 where there is any.

    Files against the manifest, every line with its provenance, every gate of the compiler again, the splits against
    each other, duplicates, and the floor of diversity. Without --units no schema and no behaviour is checked.
    """
    from hive_integration.audit.render.visible import readable
    from hive_integration.dataset.checking import checked
    from hive_integration.errors import GateError

    book = _book(units)
    with _progress("checked") as progress:
        seen = checked(folder, book, floor=floor, progress=progress)
    shown: Counter[str] = Counter()
    for found in seen.found:
        shown[found.kind] += 1
        if shown[found.kind] <= SHOWN:
            click.echo(readable(str(found)))
    for kind, count in shown.items():
        if count > SHOWN:
            click.echo(readable(f"… and {count - SHOWN:,} more: {kind}"))
    if seen.found:
        raise GateError(
            f"{folder}: {len(seen.found):,} findings in {seen.examples:,} examples",
            hint="compile again with more examples or another phase, or lower --floor" if _only_floor(shown)
            else "a dataset is not edited by hand: compile it again",
        )  # fmt: skip
    what = "" if units else "; no schema and no behaviour was checked: --units FILE"
    click.echo(f"{folder}: {seen.examples:,} examples, nothing wrong{what}")


@dataset.command(epilog="Example: hive-ctx dataset stats data --units units.jsonl --format html --out stats.html")
@FOLDER
@UNITS
@FLOOR
@click.option("--epochs", type=click.IntRange(min=1), help="Passes to estimate costs for [default: by its size].")
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Write the report to this file.")
def stats(folder: Path, units: Path | None, floor: int, epochs: int | None, form: str, out: Path | None) -> None:
    """Say what is in DIR: coverage, tokens and what training would cost, diversity, yield.

    With --units, units and tools go by name, those without an example are listed, and the branches of the called
    tools' schemas are counted.
    """
    from hive_integration.audit.render.visible import visible
    from hive_integration.dataset.render import FORMS
    from hive_integration.dataset.statistics import statistics
    from hive_integration.files import atomic_write

    book = _book(units)
    with _progress("read") as progress:
        found = statistics(folder, book, floor=floor, epochs=epochs or 0, progress=progress)
    report = FORMS[form](found)
    if form == "text":
        report = "".join(f"{visible(line)}\n" for line in report.split("\n")[:-1])
    if out:
        atomic_write(out, report)
        click.echo(f"{found.total:,} examples; the report is in {out}", err=True)
    else:
        click.echo(report, nl=False)


@dataset.command(epilog="Example: hive-ctx dataset export data --to template --template ~/models/Qwen3-8B --out text")
@FOLDER
@click.option("--to", type=click.Choice(["openai", "trl", "template"]), required=True,
              help="OpenAI's files, TRL's, or text through a chat template.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A folder of its own.")
@click.option("--tools", default="none", show_default=True, metavar="none|used|in-play|all|N",
              help="Tools that each example declares: none; those it calls; those in play; all; or those it calls and "
              "N others.")  # fmt: skip
@UNITS
@click.option("--shape", type=click.Choice(["messages", "prompt"]), default="messages", show_default=True,
              help="trl and template: a row a conversation, or one for each message that is learned.")  # fmt: skip
@click.option("--template", type=click.Path(path_type=Path), help="template: a Jinja file, or a model's folder.")
@click.option("--bos", help="template: its bos_token, where no model's folder says it.")
@click.option("--eos", help="template: its eos_token.")
def export(  # noqa: PLR0913, PLR0917 - click gives them
    folder: Path, to: str, out: Path, tools: str, units: Path | None, shape: str, template: Path | None,
    bos: str | None, eos: str | None,
) -> None:  # fmt: skip
    """Write DIR in the files of a trainer, with a manifest of hashes.

    Nothing is bent: what a form cannot show is listed in refused.jsonl with the reason, and what it changes is counted
    in the manifest. Preference pairs are written where the dataset has wrong ways.
    """
    from hive_integration.audit.render.visible import readable
    from hive_integration.dataset.export.form import Options
    from hive_integration.dataset.export.run import exported

    special = {f"{name}_token": text for name, text in (("bos", bos), ("eos", eos)) if text is not None}
    options = Options(tools=tools, shape=shape, template=template, special=special)
    with _progress("written") as progress:
        done = exported(folder, out, to, options, _book(units), progress)
    for name, count in done.manifest["lines"].items():
        click.echo(f"{count:>9,}  {out / name}")
    for what in ("refused", "changed"):
        for reason, count in done.manifest[what].items():
            click.echo(readable(f"{count:>9,}  {what}: {reason}"))


def _book(units: Path | None) -> Book | None:
    from hive_integration.dataset.book import read_book

    return read_book(units) if units else None


def _only_floor(shown: Counter[str]) -> bool:
    return all("families of phrasing" in kind and "fewer" in kind for kind in shown)


@contextmanager
def _progress(verb: str) -> Iterator[Callable[[int, int], None]]:
    """Say how far it is: a bar on a terminal; elsewhere a line at every tenth, where there is much to do."""
    if not sys.stderr.isatty():
        tenths = [0]

        def line(done: int, of: int) -> None:
            tenth = 10 * done // max(of, 1)
            if of >= MANY and tenth != tenths[0]:
                tenths[0] = tenth
                click.echo(f"{verb} {done:,} of {of:,}", err=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("examples"), BarColumn(), MofNCompleteColumn(), TextColumn(verb), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of or None)
