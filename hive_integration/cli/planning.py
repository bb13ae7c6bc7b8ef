"""Show a plan, ask for a yes, say what stays: what install, uninstall and doctor have in common.

Plan and questions go to standard error; the result alone goes to standard output. Without a terminal nobody is asked:
the plan has been printed, and all of it can be taken back.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from hive_integration.audit.render.visible import readable, visible
from hive_integration.errors import HiveError
from hive_integration.install.journal import JOURNAL, recover
from hive_integration.install.place import Place
from hive_integration.install.plan import Plan

if TYPE_CHECKING:
    from hive_integration.install.cautions import Caution
    from hive_integration.install.steps import Step

_MOST = 12
"""Files of one folder that are listed by name."""


def mended(place: Place, *, dry_run: bool) -> Sequence[str]:
    """What an interrupted run left is finished, and said. Raises `HiveError` in a dry run, which finishes nothing."""
    if not dry_run:
        return recover(place)
    if (place.folder / JOURNAL).exists():
        raise HiveError(f"an earlier run on {place.root} was interrupted", hint="`hive-ctx doctor` there finishes it")
    return ()


def say(sentences: Sequence[str]) -> None:
    """Sentences on standard error; what is quoted in them cannot act."""
    for sentence in sentences:
        click.echo(f"hive-ctx: {readable(sentence)}", err=True)


def agreed(question: str, *, yes: bool) -> None:
    """Go on with a yes, or where nobody is there to give one. Raises `HiveError` at a no."""
    if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    if not click.confirm(question, default=True, err=True):
        raise HiveError("nothing was changed", hint="--dry-run shows every line that would change")


def changes(plans: Sequence[Plan]) -> Sequence[Mapping[str, Any]]:
    """Each file that would change: its path, how, and why. For machines, and for `listed`."""
    return [{"path": step.path, "change": _how(step), "why": step.why} for plan in plans for step in plan.steps]


def drawn(diff: str) -> str:
    """A diff for people: nothing in it can act on a terminal; tabs and line ends stay."""
    parts = re.split(r"(\t|\r?\n)", diff.rstrip("\n"))
    return "".join(part if part in {"\t", "\n", "\r\n"} else visible(part) for part in parts)


def _how(step: Step) -> str:
    if step.was == step.will:
        return "keep" if step.undo else "note"  # only the ledger learns something
    if step.was is None or step.will is None:
        return "remove" if step.was else "create"
    if step.was.data == step.will.data:
        return "mode"
    if step.wants or (step.past is not None and step.past.owned):
        return "edit"
    return "restore" if step.undo else "replace"


def listed(changed: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """The changes for people, a line each; many of one kind and reason are counted."""
    groups: dict[tuple[str, str], list[str]] = {}
    for each in changed:
        if each["change"] in {"keep", "note"}:
            continue
        groups.setdefault((each["change"], each["why"]), []).append(each["path"])
    lines = []
    for (how, why), paths in groups.items():
        shown = paths if len(paths) <= _MOST else [*paths[:3], f"and {len(paths) - 3} more"]
        about = f"  ({why})" if why else ""
        lines += [f"  {how:8} {readable(path)}{about if number == 0 else ''}" for number, path in enumerate(shown)]
    return lines


def warned(cautions: Sequence[Caution]) -> Sequence[Mapping[str, str]]:
    """The cautions for machines."""
    return [{"path": each.path, "what": each.what, "what_to_do": each.what_to_do} for each in cautions]


def cautioned(cautions: Sequence[Caution]) -> Sequence[str]:
    """The cautions for people."""
    return [f"look at {each.path}: {each.what}; {each.what_to_do}" for each in cautions]
