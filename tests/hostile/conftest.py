"""A person's home and a project of their own for every hostile test, and a PATH on which no client lies."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of the person who audits."""
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
