"""What is ours in a target, and what was there before: the ledger, and the original bytes beside it. Reads and writes.

The ledger lies outside of the target. It knows files by their hash: a file whose bytes are no longer what we left is
the user's. What it does not understand whole it does not guess at. Originals are the owner's alone, named by their
hash, and checked against it whenever they are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from hive_integration import __version__
from hive_integration.errors import HiveError
from hive_integration.files import atomic_write
from hive_integration.install.merge import Owned
from hive_integration.install.place import Place
from hive_integration.install.writes import Content, read, sync
from hive_integration.settings import now

T = TypeVar("T", bound=msgspec.Struct)

LEDGER = "ledger.json"
ORIGINALS = "blobs"


class Lost(HiveError):
    """An original whose bytes are not there any more, or are not what they were."""


class Stamp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file's bytes, by their hash, and its mode bits."""

    sha256: str
    mode: int


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One file. `left`: as we left it; `had`: as it was before us, to be found among the originals; None: no file."""

    left: Stamp | None
    had: Stamp | None
    owned: tuple[Owned, ...] = ()
    """What is ours in it, where others own it, too."""
    handed: bool = False
    """A program that we started has written it as a whole since, in its own style."""


class Ledger(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One installation. `version` of hive-ctx; `installed_at`: ISO 8601, UTC, the first time."""

    schema: Literal["hive-ctx/ledger/1"]
    version: str
    installed_at: str
    files: dict[str, Entry]
    """By their path from the target's root, in the order in which they came."""
    folders: tuple[str, ...]
    """Those that we made, outer ones first."""
    facts: dict[str, Any]
    """What the installer wants to know later: kind, scope, overlays, the client's commands."""

    @property
    def edits(self) -> Mapping[str, Entry]:
        """The files that others own, too."""
        return {path: entry for path, entry in self.files.items() if entry.owned}


def ledger_of(place: Place) -> Ledger | None:
    """What is installed at a place; None: nothing. Raises `HiveError` where the ledger is not one that we know."""
    content = read(place.folder / LEDGER)
    return None if content is None else decoded(place.folder / LEDGER, content.data, Ledger)


def bare(ledger: Ledger | None = None) -> Ledger:
    """The ledger without its files and folders; of this version, and from now on, where there is none."""
    if ledger is not None:
        return replace(ledger, files={}, folders=())
    return Ledger("hive-ctx/ledger/1", __version__, now().isoformat(timespec="seconds"), {}, (), {})


def decoded(path: Path, data: bytes, kind: type[T]) -> T:
    """A file of ours as a value of that kind. Raises `HiveError` that says what is wrong with it."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise HiveError(
            f"{path} cannot be understood: {error}",
            hint="another version of hive-ctx may have written it: use that one, or move the file away to forget it",
        ) from error


def save(path: Path, value: msgspec.Struct) -> None:
    """Write ledger or journal: whole or not, for the owner alone, and lasting."""
    atomic_write(path, msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n", mode=0o600)
    sync(path.parent)


def stamp(content: Content | None) -> Stamp | None:
    """What a file is known by."""
    return None if content is None else Stamp(content.sha256, content.mode)


def known(content: Content | None, by: Stamp | None) -> bool:
    """Whether the file has the bytes that the stamp knows, or neither is there."""
    return (content is None and by is None) or (content is not None and by is not None and content.sha256 == by.sha256)


def keep(place: Place, data: bytes) -> None:
    """Keep original bytes until no entry names them any more."""
    path = place.folder / ORIGINALS / hashlib.sha256(data).hexdigest()
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        atomic_write(path, data, mode=0o600)
        sync(path.parent)


def original(place: Place, entry: Entry) -> Content | None:
    """The file as it was before us; None: there was none. Raises `Lost` where its bytes are lost."""
    if entry.had is None:
        return None
    path = place.folder / ORIGINALS / entry.had.sha256
    if (content := read(path)) is None or not known(content, entry.had):
        raise Lost(f"its original {path} is {'lost' if content is None else 'damaged'}", hint="restore it by hand")
    return Content(content.data, entry.had.mode)


def strays(place: Place, ledger: Ledger | None) -> Iterator[Path]:
    """What nothing needs any more: originals that no entry names, half-written files of ours."""
    needed = {entry.had.sha256 for entry in ledger.files.values() if entry.had} if ledger else set()
    with suppress(FileNotFoundError):
        yield from (path for path in (place.folder / ORIGINALS).iterdir() if path.name not in needed)
        yield from (path for path in place.folder.iterdir() if path.name.startswith((f".{LEDGER}.", ".journal.json.")))
