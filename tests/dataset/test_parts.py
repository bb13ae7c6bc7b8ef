"""Facts about parts: named after what they follow from, whole or not there, and made once."""

from __future__ import annotations

import gzip
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from hive_integration.dataset.book import Book
from hive_integration.dataset.gates import Limits
from hive_integration.dataset.parts import ROWS, Count, Part, make_part, read_part
from hive_integration.dataset.task import Task, cells
from hive_integration.errors import HiveError
from hive_integration.units.check import Check, CheckKind
from tests.dataset.tiny import Tiny, book_of, tool_line

BOOK = book_of("mcp__t__a", "mcp__t__b", "mcp__t__c")
PART = Part(next(iter(BOOK.behaviours.values())), 0)


def make(path: Path, upto: int = 60, book: Book = BOOK, part: Part = PART) -> Count:
    """Make a part."""
    return make_part(part, upto, book, Tiny(), Limits(), path)


def test_a_part_has_the_outcomes_of_its_tasks_in_order(tmp_path: Path) -> None:
    """An example or a reason for each, and what is refused holds no conversation."""
    count = make(tmp_path / "p", 200)
    rows = list(read_part(tmp_path / "p", 200))
    assert [row.key for row in rows] == [task.key for task in PART.tasks(0, 200)]
    assert count == Count(sum(not row.reason for row in rows), 200)
    assert {row.reason for row in rows if row.reason} > {"generator: had no idea"}
    assert all(bool(row.line) != bool(row.reason) for row in rows)
    assert any(row.rejected for row in rows)
    assert all(row.provenance and row.provenance["behaviours"] == [PART.behaviour.id] for row in rows)


def test_a_part_grows_and_what_is_there_stays(tmp_path: Path) -> None:
    """Made at once or in three steps: the same bytes, and nothing is made twice."""
    make(tmp_path / "once", 90)
    assert [make(tmp_path / "steps", upto).new for upto in (20, 50, 90, 90, 10)] == [20, 30, 40, 0, 0]
    assert (tmp_path / "once").read_bytes() == (tmp_path / "steps").read_bytes()
    assert len(list(read_part(tmp_path / "once", 10))) == 10


def test_a_changed_tool_makes_its_parts_anew(tmp_path: Path) -> None:
    """The file says which tools its examples name; another text of one of them, and all of it is made again."""
    make(tmp_path / "p")
    assert make(tmp_path / "p", book=book_of("mcp__t__a", "mcp__t__b", "mcp__t__c", changed="mcp__t__b")).new == 0
    assert make(tmp_path / "p", book=book_of("mcp__t__a", "mcp__t__b", "mcp__t__c", changed="mcp__t__a")).new == 60


@pytest.mark.parametrize("damage", [b"", b"rubbish", gzip.compress(b'{"tools": {}}\n["key"')])
def test_a_damaged_part_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    """Cut, foreign, or of another form; read as it is, it is an error with what to do."""
    path = tmp_path / "p"
    path.write_bytes(damage)
    with pytest.raises(HiveError, match="is damaged"):
        list(read_part(path, 9))
    assert make(path).new == 60
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert make(path).new == 60
    assert path.read_bytes() == whole


def test_its_name_says_what_it_follows_from() -> None:
    """Generator, seed, number, limits, behaviour, its checks, the set of tools; not the text of a tool."""
    name = PART.name(BOOK, "tiny", Limits())
    checked = replace(PART.behaviour, checks=(Check(CheckKind.SAYS, pattern="yes"),))
    others = {
        PART.name(BOOK, "other", Limits()), PART.name(BOOK, "tiny", Limits(tokens=9)),
        Part(PART.behaviour, 1).name(BOOK, "tiny", Limits()), Part(PART.behaviour, 0, 1).name(BOOK, "tiny", Limits()),
        Part(checked, 0).name(BOOK, "tiny", Limits()), PART.name(book_of("mcp__t__a"), "tiny", Limits()),
        Part(tool_line("mcp__t__b").behaviours[0], 0).name(BOOK, "tiny", Limits()),
    }  # fmt: skip
    assert len(others | {name}) == 8
    assert PART.name(book_of("mcp__t__a", "mcp__t__b", "mcp__t__c", changed="mcp__t__c"), "tiny", Limits()) == name
    assert len(name) == 24


def test_parts_share_no_task_and_few_tasks_cover_all_cells() -> None:
    """The next part goes on where this one ends; behaviours begin with different cells."""
    following = Part(PART.behaviour, 0, 1)
    keys = [task.key for part in (PART, following) for task in part.tasks(0, ROWS)]
    assert len(set(keys)) == 2 * ROWS
    own = len(cells(PART.behaviour))
    assert len({(t.complexity, t.error_case) for t in PART.tasks(0, own)}) == own
    firsts = {
        (task.complexity, task.error_case)
        for i in range(60)
        for task in islice(Part(tool_line(f"t{i}").behaviours[0], 0).tasks(0, 1), 1)
    }
    assert len(firsts) == own


def test_what_is_told_twice_in_a_part_is_refused(tmp_path: Path) -> None:
    """Also where the first time was an earlier run."""

    class Parrot(Tiny):
        def make(self, task: Task, book: Book) -> object:  # type: ignore[override]
            made = Tiny.make(self, Task(task.behaviour, "simple", False, 7, 0), book)
            return replace(made, key=task.key)  # type: ignore[type-var]

    for upto in (3, 6):
        assert make_part(PART, upto, BOOK, Parrot(), Limits(), tmp_path / "p").good == 1
    reasons = [row.reason for row in read_part(tmp_path / "p", 6)]
    assert reasons == ["", *["duplicates: is told already"] * 5]
