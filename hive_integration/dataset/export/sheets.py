"""The files of an export: JSON lines as they come, under other names until all are whole; the manifest last.

A folder that holds anything but an earlier export is left alone. Writes files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from hive_integration.dataset.openai_format import text_of
from hive_integration.dataset.sheet import Sheet
from hive_integration.errors import UsageError
from hive_integration.files import atomic_write, read_text

SCHEMA = "hive-ctx/export/1"
MANIFEST = "manifest.json"


class Sheets:
    """An export on its way to disk: `add` lines, then `finish`. What is not finished leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        self._old = _earlier(folder)
        self._folder = folder
        self._open: dict[str, Sheet] = {}

    def add(self, name: str, value: Mapping[str, Any]) -> None:
        """One line more in the file of this name."""
        if name not in self._open:
            self._open[name] = Sheet(self._folder, name)
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
