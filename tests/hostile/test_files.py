"""Facts about static audits of projects that are broken, or built to break their reader, through the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.projects import ESCAPE, PROJECTS, write
from tests.hostile.run import audit, run, warned


@pytest.mark.parametrize("name", PROJECTS)
def test_a_hostile_project_is_audited(name: str, project: Path, home: Path) -> None:
    """All four forms are made, the sums hold, nothing steers the terminal, and what is odd is warned about."""
    pattern = PROJECTS[name](project, home)
    report = audit(project)
    assert not pattern or warned(report, pattern), report["warnings"]
    assert report["total_tokens"] > 10_000


def test_a_folder_of_a_hundred_thousand_files_is_left_in_time(project: Path) -> None:
    """They are listed once, and the search for further instructions ends there, with a warning."""
    (project / "src").mkdir()
    for i in range(100_001):
        os.close(os.open(project / f"src/{i}", os.O_CREAT | os.O_WRONLY))
    outcome = run("audit", str(project), "--method", "static", "--format", "json")
    assert warned(outcome.report, "more than 100,000 files")


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_what_the_system_refuses_is_warned_about(
    error: OSError, project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that may not be listed, a file that may not be opened or looked at: named, and the rest is counted."""
    write(project / ".claude/agents/open.md", "---\nname: open\ndescription: d\n---\n")
    for name in ("agents/shut/a.md", "skills/shut/SKILL.md", "commands/shut/a.md", "rules/shut/a.md", "settings.json"):
        write(project / ".claude" / name, "{}")
    write(project / "shut/CLAUDE.md", "x")
    for name in ("scandir", "open", "stat", "lstat"):
        monkeypatch.setattr(os, name, _refusing(getattr(os, name), error))
    report = audit(project)
    assert any(unit["name"] == "open" for unit in report["units"])
    assert warned(report, r"agents/shut: cannot be read \((permission denied|input/output error)\)")


def _refusing(call: Callable[..., Any], error: OSError) -> Callable[..., Any]:
    """`call`, except for whatever lies in a folder named `shut`."""

    def guarded(path: Any = ".", *rest: Any, **named: Any) -> Any:
        if not isinstance(path, int) and "shut" in os.fspath(path):
            raise error
        return call(path, *rest, **named)

    return guarded


def _targets(project: Path) -> Iterator[tuple[str, str]]:
    """(what to audit, what the one line says)."""
    write(project / "file", "x")
    (project / "loop").symlink_to("loop")
    os.mkfifo(project / "fifo")
    yield "gone", "does not exist"
    yield "file", "is not a folder"
    yield "fifo", "is not a folder"
    yield "loop", "does not exist|too many levels|loop"
    yield "file/below", "does not exist|cannot be entered|not a directory"
    yield "n" * 5000, "cannot be entered|too long|does not exist"
    yield "~nobody-here/x", "cannot be entered|does not exist|home"
    yield ESCAPE, "does not exist"
    yield "\udcff", "does not exist"


def test_a_target_that_is_none_is_refused_in_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is named instead of a folder: an exit code of 1 or 2, one line and a hint."""
    monkeypatch.chdir(project)
    for target, said in _targets(project):
        outcome = run("audit", target, "--method", "static")
        assert outcome.code in {1, 2}, target
        assert any(part in outcome.err.lower() for part in said.split("|")), outcome.err


def test_odd_surroundings_are_survived(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration folder of an unknown user, a cache that is a file, plugins that are nowhere."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "~nobody-here/.claude")
    monkeypatch.setenv("HIVE_CACHE_DIR", str(write(tmp_path / "cache", "a file")))
    monkeypatch.setenv("CLAUDE_CODE_PLUGIN_DIRS", "~nobody-here/x:gone:\udcff:::")
    report = audit(project, "--plugin-dir", "~nobody-here/p", "--plugin-dir", ESCAPE, "--model", ESCAPE)
    assert warned(report, "is not a folder")


def test_a_working_folder_that_was_removed_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to audit, and no bug."""
    monkeypatch.chdir(project)
    project.rmdir()
    outcome = run("audit", "--method", "static")
    assert (outcome.code, "folder is gone" in outcome.err) == (1, True)
