"""A file of JSON lines on its way to disk: under another name until it is whole, its lines counted and hashed.

Writes that one file.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from hive_integration.errors import HiveError


class Sheet:
    """One file of JSON lines. Raises `HiveError` where it cannot be written."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path, self._temporary = folder / name, folder / f".{name}.writing"
        self._hash, self.lines = hashlib.sha256(), 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self._temporary.open("wb")
        except OSError as error:
            raise HiveError(f"cannot write {self._path}: {(error.strerror or 'error').lower()}") from error

    def write(self, line: str) -> None:
        """One line."""
        raw = f"{line}\n".encode()
        try:
            self._file.write(raw)
        except OSError as error:
            raise HiveError(f"cannot write {self._path}: {error.strerror}", hint="is the disk full?") from error
        self._hash.update(raw)
        self.lines += 1

    @property
    def digest(self) -> str:
        """The sha256 of what was written, as hex digits."""
        return self._hash.hexdigest()

    def end(self) -> None:
        """Make it last, and give it its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self._path)

    def drop(self) -> None:
        """Leave nothing of it; one that has its name already stays."""
        self._file.close()
        self._temporary.unlink(missing_ok=True)
