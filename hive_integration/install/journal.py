"""A plan is performed so that a kill at any point leaves before, after, or what `recover` turns into one of them.

First the originals are safe, then the journal says the whole plan, then each step is taken, then the ledger says what
is, and last the journal goes. Whoever finds a journal finishes it: each step looks at its file first and does what is
left to do. What cannot be finished is taken back, by a journal of the inverse steps. One code does all three.
"""

from __future__ import annotations

import errno
import functools
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from hive_integration.errors import HiveError
from hive_integration.install import steps
from hive_integration.install.ledger import (
    LEDGER,
    Entry,
    Ledger,
    bare,
    decoded,
    keep,
    ledger_of,
    original,
    save,
    strays,
)
from hive_integration.install.place import LOCK, Place, locked
from hive_integration.install.plan import Plan
from hive_integration.install.steps import Original, Outcome, Step
from hive_integration.install.writes import Content, read, same, settle, swap, sync, temporaries

JOURNAL = "journal.json"
_IN_USE = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR}
_TRIES = 200
_PAUSE = 0.005
_LATER = 0.05


class Journal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is under way. `hands`: files as they were before a program of ours that may write them was started."""

    schema: Literal["hive-ctx/journal/1"]
    steps: tuple[Step, ...]
    hands: tuple[Step, ...]
    make: tuple[str, ...]
    leave: tuple[str, ...]
    past: Ledger | None
    head: Ledger
    """The ledger afterwards, without files and folders."""
    forget: bool = True
    """Whether nothing is remembered where no file is ours any more."""
    back: bool = False
    """Whether it takes another one back: what cannot be taken back stays then, and stays in the ledger."""


def perform(place: Place, plan: Plan) -> Sequence[str]:
    """Bring the plan about, alone; a sentence for each file that somebody changed meanwhile and that so stays.

    Raises `HiveError` where the plan is out of date, or where it cannot be finished: then it was taken back.
    """
    if plan.empty:
        return ()
    with locked(place):
        _check_up_to_date(place, plan)
        journal = Journal(
            "hive-ctx/journal/1", tuple(plan.steps), (), tuple(plan.make), tuple(plan.leave),
            plan.past, plan.head, plan.forget,
        )  # fmt: skip
        try:
            for data in plan.keep:
                keep(place, data)
            save(place.folder / JOURNAL, journal)
            return _finish(place, journal)
        except BaseException:
            _take_back(place)
            raise


def recover(place: Place) -> Sequence[str]:
    """Finish what was interrupted, or take it back; sentences about it, none where there was nothing to mend.

    Raises `HiveError` where neither can be done.
    """
    if not (place.folder / JOURNAL).exists() and not litter(place):
        return ()
    with locked(place):
        said: Sequence[str] = ()
        if (journal := _journal(place)) is not None:
            try:
                said = (
                    f"what was interrupted is {'taken back' if journal.back else 'finished'}",
                    *_finish(place, journal),
                )
            except (HiveError, OSError) as error:
                if journal.back:
                    raise
                said = (f"what was interrupted is taken back, because: {error}", *_take_back(place))
        _tidy(place)
        return said


@contextmanager
def handed(place: Place, paths: Collection[str]) -> Iterator[None]:
    """Around a program of ours that may write these files: what it makes of what was ours, or unknown, is ours.

    Also where we are killed meanwhile. A file that the user had changed before stays the user's.
    """
    with locked(place):
        past = _undisturbed(place)
        known = past.files if past else {}
        hands = tuple(Step(path, read(place.file(path)), None, known.get(path), None) for path in paths)
        for hand in hands:
            if hand.was is not None and hand.past is None:
                keep(place, hand.was.data)
        journal = Journal("hive-ctx/journal/1", (), hands, (), (), past, bare(past), forget=past is None)
        save(place.folder / JOURNAL, journal)
        try:
            yield
        finally:
            _finish(place, journal)


@contextmanager
def note(place: Place, path: str) -> Iterator[None]:
    """Around a change that a command of ours makes to one file: its new bytes are ours where its old ones were.

    Does nothing where the file is not in the ledger.
    """
    past = ledger_of(place)
    if past is None or path not in past.files:
        yield
        return
    with handed(place, [path]):
        yield


def _check_up_to_date(place: Place, plan: Plan) -> None:
    if _undisturbed(place) != plan.past:
        raise HiveError(f"another hive-ctx changed {place.root} meanwhile", hint="try again")
    for step in plan.steps:
        if not step.wants and not step.undo and not same(read(place.file(step.path)), step.was):
            raise HiveError(f"{step.path} was changed meanwhile", hint="nothing was changed; try again")


def _undisturbed(place: Place) -> Ledger | None:
    """The ledger, where no journal says that something is under way."""
    if (place.folder / JOURNAL).exists():
        raise HiveError(f"a change of {place.root} was interrupted", hint="hive-ctx doctor mends it")
    return ledger_of(place)


def _journal(place: Place) -> Journal | None:
    content = read(place.folder / JOURNAL)
    return None if content is None else decoded(place.folder / JOURNAL, content.data, Journal)


def _finish(place: Place, journal: Journal) -> Sequence[str]:
    for folder in journal.make:
        place.file(folder).mkdir(exist_ok=True)
    files = dict(journal.past.files) if journal.past else {}
    said: list[str] = []
    entries: dict[str, Entry | None] = {}
    for step in journal.steps:
        try:
            entries[step.path], sentences = _taken(place, step)
        except HiveError as error:
            if not journal.back:
                raise
            entries[step.path], sentences = step.past, (str(error),)
        said += sentences
    for hand in journal.hands:
        entries[hand.path] = steps.handed(hand, read(place.file(hand.path)))
    for path, entry in entries.items():
        files.pop(path, None) if entry is None else files.update({path: entry})
    _conclude(place, journal, files)
    return tuple(said)


def _taken(place: Place, step: Step) -> tuple[Entry | None, Sequence[str]]:
    """Take one step, or what is left of it: what the ledger is to say of the file, and what stays as it is.

    A file that somebody wrote since the plan is planned again from what it is now. Who read it before us and writes it
    after us does not know of us: so a file of others is looked at once more, a moment later.
    """
    path, fetch = place.file(step.path), functools.partial(original, place)
    outcome, said = Outcome(step), None
    trouble = HiveError(f"{path} is being written all the time", hint="end the program that writes it, then try again")

    def worked_in(theirs: Content) -> Content:
        nonlocal outcome
        outcome = _again(step, theirs, fetch)
        if outcome.step is None or outcome.step.will is None:
            raise trouble
        return outcome.step.will

    settle(path, step.was, step.will)
    for _ in range(_TRIES):
        present = read(path)
        if _is_done(step, present):
            return step.entry, said or ()
        try:
            outcome = Outcome(step) if same(present, step.was) else _again(step, present, fetch)
        except HiveError as error:
            trouble = error
            time.sleep(_PAUSE)
            continue
        if (now := outcome.step) is None or now.was == now.will:
            return now.entry if now else step.past, outcome.kept if said is None else said
        if swap(path, now.was, now.will, worked_in) and outcome.step:
            step, said = outcome.step, outcome.kept
            if outcome.keep is not None:
                keep(place, outcome.keep)
            if not step.shared:
                return step.entry, said
            time.sleep(_LATER)
    raise trouble


def _again(step: Step, present: Content | None, fetch: Original) -> Outcome:
    """The step, planned again. Raises `HiveError` where the file is perhaps not written to its end."""
    if step.shared and present is not None and not present.data.strip():
        raise HiveError(f"{step.path} is empty", hint="restore what was in it, or delete it")
    return steps.again(step, present, fetch)


def _is_done(step: Step, present: Content | None) -> bool:
    """Whether the file is as it will be. Some steps are for the ledger alone, and some change nothing but the mode."""
    if step.was == step.will or not same(step.was, step.will):
        return same(present, step.will)
    return present == step.will


def _take_back(place: Place) -> Sequence[str]:
    """Finish the inverse of the journal, which takes its place. A file that somebody changed since stays as it is."""
    if (journal := _journal(place)) is None:
        return ()
    back = Journal(
        journal.schema, tuple(step.back for step in reversed(journal.steps)), (),
        make=tuple(reversed(journal.leave)), leave=tuple(reversed(journal.make)), past=journal.past,
        head=bare(journal.past) if journal.past else journal.head, forget=journal.past is None, back=True,
    )  # fmt: skip
    save(place.folder / JOURNAL, back)
    return _finish(place, back)


def _folders(place: Place, journal: Journal) -> tuple[str, ...]:
    """Remove the folders to leave that are empty; those that are ours afterwards."""
    for folder in journal.leave:
        try:
            place.file(folder).rmdir()
        except OSError as error:
            if error.errno not in _IN_USE:
                raise
    ours = dict.fromkeys((*(journal.past.folders if journal.past else ()), *journal.make, *reversed(journal.leave)))
    return tuple(folder for folder in ours if folder not in journal.leave or place.file(folder).is_dir())


def _conclude(place: Place, journal: Journal, files: Mapping[str, Entry]) -> None:
    folders = _folders(place, journal)
    if journal.forget and not files:
        (place.folder / LEDGER).unlink(missing_ok=True)
    else:
        save(place.folder / LEDGER, replace(journal.head, files=dict(files), folders=folders))
    (place.folder / JOURNAL).unlink()
    with suppress(OSError):  # it is done; what lies about is swept up later
        sync(place.folder)
        _tidy(place)


def _tidy(place: Place) -> None:
    """Remove what nothing needs; where nothing is installed, the whole folder."""
    for path in litter(place):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def litter(place: Place) -> Sequence[Path]:
    """What an interrupted hive-ctx left lying about; there is no journal any more that needs it."""
    if not place.folder.is_dir():
        return ()
    ledger = ledger_of(place)
    if ledger is None:  # the lock and the folder last
        lock = place.folder / LOCK
        inner = [path for path in place.folder.rglob("*") if path != lock]
        return (*sorted(inner, reverse=True), *([lock] if lock.exists() else []), place.folder)
    beside: list[Path] = []
    for path in ledger.files:
        with suppress(HiveError):  # it leads out now, and nothing there is ours
            beside += temporaries(place.file(path))
    return (*strays(place, ledger), *(path for path in beside if os.path.lexists(path)))
