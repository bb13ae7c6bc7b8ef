"""The folder of a dataset: whether it is one, or may become one, and who works in it. Reads, writes, locks.

A folder is a dataset only while `manifest.json` stands in it: that is taken away first and written last. What is under
way lies in `.parts/`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hive_integration.errors import HiveError, UsageError
from hive_integration.files import read_text

SCHEMA = "hive-ctx/dataset/1"
MANIFEST = "manifest.json"
PARTS = ".parts"
FILES = ("train.jsonl", "eval.jsonl", "provenance.jsonl", "rejects.jsonl", "preferences.jsonl")
"""What a dataset holds beside its manifest; the last one only where wrong ways were made."""


def is_dataset(folder: Path) -> bool:
    """Whether a finished dataset lies there."""
    try:
        manifest = json.loads(read_text(folder / MANIFEST, limit=256 * 1024 * 1024).text or "null")
    except (ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and manifest.get("schema") == SCHEMA


def is_unfinished(folder: Path) -> bool:
    """Whether a compilation was begun there and not ended."""
    return (folder / PARTS).is_dir() and not (folder / MANIFEST).exists()


@contextmanager
def taken(folder: Path) -> Iterator[Path]:
    """The folder's `.parts/`, for one compilation. Raises where it holds something else, or another one is at work."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, expected a folder", hint="--out names a folder of its own")
    if folder.is_dir() and not (is_dataset(folder) or (folder / PARTS).is_dir()):
        others = sorted(each.name for each in folder.iterdir())
        if others:
            raise UsageError(
                f"{folder} holds something else: {', '.join(others[:3])}", hint="--out names a folder of its own"
            )
    parts = folder / PARTS
    try:
        parts.mkdir(parents=True, exist_ok=True)
        lock = os.open(parts / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise HiveError(
            f"cannot write {parts}: {(error.strerror or '?').lower()}", hint="choose a folder that is writable"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise HiveError(f"another hive-ctx is at work in {folder}", hint="wait until it is done") from error
    else:
        yield parts
    finally:
        os.close(lock)


def opened(folder: Path) -> None:
    """From now on the folder is no dataset until it is finished."""
    with contextlib.suppress(FileNotFoundError):
        (folder / MANIFEST).unlink()
