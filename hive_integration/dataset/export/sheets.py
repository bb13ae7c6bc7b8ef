"""The files of an export: JSON lines as they come, under other names until all are whole; the manifest last.

A folder that holds anything but an earlier export is left alone. Writes files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Self

from hive_integration.dataset.openai_format import text_of
from hive_integration.errors import HiveError, UsageError
from hive_integration.files import atomic_write, read_text

SCHEMA = "hive-ctx/export/1"
MANIFEST = "manifest.json"


class Sheets:
    """An export on its way to disk: `add` lines, then `finish`. What is not finished leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        self._old = _earlier(folder)
        self._folder = folder
        self._open: dict[str, _Sheet] = {}

    def add(self, name: str, value: Mapping[str, Any]) -> None:
        """One line more in the file of this name."""
        if name not in self._open:
            self._open[name] = _Sheet(self._folder, name)
        self._open[name].write(text_of(value))

    def names(self) -> list[str]:
        """The files that have lines."""
        return list(self._open)

    def finish(self, beside: Mapping[str, str], facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give all files their names, remove those of an earlier export, write the manifest. It is returned."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / MANIFEST).unlink()
        for sheet in self._open.values():
            sheet.end()
        for name, text in beside.items():
            atomic_write(self._folder / name, text)
        hashes = {name: f"sha256:{sheet.digest}" for name, sheet in self._open.items()}
        hashes |= {name: f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" for name, text in beside.items()}
        for name in self._old - hashes.keys():
            (self._folder / name).unlink(missing_ok=True)
        manifest = {
            "schema": SCHEMA, **facts, "lines": {name: sheet.lines for name, sheet in self._open.items()},
            "hashes": hashes,
        }  # fmt: skip
        atomic_write(self._folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
        self._open = {}
        return manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sheet in self._open.values():
            sheet.drop()


class _Sheet:
    def __init__(self, folder: Path, name: str) -> None:
        self._path, self._temporary = folder / name, folder / f".{name}.writing"
        self._hash, self.lines = hashlib.sha256(), 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self._temporary.open("wb")
        except OSError as error:
            raise HiveError(f"cannot write {self._path}: {(error.strerror or 'error').lower()}") from error

    def write(self, line: str) -> None:
        raw = f"{line}\n".encode()
        try:
            self._file.write(raw)
        except OSError as error:
            raise HiveError(f"cannot write {self._path}: {error.strerror}", hint="is the disk full?") from error
        self._hash.update(raw)
        self.lines += 1

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def end(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self._path)

    def drop(self) -> None:
        self._file.close()
        self._temporary.unlink(missing_ok=True)


def _earlier(folder: Path) -> set[str]:
    """The files of an earlier export there. Raises `UsageError` where the folder holds anything else."""
    if not folder.exists():
        return set()
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file, expected a folder", hint="--out names a folder of its own")
    there = {each.name for each in folder.iterdir() if not each.name.endswith(".writing")}
    if not there:
        return set()
    try:
        manifest = json.loads(read_text(folder / MANIFEST).text or "null")
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        raise UsageError(
            f"{folder} holds something else: {', '.join(sorted(there)[:3])}", hint="--out names a folder of its own"
        )
    return {name for name in manifest.get("hashes", {}) if name in there}
