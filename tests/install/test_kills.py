"""Facts about kill -9 at every write boundary, each one enumerated, and about a disk that is full at each of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.install.killing import SCENARIOS

ROOT = Path(__file__).parent.parent.parent


def _report(tmp_path: Path, *arguments: str) -> Sequence[Any]:
    command = [sys.executable, "-m", "tests.install.killing", *arguments, str(tmp_path / "stage")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    report: Sequence[Any] = json.loads(done.stdout)
    return report


def _check(report: Sequence[Any]) -> None:
    """Parses at once; before or after once mended; explained; and taken back to the last byte by an uninstallation."""
    wanted = {"parses": True, "told": True, "quiet": True, "healthy": True, "gone": True, "left": []}
    assert [each for each in report if any(each[key] != value for key, value in wanted.items())] == []
    assert {each["mended"] for each in report} <= {"before", "after"}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_kill_leaves_before_after_or_what_mends(tmp_path: Path, name: str) -> None:
    """At every boundary: the settings parse, mending needs no answer, and an uninstallation restores every byte."""
    report = _report(tmp_path, name)
    assert len(report) > 5
    _check(report)


@pytest.mark.parametrize("name", ["install", "upgrade", "uninstall", "uninstall-changed"])
def test_a_full_disk_takes_everything_back(tmp_path: Path, name: str) -> None:
    """At every boundary: an error of ours and nothing changed, or no error and all of it done."""
    report = _report(tmp_path, "--full", name)
    _check(report)
    assert {(each["error"], each["state"]) for each in report} == {("HiveError", "before"), ("", "after")}
