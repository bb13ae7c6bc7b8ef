"""The unit store's SQLite file: one connection reads, each batch is written by one of its own. Mode 0600.

Nothing depends on it: what cannot be read is not there, what cannot be written is said to the caller, a broken file is
started anew and that is said once. A process that is killed leaves the batches that it finished.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hive_integration import logs
from hive_integration.registry.stored import StoredPrompt, StoredUnit

MAX_BYTES = 256_000_000
"""The file's size, at which the units that were not seen for longest are dropped."""
MAX_PROMPTS = 64
SCHEMA = 1
_WRITER, _READER = 2.0, 0.05  # seconds for another process's lock
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TABLES = (
    "CREATE TABLE IF NOT EXISTS units (digest TEXT PRIMARY KEY, name TEXT NOT NULL, component TEXT NOT NULL, "
    "text TEXT NOT NULL, schema TEXT, seen REAL NOT NULL, tool INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS tools ON units (name, seen) WHERE tool",
    "CREATE INDEX IF NOT EXISTS ages ON units (seen)",
    "CREATE TABLE IF NOT EXISTS prompts (model TEXT NOT NULL, client TEXT NOT NULL, system TEXT NOT NULL, "
    "tools TEXT NOT NULL, seen REAL NOT NULL, PRIMARY KEY (model, client))",
    f"PRAGMA user_version = {SCHEMA}",
)
_UNIT = "SELECT digest, name, component, text, schema, seen FROM units WHERE"


class UnitFile:
    """`save` is for one thread, all else for callers who hold a lock. Nothing raises."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: sqlite3.Connection | None = None
        self._version = -1
        if self.save((), ()):  # what is there is sound now
            self.open()

    def open(self) -> None:
        """Read from the file, where that is not so already."""
        if self._reader is not None:
            return
        self._version = -1
        try:
            self._reader = sqlite3.connect(self._path, timeout=_READER, check_same_thread=False, isolation_level=None)
        except sqlite3.Error:
            return
        self._ask("PRAGMA query_only = ON")

    def close(self) -> None:
        """Let go of the file."""
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def changed(self) -> bool:
        """Whether anybody has written since this was last asked."""
        before, found = self._version, self._ask("PRAGMA data_version")
        self._version = found[0][0] if found else before
        return self._version != before

    def unit(self, digest: str) -> StoredUnit | None:
        """The unit of a digest."""
        return _unit(self._ask(f"{_UNIT} digest = ?", digest))

    def tool(self, name: str) -> StoredUnit | None:
        """The tool of that name that was seen last."""
        return _unit(self._ask(f"{_UNIT} tool AND name = ? ORDER BY seen DESC LIMIT 1", name))

    def prompts(self) -> Iterator[StoredPrompt]:
        """All prompts, the latest last."""
        for model, client, system, tools, seen in self._ask("SELECT * FROM prompts ORDER BY seen"):
            with suppress(ValueError, TypeError, RecursionError):
                blocks = [block for block in json.loads(system) if isinstance(block, dict)]
                yield StoredPrompt(model, client, blocks, tuple(tools.split()), _time(seen))

    def save(self, units: Sequence[StoredUnit], prompts: Sequence[StoredPrompt]) -> bool:
        """Write a batch, all or nothing; whether it is written. A broken file is replaced, once."""
        log = logs.get("store")
        for again in (True, False):
            try:
                _transact(self._path, lambda file: _save(file, units, prompts))
            except (sqlite3.Error, OSError, ValueError) as error:
                if again and _is_broken(error):
                    log.warning("the unit store was broken and is started anew", path=str(self._path))
                    _remove(self._path)
                    continue
                log.debug("the unit store cannot be written", path=str(self._path), reason=str(error))
                return False
            return True
        return False

    def _ask(self, sql: str, *values: str) -> list[Any]:
        try:
            return self._reader.execute(sql, values).fetchall() if self._reader is not None else []
        except (sqlite3.Error, ValueError) as error:
            logs.get("store").debug("the unit store cannot be read", path=str(self._path), reason=str(error))
            if _is_broken(error):
                self.close()
            return []


def _transact(path: Path, work: Callable[[sqlite3.Connection], None]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    with closing(sqlite3.connect(path, timeout=_WRITER, isolation_level=None)) as file:
        if (found := file.execute("PRAGMA user_version").fetchone()[0]) not in {0, SCHEMA}:
            raise sqlite3.DatabaseError(f"its format is {found}, this version of hive-ctx writes {SCHEMA}")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = NORMAL")
        file.execute("BEGIN IMMEDIATE")
        with file:  # commits, or rolls back
            if found != SCHEMA:
                for statement in _TABLES:
                    file.execute(statement)
            work(file)


def _save(file: sqlite3.Connection, units: Sequence[StoredUnit], prompts: Sequence[StoredPrompt]) -> None:
    if not units and not prompts:
        return
    file.executemany(
        "INSERT INTO units VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (digest) DO UPDATE SET name = excluded.name, seen = max(seen, excluded.seen)",
        list(_rows(units)),
    )
    for prompt in prompts:
        with suppress(ValueError, TypeError, RecursionError):
            row = (prompt.model, prompt.client, json.dumps(prompt.system), " ".join(prompt.tools))
            file.execute("INSERT OR REPLACE INTO prompts VALUES (?, ?, ?, ?, ?)", (*row, prompt.seen_at.timestamp()))
    file.execute("DELETE FROM prompts WHERE seen < (SELECT seen FROM prompts ORDER BY seen DESC LIMIT 1 OFFSET ?)",
                 (MAX_PROMPTS - 1,))  # fmt: skip
    _drop_oldest(file)


def _drop_oldest(file: sqlite3.Connection) -> None:
    def pages(name: str) -> int:
        return int(file.execute(f"PRAGMA {name}").fetchone()[0])

    while (pages("page_count") - pages("freelist_count")) * pages("page_size") > MAX_BYTES:
        eighth = "SELECT digest FROM units ORDER BY seen LIMIT max(1, (SELECT count(*) FROM units) / 8)"
        if not file.execute(f"DELETE FROM units WHERE digest IN ({eighth})").rowcount:  # noqa: S608 - a constant
            return


def _rows(units: Sequence[StoredUnit]) -> Iterator[tuple[object, ...]]:
    """The units that a file can hold: half a surrogate pair is no UTF-8, and a schema may be too deep."""
    for unit in units:
        with suppress(ValueError, TypeError, RecursionError):
            schema = None if unit.schema is None else json.dumps(unit.schema)
            texts = (unit.digest, unit.name, unit.component, unit.text)
            "".join(texts).encode()
            yield (*texts, schema, unit.seen_at.timestamp(), unit.is_tool)


def _unit(rows: Sequence[Any]) -> StoredUnit | None:
    for digest, name, component, text, schema, seen in rows:
        with suppress(ValueError, TypeError, RecursionError):
            decoded = None if schema is None else json.loads(schema)
            return StoredUnit(digest, name, component, text, decoded, _time(seen))
    return None


def _time(seen: float) -> datetime:
    return datetime.fromtimestamp(seen, UTC)


def _is_broken(error: Exception) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def _remove(path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with suppress(OSError):
            name.unlink()
