"""Counts are remembered, and nothing that happens to the file can fail an audit."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hive_integration.tokens import cache
from hive_integration.tokens.cache import Cached


@dataclass
class Words:
    """Counts words, and remembers what it was asked."""

    version: str = "1"
    name: str = "words"
    exact: bool = True
    note: str = "counts words"
    asked: list[str] = field(default_factory=list)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Words of each text."""
        self.asked += texts
        return [len(text.split()) for text in texts]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Words of each piece."""
        self.asked.append(text)
        return [len(text[a:b].split()) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the cache will be; its folder does not exist yet."""
    return tmp_path / "deep" / "tokens.sqlite3"


def test_a_count_is_asked_once(path: Path) -> None:
    """A second object over the same file answers without asking, in order, repeats included."""
    Cached(Words(), path).count(["a b", "c"])
    second = Words()
    assert Cached(second, path).count(["c", "x y z", "a b", "c", ""]) == [1, 3, 2, 1, 0]
    assert second.asked == ["x y z", ""]


def test_a_split_is_asked_once_for_the_same_cuts(path: Path) -> None:
    """Other cuts are another question, and a split is not taken for a count."""
    words = Words()
    cached = Cached(words, path)
    assert cached.split("a b c", [2]) == [1, 2]
    assert Cached(words, path).split("a b c", [2]) == [1, 2]
    assert words.asked == ["a b c"]
    assert cached.split("a b c", [4]) == [2, 1]
    assert cached.split("a b c", []) == [3]
    assert cached.count(["a b c"]) == [3]
    assert len(words.asked) == 4


@pytest.mark.parametrize("other", [Words(version="2"), Words(name="letters")])
def test_another_tokenizer_or_version_counts_anew(path: Path, other: Words) -> None:
    """Name and version are part of the key."""
    Cached(Words(), path).count(["a b"])
    Cached(other, path).count(["a b"])
    assert other.asked == ["a b"]


def test_many_texts_take_one_round(path: Path) -> None:
    """Ten thousand texts are looked up and kept in batches: well within two seconds, both ways."""
    texts = [f"text {n}" for n in range(10_000)]
    begin = time.process_time()
    Cached(Words(), path).count(texts)
    words = Words()
    assert Cached(words, path).count(texts) == [2] * 10_000
    assert words.asked == []
    assert time.process_time() - begin < 2


def test_lone_surrogates_have_a_key(path: Path) -> None:
    """A text that cannot be UTF-8 is remembered all the same."""
    assert Cached(Words(), path).count(["a \ud800"]) == [2]


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be read as one" * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_broken_file_is_replaced(path: Path, content: bytes) -> None:
    """Rubbish in the file's place costs nothing but the counts in it."""
    path.parent.mkdir()
    path.write_bytes(content)
    assert Cached(Words(), path).count(["a b"]) == [2]
    words = Words()
    assert Cached(words, path).count(["a b"]) == [2]
    assert words.asked == []


def test_foreign_tables_and_odd_values_are_misses(path: Path) -> None:
    """A table with other columns, or a value that is no number, is counted again."""
    cached = Cached(Words(), path)
    cached.count(["a b"])
    with sqlite3.connect(path) as file:
        file.execute("UPDATE counts SET tokens = 'many'")
    file.close()
    assert cached.count(["a b"]) == [2]
    with sqlite3.connect(path) as file:
        file.execute("DROP TABLE counts")
        file.execute("CREATE TABLE counts (something TEXT)")
    file.close()
    assert Cached(Words(), path).count(["a b"]) == [2]


def test_a_locked_file_is_waited_for_once(path: Path) -> None:
    """While another process writes, counting goes on, and the wait is paid once, not at every call."""
    cached = Cached(Words(), path)
    cached.count(["a b"])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    begin = time.monotonic()
    assert [cached.count([f"text {n}"])[0] for n in range(50)] == [2] * 50
    assert time.monotonic() - begin < 2
    other.close()


def test_a_place_that_cannot_be_written_is_left_alone(tmp_path: Path) -> None:
    """A folder, a FIFO or a file where a folder should be: counted, nothing raised, nothing hung."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "folder", tmp_path / "fifo", tmp_path / "file" / "tokens.sqlite3"):
        assert Cached(Words(), path).count(["a b"]) == [2]


def test_a_read_only_cache_still_answers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be kept is counted; the failure is not raised."""
    Cached(Words(), path).count(["a b"])
    monkeypatch.setattr(cache.sqlite3, "connect", _read_only)
    assert Cached(Words(), path).count(["a b", "c"]) == [2, 1]


def _read_only(path: Path, timeout: float) -> sqlite3.Connection:
    return _connect(f"file:{path}?mode=ro", uri=True, timeout=timeout)


_connect = sqlite3.connect


def test_a_cache_that_grew_too_large_is_started_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the file is dropped, and works again."""
    Cached(Words(), path).count(["a b"])
    monkeypatch.setattr(cache, "LARGEST", 10)
    words = Words()
    assert Cached(words, path).count(["a b"]) == [2]
    assert words.asked == ["a b"]


def test_a_second_audit_loads_no_vocabulary(tmp_path: Path) -> None:
    """When every text is known, neither tiktoken nor ctok is imported."""
    code = (
        "import sys; from pathlib import Path; from hive_integration.tokens import counter_for\n"
        "for name in ('o200k_base', 'claude-4.8'):\n"
        "    counter = counter_for(name, cache_dir=Path(sys.argv[1]))\n"
        "    print(counter.count(['hello world']), counter.split('hello world', [5]))\n"
        "print([m for m in ('tiktoken', 'ctok', 'anthropic') if m in sys.modules])"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for _ in range(2)
    )
    assert first[:2] == second[:2]
    assert "tiktoken" in first[2]
    assert second[2] == "[]"
