"""Facts about static audits of projects that are broken, or built to break their reader, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.projects import PROJECTS
from tests.hostile.run import audit, warned


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and a PATH on which no client lies."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return folder


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    """The folder to audit."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", PROJECTS)
def test_a_hostile_project_is_audited(name: str, project: Path, home: Path) -> None:
    """All four forms are made, the sums hold, nothing steers the terminal, and what is odd is warned about."""
    pattern = PROJECTS[name](project, home)
    report = audit(project)
    assert not pattern or warned(report, pattern), report["warnings"]
    assert report["total_tokens"] > 10_000
