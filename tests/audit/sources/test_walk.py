"""Walks end, whatever the folders are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hive_integration.audit.sources import walk
from hive_integration.audit.sources.walk import Walker
from tests.audit.tree import write


def names(root: Path, walker: Walker | None = None) -> set[str]:
    """What a walk finds, relative to its root."""
    return {str(path.relative_to(root)) for path in (walker or Walker()).markdown(root)}


def test_every_markdown_file_is_found(tmp_path: Path) -> None:
    """Nested and hidden folders and hidden files count; other endings do not."""
    write(tmp_path, dict.fromkeys(["a.md", "b/c.md", ".d/e.md", ".f.md", "g.MD", "h.txt", "node_modules/i.md"], ""))
    assert names(tmp_path) == {"a.md", "b/c.md", ".d/e.md", ".f.md", "node_modules/i.md"}


def test_the_order_is_the_systems_own(tmp_path: Path) -> None:
    """Entries come as the file system keeps them, a folder's content in its place."""
    write(tmp_path, {f"{name}.md": "" for name in "qwertz"})
    assert [path.name for path in Walker().markdown(tmp_path)] == [entry.name for entry in os.scandir(tmp_path)]


def test_links_are_followed_once(tmp_path: Path) -> None:
    """A folder that links to itself or twice to another is visited once; so is a file."""
    write(tmp_path, {"root/a/x.md": "", "other/y.md": ""})
    root = tmp_path / "root"
    (root / "a" / "loop").symlink_to(root)
    (root / "one").symlink_to(tmp_path / "other")
    (root / "two").symlink_to(tmp_path / "other")
    (root / "x2.md").symlink_to(root / "a" / "x.md")
    (root / "broken.md").symlink_to(root / "nowhere")
    (root / "self.md").symlink_to(root / "self.md")
    found = [path.resolve() for path in Walker().markdown(root) if path.exists()]
    assert sorted(found) == [tmp_path / "other/y.md", root / "a/x.md"]


def test_what_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    """A FIFO, a UTF-16 file and a missing file give no text and a warning; a missing folder is no news."""
    os.mkfifo(tmp_path / "fifo.md")
    write(tmp_path, {"wide.md": "text".encode("utf-16")})
    walker = Walker()
    assert names(tmp_path / "missing", walker) == set()
    assert not walker.warnings
    assert walker.read(tmp_path / "fifo.md") is None
    assert walker.read(tmp_path / "wide.md") is None
    assert walker.read(tmp_path / "missing.md") is None
    assert [name in warning for name, warning in zip(("fifo", "wide", "missing"), walker.warnings, strict=True)] == [
        True
    ] * 3


def test_folders_that_refuse_are_warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system refuses a folder or a file, the walk says so and goes on."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    walker = Walker()
    monkeypatch.setattr(os, "scandir", refuse)
    assert walker.entries(tmp_path) == ()
    monkeypatch.setattr(Path, "is_file", refuse)
    assert not walker.has_file(tmp_path / "x")
    assert [warning.endswith("cannot be read (permission denied)") for warning in walker.warnings] == [True, True]


def test_a_walk_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many entries a walk stops and says that it did."""
    monkeypatch.setattr(walk, "MAX_ENTRIES", 3)
    write(tmp_path, {f"{i}.md": "" for i in range(9)})
    walker = Walker()
    assert len(names(tmp_path, walker)) == 3
    assert "the rest was not read" in walker.warnings[0]
