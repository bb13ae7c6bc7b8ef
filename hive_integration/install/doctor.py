"""What is not as it should be at a target: half-done, missing, changed, foreign. Reads; `journal.recover` mends.

A change of the user's is no illness: it is told, because an uninstallation will leave it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from hive_integration.errors import HiveError
from hive_integration.install.journal import JOURNAL, litter
from hive_integration.install.ledger import LEDGER, Entry, Lost, known, ledger_of, original
from hive_integration.install.merge import unmerged
from hive_integration.install.place import Place
from hive_integration.install.plan import strangers
from hive_integration.install.writes import read

Kind = Literal["half-done", "missing", "changed", "foreign", "refused", "lost"]
_YOURS = "it is yours: an uninstallation leaves it as it is"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing. `path`: from the target's root, or absolute; `mendable`: without asking, by `what_to_do`."""

    path: str
    kind: Kind
    what: str
    what_to_do: str
    mendable: bool = False


def inspected(place: Place) -> Sequence[Finding]:
    """Everything that is not as we left it; nothing where nothing is installed."""
    found: list[Finding] = []
    try:
        found += _half_done(place)
        if not found and (ledger := ledger_of(place)) is not None:
            for path, entry in ledger.files.items():
                found += _seen(place, path, entry)
            found += [Finding(path, "foreign", "lies in our folder and is not ours", _YOURS)
                      for path in strangers(place, ledger)]  # fmt: skip
    except HiveError as error:
        found.append(Finding(str(place.folder / LEDGER), "refused", str(error), error.hint))
    return found


def _half_done(place: Place) -> Iterator[Finding]:
    journal = place.folder / JOURNAL
    if journal.exists():
        yield Finding(str(journal), "half-done", "a change was interrupted", "hive-ctx doctor finishes it", True)
        return
    for left in litter(place):
        yield Finding(str(left), "half-done", "left over from an interruption", "hive-ctx doctor removes it", True)


def _seen(place: Place, path: str, entry: Entry) -> Iterator[Finding]:
    try:
        yield from _file(place, path, entry)
    except HiveError as error:
        yield Finding(path, "refused", str(error), error.hint)


def _file(place: Place, path: str, entry: Entry) -> Iterator[Finding]:
    present = read(place.file(path))
    try:
        original(place, entry)
    except Lost as error:
        yield Finding(path, "lost", str(error), error.hint)
    if known(present, entry.left):
        return
    if present is None:
        yield Finding(path, "missing", "is gone", "hive-ctx install puts it there again", True)
    elif not entry.owned:
        back = known(present, entry.had)
        yield Finding(path, "changed", "is as it was before" if back else "was changed since", _YOURS)
    else:
        for what in unmerged(present.data.decode("utf-8", errors="replace"), entry.owned)[1]:
            yield Finding(path, "changed", what, f"hive-ctx install puts back what is gone; what was changed: {_YOURS}")
