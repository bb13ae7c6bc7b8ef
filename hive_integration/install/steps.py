"""What happens to one path: pure functions from a change, the present file and the ledger's entry to a step.

The same functions plan, and plan again where somebody wrote between the plan and its step. Three states are told apart:
what was before us (`had`), what we left (`left`), and what is there now. Bytes that we did not leave are the user's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from hive_integration.errors import HiveError
from hive_integration.install import jsontext
from hive_integration.install.change import Edit, Put
from hive_integration.install.ledger import Entry, Lost, known, stamp
from hive_integration.install.merge import Want, merged, unmerged
from hive_integration.install.writes import Content, same

Original = Callable[[Entry], Content | None]
"""Fetches the file as it was before us; raises `Lost` where its bytes are."""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file goes from `was` to `will` (None: no file), and the ledger's entry for it from `past` to `entry`."""

    path: str
    was: Content | None
    will: Content | None
    past: Entry | None
    entry: Entry | None
    wants: tuple[Want, ...] = ()
    """For an edit: what is merged again where somebody else wrote in between."""
    undo: bool = False
    why: str = ""

    @property
    def back(self) -> Step:
        """The step that takes this one back."""
        return Step(self.path, self.will, self.was, self.entry, self.past, undo=self.shared and self.past is None)

    @property
    def shared(self) -> bool:
        """Whether others write the file, too."""
        return bool(self.wants) or (self.undo and self.past is not None and bool(self.past.owned))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change comes to. `keep`: original bytes, to be safe before anything is written; `kept`: what stays."""

    step: Step | None = None
    keep: bytes | None = None
    kept: Sequence[str] = ()


def put(change: Put, present: Content | None, past: Entry | None) -> Outcome:
    """A file of ours. Raises `HiveError` where one is in the way that is neither ours nor the one to be replaced."""
    will = Content(change.data, change.mode)
    left = past.left if past else None
    ours = past is not None and known(present, left)
    if present is not None and same(present, will):
        other_mode = ours and left is not None and left.mode == present.mode != change.mode
        if not other_mode:
            return Outcome()
    had, keep = past.had if past else None, None
    if not ours and (present is not None or change.before is not None):
        if present is None or change.before != present.sha256:
            if past is None:
                raise _in_the_way(change, present)
            return Outcome(kept=(f"{change.path} was changed since and stays as it is",))
        had, keep = stamp(present), present.data
    return Outcome(Step(change.path, present, will, past, Entry(stamp(will), had), why=change.why), keep)


def edit(change: Edit, present: Content | None, past: Entry | None, original: Original) -> Outcome:
    """Keys of ours in a file of others. Raises `HiveError` where the file does not parse, or a want finds no room."""
    owned = past.owned if past else ()
    with _named(change.path):
        text = _text(present)
        new, ours = merged(text, change.wants, owned)
    if new == text and tuple(ours) == owned:
        return Outcome()
    will = present if new == text else Content(new.encode(), present.mode if present else 0o644)
    # What the user changed between two installations was there before the second one.
    had = present if past is None else _before(change.path, present, past, original)[0]
    entry = Entry(stamp(will), stamp(had), tuple(ours), past.handed if past else False)
    step = Step(change.path, present, will, past, entry, tuple(change.wants), why=change.why)
    return Outcome(step, had.data if had else None)


def undo(path: str, present: Content | None, past: Entry, original: Original) -> Outcome:
    """The file as it was before us, as far as the user did not change it since; it is not ours any more."""
    will, kept = _before(path, present, past, original)
    return Outcome(Step(path, present, will, past, None, undo=True, why="as it was before"), None, kept)


def again(step: Step, present: Content | None, original: Original) -> Outcome:
    """A step for a file that somebody wrote since it was planned; perhaps after it was done. None: theirs stays."""
    if step.undo and step.past is not None:
        return undo(step.path, present, step.past, original)
    if not step.wants:
        return Outcome(kept=(f"{step.path} was changed meanwhile and stays as it is",))
    done = edit(Edit(step.path, step.wants, step.why), present, step.entry, original)
    return Outcome(replace(done.step or replace(step, was=present, will=present), past=step.past), done.keep)


def handed(step: Step, present: Content | None) -> Entry | None:
    """The entry of a file that a program of ours may have written: what it made of what was ours is ours."""
    if same(step.was, present):
        return step.past
    if step.past is None:
        return Entry(stamp(present), stamp(step.was), handed=True)
    return replace(step.past, left=stamp(present), handed=True) if known(step.was, step.past.left) else step.past


def _before(
    path: str, present: Content | None, past: Entry, original: Original
) -> tuple[Content | None, Sequence[str]]:
    """The file without us, and what of ours stays because the user changed it."""
    if known(present, past.left):
        try:
            return _as_it_was(present, past, original), ()
        except Lost as error:
            if not past.owned:
                return present, (f"{path} stays as it is: {error}",)
    elif known(present, past.had):
        return present, ()
    if present is None or not past.owned:
        return present, (f"{path} was {'removed' if present is None else 'changed'} since and stays as it is",)
    with _named(path):
        text, kept = unmerged(_text(present), past.owned)
    said = tuple(f"{path}: {each}" for each in kept)
    if not text and past.had is None:
        return None, said
    if past.handed and (first := _as_it_was(present, past, original)) is not None and _equal(text, _text(first)):
        return first, said
    return Content(text.encode(), present.mode), said


def _as_it_was(present: Content | None, past: Entry, original: Original) -> Content | None:
    """The original, with the mode that it had, unless the user gave the file another one since."""
    first = original(past)
    moded = present is not None and past.left is not None and present.mode != past.left.mode
    return replace(first, mode=present.mode) if first is not None and present is not None and moded else first


def _equal(one: str, other: str) -> bool:
    return jsontext.meaning(jsontext.read(one)) == jsontext.meaning(jsontext.read(other))


def _text(content: Content | None) -> str:
    try:
        return "" if content is None else content.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HiveError(f"is not UTF-8 at byte {error.start}", hint="mend it first; nothing was changed") from error


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Errors about a text say whose it is."""
    try:
        yield
    except HiveError as error:
        raise HiveError(f"{path}: {error}", hint=error.hint) from error


def _in_the_way(change: Put, present: Content | None) -> HiveError:
    if change.before is None:
        return HiveError(f"{change.path} is there already and is not ours",
                         hint="move it away, then try again; what you need of it can go back afterwards")  # fmt: skip
    found = "is not there" if present is None else f"has the hash {present.sha256[:12]}"
    return HiveError(
        f"{change.path} {found}, expected the one with {change.before[:12]}",
        hint="`hive-ctx patches check` says which versions are known; nothing was changed",
    )
