"""Walks through folders that strangers made: no loop, no hang, a bound on their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hive_integration.files import Text, read_text

MAX_ENTRIES = 100_000
"""A walk stops after so many files and folders, with a warning; the largest framework seen brings 1,100."""


@dataclass(slots=True)
class Walker:
    """One search: it visits a folder once, whatever links lead to it, and notes what it could not read."""

    warnings: list[str] = field(default_factory=list)
    _folders: set[tuple[int, int]] = field(default_factory=set)
    _files: set[str] = field(default_factory=set)

    def entries(self, folder: Path) -> Sequence[os.DirEntry[str]]:
        """A folder's entries in the order in which the system keeps them; none where it cannot be read."""
        try:
            with os.scandir(folder) as scan:
                return list(scan)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            self.warnings.append(f"{folder}: cannot be read ({(error.strerror or 'unknown').lower()})")
            return ()

    def markdown(self, root: Path) -> Iterator[Path]:
        """Every `*.md` below `root` in the system's own order, each file once; through links, hidden folders too."""
        yield from self.files(root, lambda entries: entries)

    def files(self, root: Path, arrange: Arrange) -> Iterator[Path]:
        """Every `*.md` below `root`; `arrange` orders a folder's entries and may leave some out."""
        pending = self._opened(root, arrange)
        for _ in range(MAX_ENTRIES):
            if not pending:
                return
            entry = pending.pop()
            if _is_folder(entry):
                pending.extend(self._opened(Path(entry.path), arrange))
            elif entry.name.endswith(".md") and self.fresh(Path(entry.path)):
                yield Path(entry.path)
        self.warnings.append(f"{root}: more than {MAX_ENTRIES:,} files and folders, the rest was not read")

    def has_file(self, path: Path) -> bool:
        """Whether a file lies there that could be read."""
        try:
            return path.is_file()
        except OSError as error:
            self.warnings.append(f"{path}: cannot be read ({(error.strerror or 'unknown').lower()})")
            return False

    def fresh(self, path: Path) -> bool:
        """Whether this file was not met before under another name."""
        real = os.path.realpath(path)
        known = real in self._files
        self._files.add(real)
        return not known

    def read(self, path: Path) -> Text | None:
        """A file's text; None, with a warning, where the client could not make sense of it."""
        text = read_text(path)
        if text.warning:
            self.warnings.append(text.warning)
        return text if text.readable and text.encoding == "utf-8" else None

    def _opened(self, folder: Path, arrange: Arrange) -> list[os.DirEntry[str]]:
        try:
            met = os.stat(folder)  # noqa: PTH116 - its device and number tell a folder sooner than its real path
        except (OSError, ValueError):
            return list(self.entries(folder))  # none, and a warning where it is there
        if (met.st_dev, met.st_ino) in self._folders:
            return []
        self._folders.add((met.st_dev, met.st_ino))
        return list(reversed(arrange(self.entries(folder))))


Arrange = Callable[[Sequence[os.DirEntry[str]]], Sequence[os.DirEntry[str]]]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
