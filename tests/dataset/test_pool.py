"""Facts about workers: the same parts as without them, errors that arrive, and none that outlives us."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hive_integration.dataset.book import Book
from hive_integration.dataset.gates import Limits
from hive_integration.dataset.generators import Settings
from hive_integration.dataset.parts import Part
from hive_integration.dataset.pool import Job, Recipe, making
from hive_integration.errors import HiveError
from tests.dataset.tiny import book_of, units_text

NAMES = [f"mcp__t__n{i}" for i in range(6)]


def recipe(units: Path) -> Recipe:
    """Offline, as it comes."""
    return Recipe(units, "offline", Settings(), Limits())


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """A units.jsonl with six tools."""
    path = tmp_path / "units.jsonl"
    path.write_text(units_text(book_of(*NAMES)))
    return path


def jobs(book: Book, folder: Path) -> Iterator[Job]:
    """Twelve tasks of each behaviour."""
    folder.mkdir(exist_ok=True)
    yield from (Job(Part(b, 0), 12, folder / f"{i}.gz") for i, b in enumerate(book.behaviours.values()))


def test_workers_make_what_one_makes(units: Path, tmp_path: Path) -> None:
    """The same bytes, each job once, in whatever order."""
    book = book_of(*NAMES)
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        with making(recipe(units), book, workers) as make:
            done = dict(make(list(jobs(book, folder))))
        assert sorted(done) == list(range(len(book.behaviours)))
        assert all(count.new == 12 for count in done.values())
    for path in (tmp_path / "1").iterdir():
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes()


def test_a_worker_s_error_is_ours(units: Path, tmp_path: Path) -> None:
    """One that we raise arrives as itself, with its hint."""
    book = book_of(*NAMES)
    blocked = tmp_path / "file"
    blocked.write_text("")
    with making(recipe(units), book, 2) as make, pytest.raises(HiveError) as caught:
        list(make([Job(Part(next(iter(book.behaviours.values())), 0), 3, blocked / "x.gz")]))
    assert caught.value.hint


def test_a_worker_that_is_killed_is_an_error(units: Path, tmp_path: Path) -> None:
    """Of the machine, not of us: with what to do."""
    with pytest.raises(HiveError, match="ended from outside"):
        _kill_workers(units, tmp_path / "p")


def _kill_workers(units: Path, folder: Path) -> None:
    book = book_of(*NAMES)
    with making(recipe(units), book, 2) as make:
        for _ in make(list(jobs(book, folder))):
            for child in multiprocessing.active_children():
                child.kill()


def test_workers_end_with_us(units: Path, tmp_path: Path) -> None:
    """Killed outright, we leave no process behind."""
    script = (
        "import os, sys\nfrom pathlib import Path\n"
        "from hive_integration.dataset.pool import *\nfrom hive_integration.dataset.pool import _held\n"
        "from tests.dataset.test_pool import *\n"
        "if __name__ == '__main__':\n"
        f"    units = Path({str(units)!r})\n"
        "    with making(Recipe(units, 'offline', Settings(), Limits()), book_of(*NAMES), 2) as make:\n"
        f"        list(make(list(jobs(book_of(*NAMES), Path({str(tmp_path / 'p')!r})))))\n"
        "        import multiprocessing\n"
        "        print(*[p.pid for p in multiprocessing.active_children()], flush=True)\n"
        "        os.kill(os.getpid(), 9)\n"
    )
    file = tmp_path / "main.py"
    file.write_text(script)
    done = subprocess.run([sys.executable, str(file)], cwd=Path(__file__).parents[2], env={"PYTHONPATH": "."},
                          capture_output=True, text=True, timeout=100, check=False)  # fmt: skip
    pids = done.stdout.split()
    assert done.returncode == -9, done.stderr
    assert len(pids) == 2
    deadline = time.monotonic() + 20
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_runs(pid) for pid in pids)


def _runs(pid: str) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except OSError:
        return False
