"""The one reader of configuration files: what is looked at is stamped before it is read, so no later change is missed.

Every file goes into the version. What was looked for and was not there is stamped, too: it may come.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hive_integration.errors import HiveError
from hive_integration.files import read_text

MAX_FILE = 1_000_000
"""Bytes of hive.toml and of a model card."""

Stamp = tuple[int | str, ...] | None
"""What changes when a file or folder does; None where there is none."""


def stamp(path: Path) -> Stamp:
    """A file's device, inode, size and times; a folder's cards."""
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            return ("folder", *sorted(card.name for card in path.iterdir() if is_card(card)))
    except (OSError, ValueError):
        return None
    return (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def is_card(path: Path) -> bool:
    """Whether a name is a model card's; hidden files are editors' and our own temporary ones."""
    return path.suffix == ".toml" and not path.name.startswith(".")


@dataclass(slots=True)
class Reading:
    """What one load looked at. `instead` holds texts to read in place of files: an edit that is being tried."""

    instead: Mapping[Path, str] = field(default_factory=dict)
    stamps: dict[Path, Stamp] = field(default_factory=dict)
    _digests: dict[Path, str] = field(default_factory=dict)

    def exists(self, path: Path) -> bool:
        """Whether something is there; remembered, so that the watch sees it come or go."""
        self.stamps[path] = found = stamp(path)
        return found is not None

    def cards(self, folder: Path) -> list[Path]:
        """The model cards of a folder, by name; none where there is no such folder."""
        self.stamps[folder] = found = stamp(folder)
        return [folder / str(name) for name in found[1:]] if found and found[0] == "folder" else []

    def first(self, name: str, folders: Sequence[Path]) -> Path | None:
        """The first of `folders` that holds `name`, which may be absolute; as a path."""
        return next((path for folder in folders if self.exists(path := folder / name)), None)

    def text(self, path: Path, limit: int = MAX_FILE) -> str:
        """A file's text. Raises `HiveError` where it is not there, not UTF-8, not regular, or over `limit` bytes."""
        if (text := self.instead.get(path)) is None:
            self.stamps[path] = stamp(path)
            read = read_text(path, limit=limit)
            if read.warning:
                raise HiveError(read.warning.removesuffix(", skipped"), hint="a configuration file is UTF-8 text")
            text = read.text
        self._digests[path] = hashlib.sha256(text.encode()).hexdigest()
        return text

    @property
    def files(self) -> Sequence[Path]:
        """Every file that was read, by name."""
        return sorted(self._digests)

    def version(self, root: Path) -> str:
        """12 hex digits over the names, seen from `root`, and the contents of all files that were read."""
        lines = (f"{os.path.relpath(path, root)}\0{digest}\n" for path, digest in sorted(self._digests.items()))
        return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:12]
