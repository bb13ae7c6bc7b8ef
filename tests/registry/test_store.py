"""Facts about the unit store as the gateway uses it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hive_integration.registry import store as storing
from hive_integration.registry import unit_file
from hive_integration.registry.store import Store, StoredUnit

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SYSTEM = [
    {"type": "text", "text": "You are a bee."},
    {"type": "text", "text": "Fly.", "cache_control": {"type": "ephemeral"}},
]


def tool(name: str, version: int = 0, days: float = 0) -> StoredUnit:
    text, schema = f'{{"name": "{name}", "version": {version}}}', {"type": "object", "title": str(version)}
    return StoredUnit(f"sha256:{name}{version}", name, "mcp_tools", text, schema, LONG_AGO + timedelta(days=days))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "units.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened


def rows(path: Path, table: str = "units") -> int:
    with closing(sqlite3.connect(path)) as file:
        return int(file.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_what_is_put_is_there_at_once_and_after_a_restart(path: Path, store: Store) -> None:
    """By digest, and a tool by name."""
    units = [tool("Bash"), tool("Read"), StoredUnit("sha256:s", "Tone", "system_prompt", "Be kind.")]
    store.put(units)
    assert store.get("sha256:s") == units[2]
    assert store.tool("Bash") == units[0]
    assert store.tool("Tone") is None
    assert store.tools(["Read", "gone", "Bash"]) == {"Read": units[1], "Bash": units[0]}
    store.flush()
    with Store(path) as again:
        assert again.get("sha256:s") == units[2]
        assert again.tools(["Read", "gone", "Bash"]) == {"Read": units[1], "Bash": units[0]}


def test_the_tool_that_was_seen_last_is_the_one(path: Path, store: Store) -> None:
    """Whoever saw it: this process, an earlier one, or another at the same time."""
    store.put([tool("Bash", 1, days=1)])
    store.put([tool("Bash", 2, days=2)])
    assert store.tool("Bash").schema["title"] == "2"
    store.put([tool("Bash", 1, days=3)])
    assert store.tool("Bash").schema["title"] == "1"
    with Store(path) as other:
        other.put([tool("Bash", 3, days=4)])
        other.flush()
        assert store.tool("Bash").schema["title"] == "3"
        store.put([tool("Bash", 4, days=5)])
        store.flush()
        assert other.tool("Bash").schema["title"] == "4"


def test_the_same_again_is_not_written_again(path: Path, store: Store) -> None:
    """A conversation brings the same tools at every turn; a day later their age is renewed."""
    writes = []
    store.put([tool("Bash")])
    store.flush()
    save = store._file.save
    store._file.save = lambda units, prompts: writes.append(len(units)) or save(units, prompts)  # type: ignore[method-assign]
    for hours in (0, 1, 23):
        store.put([tool("Bash", days=hours / 24)])
    store.flush()
    assert writes == []
    store.put([tool("Bash", days=1.1)])
    store.flush()
    assert writes == [1]


def test_the_last_full_prompt_of_a_model_is_kept_with_its_tools(path: Path, store: Store) -> None:
    """For a session that began with a minimal one: of its own client, or of whichever was last."""
    assert store.prompt("opus") is None
    assert store.tools_of("opus") == []
    tools = [tool("Read"), tool("Bash")]
    store.remember_prompt("opus", SYSTEM, tools, client="2.1.197")
    store.remember_prompt("opus", SYSTEM[:1], tools[:1], client="2.1.329")
    store.remember_prompt("haiku", [], ())
    assert store.prompt("opus") == SYSTEM[:1]
    store.flush()
    with Store(path) as again:
        for each in (store, again):
            assert each.prompt("opus") == SYSTEM[:1]
            assert each.prompt("opus", "2.1.197") == SYSTEM
            assert each.prompt("opus", "1.0") is None
            assert each.prompt("haiku") == []
            assert [unit.name for unit in each.tools_of("opus", "2.1.197")] == ["Read", "Bash"]


def test_another_process_prompt_is_seen(path: Path, store: Store) -> None:
    """The audit may have run beside the gateway."""
    with Store(path) as other:
        other.remember_prompt("opus", SYSTEM)
    assert store.prompt("opus") == SYSTEM


def test_the_same_prompt_again_is_not_written_again(path: Path, store: Store) -> None:
    """Equal blocks in new objects, as every request brings them."""
    store.remember_prompt("opus", SYSTEM, [tool("Bash")])
    store.flush()
    before = store._prompts["opus", ""]
    store.remember_prompt("opus", [dict(block) for block in SYSTEM], [tool("Bash")])
    assert store._prompts["opus", ""] is before
    store.remember_prompt("opus", SYSTEM, [tool("Bash"), tool("Read")])
    assert len(store.tools_of("opus")) == 2


def test_where_no_file_can_be_it_keeps_all_in_memory(tmp_path: Path) -> None:
    """A read-only home, a full disk: the gateway works, and forgets at its end."""
    (tmp_path / "file").write_text("")
    with Store(tmp_path / "file/units.sqlite3") as store:
        store.put([tool("Bash")])
        store.remember_prompt("opus", SYSTEM)
        store.flush()
        assert store.tool("Bash") == store.get("sha256:Bash0") == tool("Bash")
        assert store.prompt("opus") == SYSTEM


def test_what_a_locked_file_kept_waiting_is_written_later(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it: the caller goes on at once, and the next batch takes it along."""
    monkeypatch.setattr(unit_file, "_WRITER", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.put([tool("Bash")])
        assert store.tool("Bash") is not None
        store.flush()
        other.execute("ROLLBACK")
    store.put([tool("Read")])
    store.flush()
    assert rows(path) == 2


def test_memory_and_texts_have_their_limits(path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too long is not kept; of too many the first are forgotten in memory and read again from the file."""
    monkeypatch.setattr(storing, "MAX_TEXT", 100)
    monkeypatch.setattr(storing, "MEMORY", 10)
    store.put([StoredUnit("sha256:l", "long", "memory", "x" * 101)])
    store.remember_prompt("opus", [{"type": "text", "text": "x" * 101}])
    assert (store.get("sha256:l"), store.prompt("opus")) == (None, None)
    for i in range(30):
        store.put([tool(f"t{i}")])
        store.flush()
    assert len(store._own) == 10
    assert all(store.tool(f"t{i}") is not None and store.get(f"sha256:t{i}0") is not None for i in range(30))
    assert len(store._read) <= 12


def test_many_threads_may_use_it(path: Path, store: Store) -> None:
    """Nothing is lost and nothing raises."""
    failures: list[BaseException] = []

    def work(me: int) -> None:
        try:
            for i in range(50):
                store.put([tool(f"t{me}-{i}")])
                assert store.tool(f"t{me}-{i}") is not None
                store.remember_prompt(f"m{me}", [{"type": "text", "text": str(i)}])
                assert store.prompt(f"m{me}") is not None
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.flush()
    assert failures == []
    assert (rows(path), rows(path, "prompts")) == (200, 4)


def test_after_close_nothing_raises(path: Path) -> None:
    """A request that is still on its way out may ask."""
    store = Store(path)
    store.put([tool("Bash")])
    store.close()
    store.close()
    store.put([tool("Read")])
    assert store.tool("Bash") is not None
    assert store.tool("gone") is None
    assert rows(path) == 1
