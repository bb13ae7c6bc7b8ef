"""What every request used and cost, one row an arm, in SQLite. A thread of its own writes; a request only hands over.

A row is committed within some 50 ms and then survives the process. What cannot be written (locked, full, broken) is
kept up to a limit and tried again; the log says so once. No prompt, answer or tool argument is ever stored.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from hive_integration import logs

Arm: TypeAlias = Literal["first", "retry", "fallback"]
SCHEMA = 1
WAITING = 20_000
"""Rows that wait at most; of more, the oldest is given up."""
GATHER = 0.02
"""Seconds in which rows are gathered into one commit."""
LONGEST_PAUSE = 30.0
"""Seconds between tries where the file cannot be written."""
REASONS = frozenset({
    "invalid_call", "no_model", "breaker_open", "connection", "timeout_error", "overloaded_error", "rate_limit_error",
    "api_error", "invalid_request_error", "request_too_large", "authentication_error", "permission_error",
    "not_found_error", "billing_error",
})  # fmt: skip
"""Why an arm gave way to the next, in a word. Sentences go to the log: they may quote what a model said."""


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One arm of one request. Rows of one request share its id, so the sum over them is what the request used."""

    time: float
    """Seconds since 1970, UTC: when the arm began."""
    request: str
    session: str = ""
    """The client's own id of its session."""
    profile: str
    """The profile that was asked for, not the one that answered."""
    card: str
    model: str = ""
    """The model's name, as it was sent upstream."""
    arm: Arm = "first"
    status: int = 200
    stream: bool = False
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    stripped: int = 0
    """Tokens that were not sent because the weights hold them."""
    cost_usd: float = 0.0
    saved_usd: float = 0.0
    """Below zero for an arm whose answer could not be used."""
    fallback: str = ""
    """Why this arm was needed, one of REASONS; empty for a first arm."""
    repaired: int = 0
    broken: int = 0
    """Tool calls that were put right, and that could not be."""
    latency_ms: float = 0.0
    first_byte_ms: float = 0.0


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over all rows, those of earlier runs included. `dropped`: rows of this run that were never written."""

    requests: int = 0
    arms: int = 0
    retries: int = 0
    fallbacks: int = 0
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    stripped: int = 0
    repaired: int = 0
    broken: int = 0
    cost_usd: float = 0.0
    saved_usd: float = 0.0
    dropped: int = 0


class Ledger:
    """Takes rows and never makes the caller wait. `close` writes what waits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._waiting: deque[Row] = deque()
        self._sums: tuple[Any, ...] = (0,) * len(_SUMMED)
        self._earlier: tuple[Any, ...] | None = None
        self._dropped = 0
        self._wake, self._ending = threading.Event(), threading.Event()
        self._base: sqlite3.Connection | None = None
        self._failing = False
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    def put(self, row: Row) -> None:
        """Hand a row over. From any thread; does no I/O."""
        figures = _figures(row)
        with self._lock:
            self._sums = _added(self._sums, figures)
            self._waiting.append(row)
            if len(self._waiting) > WAITING:
                self._waiting.popleft()
                self._dropped += 1
        if not self._wake.is_set():
            self._wake.set()

    def totals(self) -> Totals:
        """The sums as of now; those of earlier runs join a moment after the start."""
        with self._lock:
            sums, dropped = self._sums, self._dropped
            if self._earlier is not None:
                sums = _added(sums, self._earlier)
        return Totals(**dict(zip(_SUMMED, sums, strict=True)), dropped=dropped)

    def close(self, timeout: float = 5.0) -> None:
        """Write what waits and end; a file that cannot be written is not waited for longer than `timeout` seconds."""
        self._ending.set()
        self._wake.set()
        self._thread.join(timeout)

    def _work(self) -> None:
        pause = 0.0 if self._write() else 1.0
        while not self._ending.is_set():
            self._wake.wait()
            self._ending.wait(pause or GATHER)
            self._wake.clear()
            if self._write():
                pause = 0.0
            else:
                pause = min(max(2 * pause, 1.0), LONGEST_PAUSE)
                self._wake.set()
        if not self._write() and self._waiting:
            logs.get("ledger").warning("usage was not recorded", rows=len(self._waiting), file=str(self._path))
        if self._base is not None:
            self._base.close()

    def _write(self) -> bool:
        """Write all that waits. False where that is not possible now."""
        try:
            base = self._opened()
            while batch := self._taken():
                try:
                    self._insert(base, batch)
                except sqlite3.Error:
                    self._put_back(batch)
                    raise
        except (sqlite3.Error, OSError) as error:
            self._broke(error)
            return False
        if self._failing:
            self._failing = False
            logs.get("ledger").warning("usage is recorded again", file=str(self._path))
        return True

    def _opened(self) -> sqlite3.Connection:
        if self._base is None:
            self._base = _connect(self._path)
        if self._earlier is None:
            found = self._base.execute(_SUMS).fetchone()  # before the first row of this run
            earlier = tuple(x if name.endswith("_usd") else int(x) for name, x in zip(_SUMMED, found, strict=True))
            with self._lock:
                self._earlier = earlier
        return self._base

    def _taken(self) -> list[Row]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), 1000))]

    def _put_back(self, batch: list[Row]) -> None:
        with self._lock:
            kept = batch[max(0, len(batch) + len(self._waiting) - WAITING) :]
            self._dropped += len(batch) - len(kept)
            self._waiting.extendleft(reversed(kept))

    def _insert(self, base: sqlite3.Connection, batch: list[Row]) -> None:
        unfit = 0
        base.execute("BEGIN IMMEDIATE")
        for row in batch:
            try:
                base.execute(_INSERT, _values(row))
            except _UNFIT:
                unfit += 1
        base.execute("COMMIT")
        if unfit:
            with self._lock:
                self._dropped += unfit
            logs.get("ledger").warning("rows that no table can hold were left out", rows=unfit)

    def _broke(self, error: sqlite3.Error | OSError) -> None:
        if self._base is not None:
            self._base.close()  # what was begun is rolled back
            self._base = None
        if not self._failing:
            self._failing = True
            hint = "answers go on; rows are kept in memory and tried again"
            logs.get("ledger").warning("usage cannot be recorded", file=str(self._path), reason=str(error), hint=hint)


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file, made where there is none: the owner's alone, and with it what SQLite puts beside it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        path.chmod(0o600)
    base = sqlite3.connect(path, timeout=1.0, isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        (version,) = base.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            raise sqlite3.NotSupportedError(
                f"the file has schema {version}, expected {SCHEMA}: a newer hive-ctx made it"
            )
        if version < SCHEMA:
            base.executescript(_TABLE)
    except BaseException:
        base.close()
        raise
    return base


def _added(one: Iterable[Any], other: Iterable[Any]) -> tuple[Any, ...]:
    return tuple([a + b for a, b in zip(one, other, strict=True)])


def _figures(row: Row) -> tuple[Any, ...]:
    arm = row.arm
    return (arm == "first", 1, arm == "retry", arm == "fallback", *_sums_of(row))


def _values(row: Row) -> tuple[Any, ...]:
    """A row as it is stored: a reason that is none of REASONS may quote somebody, so it is not."""
    reason = row.fallback if row.fallback in REASONS or not row.fallback else "other"
    values = _columns_of(row)
    return (*values[:_REASON], reason, *values[_REASON + 1 :])


_TABLE = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS arms (
    time REAL NOT NULL, request TEXT NOT NULL, session TEXT NOT NULL, profile TEXT NOT NULL, card TEXT NOT NULL,
    model TEXT NOT NULL, arm TEXT NOT NULL, status INTEGER NOT NULL, stream INTEGER NOT NULL,
    input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
    stripped INTEGER NOT NULL, cost_usd REAL NOT NULL, saved_usd REAL NOT NULL, fallback TEXT NOT NULL,
    repaired INTEGER NOT NULL, broken INTEGER NOT NULL, latency_ms REAL NOT NULL, first_byte_ms REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS arms_by_request ON arms (request);
CREATE INDEX IF NOT EXISTS arms_by_time ON arms (time);
PRAGMA user_version = {SCHEMA};
COMMIT;
"""
_COLUMNS = Row.__struct_fields__
_REASON = _COLUMNS.index("fallback")
_INSERT = f"INSERT INTO arms ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608
_SUM = "TOTAL({})".format  # SUM would raise where integers overflow
_SUMMED = Totals.__struct_fields__[:-1]
_SUMS = f"""
SELECT {_SUM("arm = 'first'")}, COUNT(*), {_SUM("arm = 'retry'")}, {_SUM("arm = 'fallback'")},
       {", ".join(map(_SUM, _SUMMED[4:]))} FROM arms
"""  # noqa: S608 - our own names
_columns_of = attrgetter(*_COLUMNS)
_sums_of = attrgetter(*_SUMMED[4:])
_UNFIT = (
    sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.InterfaceError,
    ValueError, OverflowError,
)  # fmt: skip
"""A text that is no Unicode, a number beyond 64 bits: one such row must not keep the others from being written."""
