"""Instruction files in subfolders."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.audit.sources import nested as module
from hive_integration.audit.sources.nested import nested
from hive_integration.audit.sources.walk import Walker
from tests.audit.tree import write

HOME = Path("/nobody")


def _found(root: Path, home: Path = HOME) -> tuple[list[str], list[str]]:
    walker = Walker()
    return [str(path.relative_to(root)) for path, _ in nested(root, home, walker)], walker.warnings


def test_files_of_subfolders_are_found(tmp_path: Path) -> None:
    """CLAUDE.md, CLAUDE.local.md and .claude/CLAUDE.md below the project count, those of packages do not."""
    wanted = ["a/.claude/CLAUDE.md", "a/CLAUDE.md", "b/c/CLAUDE.local.md"]
    write(tmp_path, dict.fromkeys([*wanted, "CLAUDE.md", "node_modules/x/CLAUDE.md", ".git/x/CLAUDE.md"], "text"))
    found, warnings = _found(tmp_path)
    assert sorted(found) == wanted
    assert warnings == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A loop of links ends, and a folder behind a link is not the project's."""
    write(tmp_path / "other", {"CLAUDE.md": "x"})
    project = write(tmp_path / "project", {"a/x": ""})
    (project / "a" / "loop").symlink_to(project)
    (project / "a" / "out").symlink_to(tmp_path / "other")
    assert _found(project) == ([], [])


def test_the_home_folder_is_not_searched(tmp_path: Path) -> None:
    """Where the project is the home folder, or holds it, nothing is looked for."""
    write(tmp_path, {"a/CLAUDE.md": "x"})
    assert _found(tmp_path, home=tmp_path / "home") == ([], [])


def test_a_huge_tree_ends_with_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search has a bound and says when it met it."""
    monkeypatch.setattr(module, "MAX_ENTRIES", 10)
    write(tmp_path, {f"a/{index}": "" for index in range(20)})
    found, warnings = _found(tmp_path)
    assert found == []
    assert len(warnings) == 1
