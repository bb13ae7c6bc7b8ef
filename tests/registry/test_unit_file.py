"""Facts about the unit store's file: what breaks it, who else uses it, how large it may grow."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from hive_integration.registry import unit_file
from hive_integration.registry.stored import StoredPrompt, StoredUnit
from hive_integration.registry.unit_file import UnitFile

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
WRITES = """
import sys
from pathlib import Path
from hive_integration.registry.stored import StoredUnit
from hive_integration.registry.unit_file import UnitFile
file = UnitFile(Path(sys.argv[1]))
for i in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}{i}"
    if not file.save([StoredUnit(f"sha256:{name}", name, "mcp_tools", "x" * 2000)], ()):
        sys.exit(1)
    print(name, flush=True)
file.close()
"""


def unit(name: str, days: float = 0, text: str = "{}", **more: object) -> StoredUnit:
    return StoredUnit(f"sha256:{name}", name, "mcp_tools", text, seen_at=LONG_AGO + timedelta(days=days), **more)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data/units.sqlite3"


@pytest.fixture
def file(path: Path) -> Iterator[UnitFile]:
    opened = UnitFile(path)
    yield opened
    opened.close()


def test_what_is_saved_is_found_again(file: UnitFile) -> None:
    """Text, schema and time, by digest and, for a tool, by name."""
    saved = unit(
        "Bash", schema={"type": "object", "properties": {"n": {"maximum": 2**80}, "ä": {}}}, text='{"ä": "\U0001f41d"}'
    )
    assert file.save([saved], ())
    assert file.unit("sha256:Bash") == saved
    assert file.tool("Bash") == saved
    assert file.unit("sha256:gone") is None
    assert file.tool("gone") is None


def test_of_a_name_the_latest_is_the_tool(file: UnitFile) -> None:
    """Also where an older version comes again: the client was put back."""
    old, new = unit("a", 0), unit("b", 1)
    file.save([StoredUnit(u.digest, "Bash", u.component, u.text, seen_at=u.seen_at) for u in (old, new)], ())
    assert file.tool("Bash").digest == new.digest
    file.save([StoredUnit(old.digest, "Bash", old.component, old.text, seen_at=LONG_AGO + timedelta(days=2))], ())
    assert file.tool("Bash").digest == old.digest
    file.save([StoredUnit(new.digest, "Bash", "system_prompt", "", seen_at=LONG_AGO)], ())
    assert file.tool("Bash").digest == old.digest


def test_prompts_are_kept_a_model_and_client_each(file: UnitFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one replaces, and there is a most."""
    monkeypatch.setattr(unit_file, "MAX_PROMPTS", 3)
    for i in range(5):
        prompt = StoredPrompt(
            "m", f"c{i}", [{"type": "text", "text": "t"}], ("sha256:a",), LONG_AGO + timedelta(days=i)
        )
        assert file.save((), [prompt])
        assert file.save((), [prompt])
    assert [prompt.client for prompt in file.prompts()] == ["c2", "c3", "c4"]
    assert list(file.prompts())[-1] == prompt


def test_it_is_its_users_alone(path: Path, file: UnitFile) -> None:
    """It holds a project's words. The folder, too, and one that was readable for others becomes so."""
    assert file.unit("sha256:a") is None
    file.save([unit("a")], ())
    beside = sorted(path.parent.iterdir())
    assert len(beside) == 3
    assert {each.stat().st_mode & 0o777 for each in beside} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    file.save([unit("b")], ())
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("junk", [b"not a database", b"SQLite format 3\0" + b"\xff" * 5000, b"\0" * 9000])
def test_a_broken_file_is_started_anew_and_that_is_said_once(path: Path, junk: bytes) -> None:
    """What it held can be found again."""
    path.parent.mkdir(parents=True)
    path.write_bytes(junk)
    with structlog.testing.capture_logs() as logged:
        with closing(UnitFile(path)) as file:
            assert file.save([unit("a")], ())
            assert file.unit("sha256:a") is not None
        UnitFile(path).close()
    assert [entry["event"] for entry in logged if entry["log_level"] == "warning"] == [
        "the unit store was broken and is started anew"
    ]


def test_one_that_breaks_in_use_is_started_anew(path: Path, file: UnitFile) -> None:
    """Reading finds nothing; the next batch mends it."""
    file.save([unit(f"u{i}", text="x" * 5000) for i in range(100)], ())
    with path.open("r+b") as raw, closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.write(b"\xff" * path.stat().st_size)
    assert file.unit("sha256:u5") is None
    assert file.save([unit("new")], ())
    file.open()
    assert file.unit("sha256:new") is not None


def test_a_file_of_a_later_version_is_left_alone(path: Path, file: UnitFile) -> None:
    """Somebody else needs it."""
    file.save([unit("a")], ())
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = 99")
    assert not file.save([unit("b")], ())
    with closing(UnitFile(path)) as again:
        assert again.unit("sha256:a") is None
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM units").fetchone() == (1,)


def test_where_no_file_can_be_nothing_raises(tmp_path: Path) -> None:
    """A file in the place of the folder, a folder in the place of the file, a name that none can have."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder/units.sqlite3").mkdir(parents=True)
    for path in (tmp_path / "file/units.sqlite3", tmp_path / "folder/units.sqlite3", tmp_path / "\0/u"):
        file = UnitFile(path)
        assert not file.save([unit("a")], ())
        assert (file.unit("sha256:a"), file.tool("a"), list(file.prompts()), file.changed()) == (None, None, [], False)
        file.close()


def test_a_unit_that_no_file_can_hold_does_not_keep_the_others_out(file: UnitFile) -> None:
    """Half a surrogate pair, a schema without end."""
    deep: dict[str, object] = {}
    deep["again"] = deep
    assert file.save([unit("a\ud800"), unit("b", text="\udfff"), unit("c", schema=deep), unit("good")], ())
    assert file.unit("sha256:good") is not None
    assert file.unit("sha256:c") is None


def test_over_its_size_the_oldest_are_dropped(path: Path, file: UnitFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file stays about as large as it may be, and the newest are in it."""
    monkeypatch.setattr(unit_file, "MAX_BYTES", 1_000_000)
    for i in range(60):
        assert file.save([unit(f"u{i}-{j}", days=i + j / 100, text="x" * 5000) for j in range(10)], ())
    assert path.stat().st_size < 1_200_000
    assert file.unit("sha256:u0-0") is None
    assert all(file.unit(f"sha256:u59-{j}") is not None for j in range(10))


def test_processes_write_and_read_at_once(path: Path, file: UnitFile) -> None:
    """None loses anything, and a reader notices."""
    file.changed()
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITES, path, name, "25"], stdout=subprocess.DEVNULL)
        for name in ("a", "b", "c")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert file.changed()
    assert not file.changed()
    assert all(file.tool(f"{name}{i}") for name in "abc" for i in range(25))


def test_what_was_written_survives_kill_minus_nine(path: Path) -> None:
    """All batches that were said to be written are there, and the file is sound."""
    writer = subprocess.Popen([sys.executable, "-c", WRITES, path, "k", "100000"], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    said = [writer.stdout.readline().strip() for _ in range(50)]
    os.kill(writer.pid, signal.SIGKILL)
    said += writer.stdout.read().split()
    writer.stdout.close()
    assert writer.wait(20) == -signal.SIGKILL
    with structlog.testing.capture_logs() as logged, closing(UnitFile(path)) as file:
        assert all(file.tool(name) is not None for name in said[:-1])
        assert file.save([unit("after")], ())
    assert [entry for entry in logged if entry["log_level"] == "warning"] == []
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
