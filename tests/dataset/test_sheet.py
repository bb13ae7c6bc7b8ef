"""Facts about a file of lines that has its name only when it is whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hive_integration.dataset.sheet import Sheet
from hive_integration.errors import HiveError


def test_it_has_its_name_when_it_is_whole(tmp_path: Path) -> None:
    """Until then an older one stands; lines and hash are those of the bytes."""
    path = tmp_path / "new/a.jsonl"
    sheet = Sheet(path.parent, path.name)
    for line in ("{}", '{"a": "\u00e4"}'):
        sheet.write(line)
    assert not path.exists()
    sheet.end()
    assert path.read_text(encoding="utf-8") == '{}\n{"a": "\u00e4"}\n'
    assert (sheet.lines, sheet.digest) == (2, hashlib.sha256(path.read_bytes()).hexdigest())
    assert list(path.parent.iterdir()) == [path]


def test_what_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    """Neither a file nor a half one."""
    sheet = Sheet(tmp_path, "a.jsonl")
    sheet.write("{}")
    sheet.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """In one line, with the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(HiveError, match=r"cannot write .*a\.jsonl"):
        Sheet(tmp_path / "file", "a.jsonl")
