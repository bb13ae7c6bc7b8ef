"""Counts remembered by content: an SQLite file that may vanish, be locked, full, foreign or broken at any time.

A cache never fails an audit: what cannot be looked up is counted, what cannot be kept is forgotten, a broken file is
replaced. When everything is found, the counter under it is not called, so its vocabulary is not even loaded.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from hive_integration.tokens.counter import Counter

FILE = "tokens.sqlite3"
LARGEST = 64 * 1024 * 1024
"""Bytes; a cache that grew beyond is started anew."""

_WAIT = 0.25  # seconds for another process's lock
_BATCH = 500  # SQLite's oldest limit on variables is 999
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
T = TypeVar("T")


class Versioned(Counter, Protocol):
    """A counter that says what its figures depend on: the same name and version count alike, for ever."""

    @property
    def version(self) -> str:
        """Ranks, release or table."""


@dataclass(slots=True)
class Cached:
    """`counter`, asked only for what `path` does not hold. One failure of the file, and this object leaves it alone."""

    counter: Versioned
    path: Path
    _usable: bool = field(default=True, init=False)

    @property
    def name(self) -> str:
        """The counter's."""
        return self.counter.name

    @property
    def exact(self) -> bool:
        """The counter's."""
        return self.counter.exact

    @property
    def note(self) -> str:
        """The counter's."""
        return self.counter.note

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, in order."""
        keys = [self._key(text) for text in texts]
        found = self._read(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if len(found.get(key, ())) != 1}
        if missing:
            fresh = dict(zip(missing, ([n] for n in self.counter.count(list(missing.values()))), strict=True))
            self._write(fresh)
            found |= fresh
        return [found[key][0] for key in keys]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Tokens of each piece between the character offsets `cuts`."""
        key = self._key(text, *cuts, len(text))
        pieces = self._read([key]).get(key, [])
        if len(pieces) != len(cuts) + 1:
            pieces = self.counter.split(text, cuts)
            self._write({key: pieces})
        return pieces

    def _key(self, text: str, *cuts: int) -> bytes:
        how = f"{self.counter.name}\0{self.counter.version}\0{' '.join(map(str, cuts))}\0"
        return hashlib.sha256(how.encode() + text.encode("utf-8", "surrogatepass")).digest()

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, list[int]]:
        return self._with(lambda file: _select(file, keys)) or {}

    def _write(self, counts: Mapping[bytes, Sequence[int]]) -> None:
        rows = [(key, " ".join(map(str, tokens))) for key, tokens in counts.items()]
        self._with(lambda file: file.executemany("INSERT OR REPLACE INTO counts VALUES (?, ?)", rows))

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What `work` makes of the open file; None where there is none to be had."""
        if self._usable:
            try:
                return _open(self.path, work)
            except (sqlite3.Error, OSError):
                self._usable = False
        return None


def _open(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LARGEST:
        path.unlink()
    try:
        return _transact(path, work)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _BROKEN:
            raise
    path.unlink()
    return _transact(path, work)


def _transact(path: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    with contextlib.closing(sqlite3.connect(path, timeout=_WAIT)) as file, file:
        # A cache may lose its last entries in a power cut; waiting for the disk at every write is not worth them.
        file.execute("PRAGMA synchronous = OFF")
        file.execute("CREATE TABLE IF NOT EXISTS counts (key BLOB PRIMARY KEY, tokens TEXT) WITHOUT ROWID")
        return work(file)


def _select(file: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for start in range(0, len(keys), _BATCH):
        some = keys[start : start + _BATCH]
        marks = ",".join("?" * len(some))
        found.update(_sound(file.execute(f"SELECT key, tokens FROM counts WHERE key IN ({marks})", some)))  # noqa: S608
    return found


def _sound(rows: Iterable[tuple[object, object]]) -> Iterator[tuple[bytes, list[int]]]:
    for key, tokens in rows:
        if isinstance(key, bytes) and isinstance(tokens, str) and tokens.replace(" ", "").isdecimal():
            yield key, [int(n) for n in tokens.split()]
