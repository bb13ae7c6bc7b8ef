"""Facts about the plugin's `bin/hive-ctx`, which finds the real one."""

from __future__ import annotations

import subprocess
from pathlib import Path

LAUNCHER = Path(__file__).parents[2] / "plugin/bin/hive-ctx"
SYSTEM = "/usr/bin:/bin"


def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LAUNCHER), *words], env={"PATH": SYSTEM, **env}, capture_output=True, text=True, timeout=30, check=False
    )


def program(folder: Path) -> Path:
    """A hive-ctx that says where it lies and what it was told."""
    folder.mkdir(parents=True)
    path = folder / "hive-ctx"
    path.write_text('#!/bin/sh\necho "$0" "$@"\n')
    path.chmod(0o755)
    return path


def test_the_named_program_runs(tmp_path: Path) -> None:
    """$HIVE_CTX beats PATH; words with spaces stay whole; one that is gone is passed over."""
    named, other = program(tmp_path / "a b"), program(tmp_path / "other")
    path = f"{other.parent}:{SYSTEM}"
    assert run("x y", "z", HIVE_CTX=str(named), PATH=path).stdout == f"{named} x y z\n"
    assert run(HIVE_CTX=str(tmp_path / "gone"), PATH=path).stdout == f"{other}\n"


def test_it_never_runs_itself(tmp_path: Path) -> None:
    """The client puts the plugin's own `bin` first on PATH, under any spelling."""
    other = program(tmp_path / "other")
    link = tmp_path / "link"
    link.symlink_to(LAUNCHER.parent)
    path = f"{LAUNCHER.parent}:{link}:{tmp_path / 'nowhere'}::{other.parent}:{SYSTEM}"
    assert run("status", PATH=path).stdout == f"{other} status\n"


def test_without_a_program_it_says_what_to_do() -> None:
    """One line, and the exit code of an expected failure."""
    done = run()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "hive-ctx is not found: set HIVE_CTX to its path, or put it on PATH\n"
