"""A target, and where its installation is remembered: the only two folders that are ever written to.

A path of the target is followed to its end, through every link, each time before it is used. One that ends outside of
the target is refused, whatever the scope: `~/.claude/settings.json` that links into a folder of dotfiles is that
folder's file. A link that stays inside is kept, and the file behind it is the one that changes.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hive_integration.errors import HiveError
from hive_integration.registry.places import memory_of

LOCK = "lock"
PATIENCE = 10.0
"""Seconds to wait for another hive-ctx that is at work on the same target."""


@dataclass(frozen=True, slots=True)
class Place:
    """One target. `root` is its real path; `folder` holds ledger, journal and originals, and nothing else does."""

    root: Path
    folder: Path

    def file(self, path: str) -> Path:
        """The file or folder itself that a path from the root names. Raises `HiveError` where it is not inside."""
        parts = PurePosixPath(path).parts
        if not parts or path != "/".join(parts) or ".." in parts or "\0" in path:
            raise HiveError(f"{path!r} names nothing inside of a target", hint="expected a relative path without ..")
        real = Path(os.path.realpath(self.root / path))
        if real == self.root or not real.is_relative_to(self.root):
            raise HiveError(
                f"{self.root / path} leads out of the target, to {real}",
                hint="nothing outside of the target is written; put a file or folder of its own in the link's place",
            )
        return real


def place_of(root: Path, data_dir: Path) -> Place:
    """The place of a target, whether anything is installed there or not."""
    return Place(Path(os.path.realpath(root)), memory_of(data_dir, root))


@contextmanager
def locked(place: Place, patience: float = PATIENCE) -> Iterator[None]:
    """Alone with this target among all hive-ctx, and with a folder to remember it in. Whoever dies lets go.

    Waits for another, at most `patience` seconds. Raises `HiveError` then, and where a file cannot be written.
    """
    handle = None
    try:
        handle = _held(place.folder, time.monotonic() + patience)
        yield
    except OSError as error:
        raise HiveError(
            f"cannot write {error.filename or place.root}: {(error.strerror or '?').lower()}",
            hint="is it yours, and is the disk full?",
        ) from error
    finally:
        if handle is not None:
            os.close(handle)


def _held(folder: Path, deadline: float) -> int:
    path = folder / LOCK
    while True:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:
            continue  # an uninstallation took the folder away in between
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(handle)
                raise HiveError(f"another hive-ctx is at work ({path})", hint="try again when it is done") from None
            time.sleep(0.02)
        os.close(handle)
