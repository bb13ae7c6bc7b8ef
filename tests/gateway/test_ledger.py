"""Facts about the ledger."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hive_integration.gateway import ledger
from hive_integration.gateway.ledger import REASONS, SCHEMA, Ledger, Row, Totals

ROW = Row(
    time=1.5, request="r1", session="s1", profile="finetuned", card="tuned", model="ft:x", status=200, stream=True,
    input=10, output=20, cache_read=30, cache_write=40, stripped=50, cost_usd=0.25, saved_usd=0.5, repaired=1, broken=2,
    latency_ms=99.5, first_byte_ms=9.5,
)  # fmt: skip


def row(request: str = "r1", **changed: Any) -> Row:
    """ROW with other values."""
    return Row(**{**{name: getattr(ROW, name) for name in Row.__struct_fields__}, "request": request, **changed})


def stored(path: Path, what: str = "*") -> list[tuple[Any, ...]]:
    """What another process would read."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return base.execute(f"SELECT {what} FROM arms ORDER BY rowid").fetchall()
    finally:
        base.close()


def count(path: Path) -> int:
    """How many rows another process would read; none before there is a table."""
    try:
        return len(stored(path))
    except sqlite3.OperationalError:
        return 0


def soon(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it never held"
        time.sleep(0.005)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite3"


@pytest.fixture
def opened(path: Path) -> Iterator[Ledger]:
    book = Ledger(path)
    yield book
    book.close()


def test_a_row_is_stored_whole(path: Path, opened: Ledger) -> None:
    """Each field under its own name, in the order of the value."""
    opened.put(ROW)
    opened.close()
    assert stored(path, ", ".join(Row.__struct_fields__)) == [tuple(getattr(ROW, n) for n in Row.__struct_fields__)]


def test_a_row_is_stored_at_once(path: Path, opened: Ledger) -> None:
    """Within 100 ms of the answer, on an idle machine; the median of several, for a busy one."""
    opened.put(row("warm"))
    soon(lambda: count(path) == 1)
    waits = []
    for number in range(5):
        began = time.monotonic()
        opened.put(row(str(number)))
        soon(lambda: count(path) == 2 + number)  # noqa: B023 - called at once
        waits.append(time.monotonic() - began)
    assert sorted(waits)[2] < 0.1


def test_both_arms_of_a_request_are_seen(path: Path, opened: Ledger) -> None:
    """Grouped by the request, their sum is what it used."""
    opened.put(row("a", input=100, output=5, cost_usd=0.1, saved_usd=-0.1))
    opened.put(row("a", arm="fallback", fallback="invalid_call", card="claude", input=1000, output=50, cost_usd=1.0))
    opened.close()
    assert stored(path, "arm, card, input, fallback") == [
        ("first", "tuned", 100, ""),
        ("fallback", "claude", 1000, "invalid_call"),
    ]
    base = sqlite3.connect(path)
    found = base.execute("SELECT request, SUM(input), SUM(output), SUM(cost_usd) FROM arms GROUP BY request").fetchall()
    base.close()
    assert found == [("a", 1100, 55, pytest.approx(1.1))]


def test_the_totals_hold_what_was_put(opened: Ledger) -> None:
    """At once, without waiting for the disk."""
    opened.put(ROW)
    opened.put(row(arm="retry"))
    opened.put(row(arm="fallback", fallback="api_error"))
    assert opened.totals() == Totals(
        requests=1, arms=3, retries=1, fallbacks=1, input=30, output=60, cache_read=90, cache_write=120, stripped=150,
        repaired=3, broken=6, cost_usd=0.75, saved_usd=1.5,
    )  # fmt: skip


def test_the_totals_go_on_after_a_restart(path: Path) -> None:
    """What earlier runs stored is in the sums of the next, once."""
    for run in (1, 2, 3):
        book = Ledger(path)
        book.put(ROW)
        soon(lambda: book._earlier is not None)  # noqa: B023 - called at once
        assert book.totals().requests == run
        assert isinstance(book.totals().input, int)
        book.close()
    assert book.totals().cost_usd == pytest.approx(0.75)


def test_only_its_owner_can_read_the_file(path: Path, opened: Ledger) -> None:
    """Also what SQLite puts beside it, and a file that was open to others before."""
    opened.put(ROW)
    soon(lambda: count(path) == 1)
    for each in path.parent.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each
    opened.close()
    path.chmod(0o644)
    Ledger(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


_KILLED = """
import sys
from pathlib import Path
from hive_integration.gateway.ledger import Ledger, Row
book = Ledger(Path(sys.argv[1]))
for number in range(10**9):
    book.put(Row(time=float(number), request=str(number), profile="full", card="claude"))
    if number % 100 == 0:
        sys.stdin.readline()
        print(number + 1, flush=True)
"""


def test_what_was_written_survives_a_kill(path: Path) -> None:
    """kill -9 in the middle of writing loses nothing that was handed over 100 ms before, and breaks nothing."""
    writer = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdin is not None
    assert writer.stdout is not None
    put = 0
    for _ in range(20):
        writer.stdin.write("\n")
        writer.stdin.flush()
        put = int(writer.stdout.readline())
    soon(lambda: count(path) >= put)
    writer.stdin.write("\n" * 50)
    writer.stdin.flush()
    time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdin.close()
    writer.stdout.close()
    after = [number for (number,) in stored(path, "request")]
    assert after == [str(number) for number in range(len(after))]
    assert len(after) >= put
    book = Ledger(path)
    book.put(ROW)
    book.close()
    assert book.totals().arms == len(after) + 1


def test_many_threads_lose_no_row(path: Path, opened: Ledger) -> None:
    """Eight threads at once, every row once."""

    def put(thread: int) -> None:
        for number in range(250):
            opened.put(row(f"{thread}-{number}"))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert opened.totals().arms == 2000
    opened.close()
    assert len({request for (request,) in stored(path, "request")}) == 2000


def test_two_gateways_share_a_file(path: Path) -> None:
    """Each stores its own rows."""
    books = [Ledger(path), Ledger(path)]
    for number in range(50):
        for name, book in enumerate(books):
            book.put(row(f"{name}-{number}"))
    for book in books:
        book.close()
    assert len(stored(path)) == 100


def test_putting_never_waits(path: Path, opened: Ledger) -> None:
    """While another process holds the lock, a row is taken in microseconds and stored later."""
    opened.put(row("before"))
    soon(lambda: count(path) == 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    slowest = 0.0
    for number in range(500):
        began = time.perf_counter()
        opened.put(row(str(number)))
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 0.1
    assert len(stored(path)) == 1
    other.execute("ROLLBACK")
    other.close()
    soon(lambda: count(path) == 501)


def test_an_outage_is_said_once_and_its_end_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no database, then one that is: nothing is lost meanwhile."""
    monkeypatch.setattr(ledger, "LONGEST_PAUSE", 0.01)
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 100)
    with capture_logs() as said:
        book = Ledger(path)
        for number in range(5):
            book.put(row(str(number)))
            time.sleep(0.02)
        path.unlink()
        soon(lambda: count(path) == 5)
        book.close()
    events = [entry["event"] for entry in said]
    assert events == ["usage cannot be recorded", "usage is recorded again"]
    assert "not a database" in said[0]["reason"]
    assert book.totals().dropped == 0


def test_a_full_disk_keeps_rows_until_there_is_room(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own "full": what was begun is taken back whole, and written later."""
    monkeypatch.setattr(ledger, "LONGEST_PAUSE", 0.01)
    connect, room = ledger._connect, [12]

    def small(where: Path) -> sqlite3.Connection:
        base = connect(where)
        base.execute(f"PRAGMA max_page_count = {room[0]}")
        return base

    monkeypatch.setattr(ledger, "_connect", small)
    with capture_logs() as said:
        book = Ledger(path)
        for number in range(2000):
            book.put(row(str(number)))
        soon(lambda: bool(said))
        room[0] = 100_000
        soon(lambda: count(path) == 2000)
        book.close()
    assert "full" in said[0]["reason"]
    assert [request for (request,) in stored(path, "request")] == [str(number) for number in range(2000)]


@pytest.mark.parametrize("there", ["a file instead of a folder", "a folder instead of a file"])
def test_a_place_where_nothing_can_be_written_stops_nobody(tmp_path: Path, there: str) -> None:
    """Totals go on in memory; closing says how much was not recorded."""
    if there.startswith("a file"):
        (tmp_path / "data").write_text("")
    else:
        (tmp_path / "data" / "ledger").mkdir(parents=True)
    with capture_logs() as said:
        book = Ledger(tmp_path / "data" / "ledger")
        book.put(ROW)
        book.close()
    assert book.totals().requests == 1
    assert [entry["event"] for entry in said] == ["usage cannot be recorded", "usage was not recorded"]
    assert said[1]["rows"] == 1
    with capture_logs() as said:
        Ledger(tmp_path / "data" / "ledger").close()
    assert [entry["event"] for entry in said] == ["usage cannot be recorded"]  # there was none to record


def test_of_too_many_rows_the_oldest_are_given_up_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has an end; the newest rows are the ones that are kept."""
    monkeypatch.setattr(ledger, "WAITING", 10)
    (tmp_path / "data").write_text("")
    book = Ledger(tmp_path / "data" / "ledger")
    for number in range(25):
        book.put(row(str(number)))
    assert book.totals().dropped == 15
    assert book.totals().arms == 25
    book._put_back([row("older")] * 3)
    assert [each.request for each in book._waiting] == [str(number) for number in range(15, 25)]
    assert book.totals().dropped == 18
    book.close()


def test_a_row_that_no_table_can_hold_is_left_out_alone(path: Path) -> None:
    """Half a character, a number beyond 64 bits, no number at all: the others are stored."""
    with capture_logs() as said:
        book = Ledger(path)
        book.put(row("1"))
        book.put(row("2", session="\ud800"))
        book.put(row("3", output=10**30))
        book.put(row("4", cost_usd=float("nan")))
        book.put(row("5"))
        book.close()
    assert stored(path, "request") == [("1",), ("5",)]
    assert book.totals().dropped == 3
    assert sum(entry.get("rows", 0) for entry in said) == 3


def test_huge_sums_do_not_end_the_ledger(path: Path) -> None:
    """SQLite's SUM raises where integers overflow; the totals do not."""
    for _ in range(3):
        book = Ledger(path)
        book.put(row(output=2**62))
        book.close()
    book = Ledger(path)
    soon(lambda: book.totals().arms == 3)
    book.close()
    assert book.totals().output > 2**63


def test_a_reason_is_a_word_from_a_list(path: Path, opened: Ledger) -> None:
    """A sentence may quote what a model said, so it is not stored."""
    opened.put(row(arm="fallback", fallback="the value 'my secret' is not a number"))
    opened.put(row(arm="fallback", fallback="api_error"))
    opened.close()
    assert stored(path, "fallback") == [("other",), ("api_error",)]
    assert "other" not in REASONS


def test_a_file_of_a_later_version_is_left_alone(path: Path) -> None:
    """Its schema may mean something else."""
    Ledger(path).close()
    base = sqlite3.connect(path)
    base.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    base.close()
    with capture_logs() as said:
        book = Ledger(path)
        book.put(ROW)
        book.close()
    assert f"schema {SCHEMA + 1}, expected {SCHEMA}" in said[0]["reason"]
    assert stored(path) == []


def test_the_table_has_the_columns_of_a_row(path: Path) -> None:
    """One definition cannot drift from the other."""
    Ledger(path).close()
    base = sqlite3.connect(path)
    columns = tuple(name for _, name, *_ in base.execute("PRAGMA table_info(arms)"))
    (version,) = base.execute("PRAGMA user_version").fetchone()
    base.close()
    assert columns == Row.__struct_fields__
    assert version == SCHEMA


def test_closing_twice_is_closing(path: Path) -> None:
    """And a row that comes too late hurts nobody."""
    book = Ledger(path)
    book.close()
    book.put(ROW)
    book.close()
    assert stored(path) == []
