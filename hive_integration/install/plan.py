"""What would change, as a value: made by reading only, printed as a diff, and nothing happens before it is performed.

A plan is made against the files and the ledger as they are; `perform` refuses it where the ledger has changed since.
"""

from __future__ import annotations

import difflib
import functools
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from msgspec import structs

from hive_integration import __version__
from hive_integration.errors import HiveError
from hive_integration.install import steps
from hive_integration.install.change import Change, Edit, Put
from hive_integration.install.ledger import Ledger, bare, ledger_of, original
from hive_integration.install.place import Place
from hive_integration.install.secrets import masked
from hive_integration.install.steps import Outcome, Step
from hive_integration.install.writes import Content, read, same

_PAUSE = 0.005
_LOOKS = 20
"""Looks at a file that does not parse, `_PAUSE` seconds apart: somebody may be writing it just now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps, in their order, and what surrounds them. `keep`: original bytes to be safe before anything changes."""

    steps: Sequence[Step] = ()
    kept: Sequence[str] = ()
    """What the user changed since and so stays: a sentence each."""
    keep: Sequence[bytes] = ()
    make: Sequence[str] = ()
    """Folders to make, outer ones first."""
    leave: Sequence[str] = ()
    """Folders of ours to remove where they are empty then, inner ones first."""
    past: Ledger | None = None
    head: Ledger = field(default_factory=bare)
    """The ledger afterwards, without files and folders."""
    forget: bool = True
    """Whether nothing is remembered where no file is ours any more."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        if self.steps:
            return False
        if self.past is None:
            return self.forget
        return bool(self.past.files or not self.forget) and self.head == bare(self.past)

    def diff(self) -> str:
        """A unified diff of every file, with what looks like a credential left out."""
        return "".join(line for step in self.steps for line in _diff(step))


def planned(place: Place, changes: Sequence[Change], facts: Mapping[str, Any] | None = None) -> Plan:
    """The plan that brings these changes about; empty where they are there already. `facts` replace the ledger's.

    Raises `HiveError`: a file in the way that is not ours, a settings file that does not parse, a link that leads out.
    """
    past = ledger_of(place)
    outcomes = [_looked(place, change, past) for change in _joined(changes)]
    head = structs.replace(bare(past), version=__version__)
    if facts is not None:
        head = structs.replace(head, facts=dict(facts))
    plan = _collected(outcomes, past)
    return replace(plan, make=tuple(_folders(place, plan.steps)), head=head, forget=facts is None and past is None)


def undone(place: Place, paths: Collection[str] | None = None) -> Plan:
    """The plan that takes back everything, or these paths, as far as the user has not changed it since."""
    if (past := ledger_of(place)) is None:
        return Plan()
    chosen = [path for path in reversed(past.files) if paths is None or path in paths]
    fetch = functools.partial(original, place)
    outcomes = [
        _patient(place, path, functools.partial(steps.undo, path, past=past.files[path], original=fetch))
        for path in chosen
    ]
    plan = replace(_collected(outcomes, past), leave=tuple(reversed(past.folders)), head=bare(past))
    foreign = [f"{path} is not ours and stays" for path in strangers(place, past)] if paths is None else ()
    return replace(plan, kept=(*plan.kept, *foreign))


def _looked(place: Place, change: Change, past: Ledger | None) -> Outcome:
    entry = past.files.get(change.path) if past else None
    if isinstance(change, Put):
        return steps.put(change, read(place.file(change.path)), entry)
    fetch = functools.partial(original, place)
    return _patient(place, change.path, lambda present: steps.edit(change, present, entry, fetch))


def _patient(place: Place, path: str, look: Callable[[Content | None], Outcome]) -> Outcome:
    """What `look` makes of a file; of one that is empty or does not parse only after it had time to become whole."""
    for _ in range(_LOOKS):
        present = read(place.file(path))
        try:
            if present is None or present.data:
                return look(present)
        except HiveError:
            pass
        time.sleep(_PAUSE)
    return look(read(place.file(path)))


def _joined(changes: Sequence[Change]) -> Iterable[Change]:
    """The changes, those of one settings file as one. Two files of one path are a mistake of the caller's."""
    joined: dict[str, Change] = {}
    for change in changes:
        first = joined.setdefault(change.path, change)
        if first is not change:
            if not isinstance(first, Edit) or not isinstance(change, Edit):
                raise ValueError(f"two changes of {change.path}")
            joined[change.path] = replace(first, wants=(*first.wants, *change.wants))
    return joined.values()


def _collected(outcomes: Sequence[Outcome], past: Ledger | None) -> Plan:
    return Plan(
        tuple(outcome.step for outcome in outcomes if outcome.step),
        tuple(sentence for outcome in outcomes for sentence in outcome.kept),
        tuple(outcome.keep for outcome in outcomes if outcome.keep is not None),
        past=past,
    )


def _folders(place: Place, planned: Sequence[Step]) -> Iterator[str]:
    """The folders that the files need and that are not there."""
    wanted = (parent for step in planned if step.will for parent in reversed(PurePosixPath(step.path).parents[:-1]))
    for parent in dict.fromkeys(map(str, wanted)):
        folder = place.file(parent)
        if not folder.exists():
            yield parent
        elif not folder.is_dir():
            raise HiveError(f"{folder} is a file, expected a folder", hint="move it away, then try again")


def strangers(place: Place, ledger: Ledger) -> Iterator[str]:
    """What lies in folders that we made and is not ours: it stays, and so do they."""
    for folder in ledger.folders:
        inside = place.file(folder)
        for each in sorted(inside.iterdir()) if inside.is_dir() else ():
            path = f"{folder}/{each.name}"
            if path not in ledger.files and path not in ledger.folders:
                yield path


def _diff(step: Step) -> Iterator[str]:
    one, other = _lines(step.was), _lines(step.will)
    if one is None or other is None:
        yield f"Binary file {step.path} {'is new' if step.was is None else 'differs'}\n"
        return
    names = (f"a/{step.path}" if step.was else "/dev/null", f"b/{step.path}" if step.will else "/dev/null")
    if not same(step.was, step.will) and step.why:
        yield f"# {step.why}\n"
    if step.was and step.will and step.was.mode != step.will.mode:
        yield f"# {step.path}: mode {step.was.mode:03o} becomes {step.will.mode:03o}\n"
    for line in difflib.unified_diff(one, other, *names):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: Content | None) -> Sequence[str] | None:
    """The lines without the values of what looks like a credential; None where the file is no text."""
    try:
        text = "" if content is None else content.data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return masked(text).splitlines(keepends=True) if "\0" not in text else None
