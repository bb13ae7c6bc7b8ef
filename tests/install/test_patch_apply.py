"""Facts about applying a diff to a copy."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.patch_apply import Tools, check_syntax, patched

from .patch_folder import DIFF, NEW, OLD

TOOLS = Tools.on({"PATH": os.environ["PATH"]})


def test_a_diff_becomes_its_result() -> None:
    """The bytes of the copy; the lines may have moved."""
    assert patched(DIFF, OLD, TOOLS) == NEW
    assert patched(DIFF, b"// one\n// two\n" + OLD, TOOLS) == b"// one\n// two\n" + NEW


@pytest.mark.parametrize("data", [NEW, b"", b"function main() {\n  return 1;\n}\n", b"\xff\xfe\0"])
def test_a_diff_that_does_not_apply_says_so(data: bytes) -> None:
    """None, and nothing half-done; not twice, either."""
    assert patched(DIFF, data, TOOLS) is None


def test_a_file_of_another_system_keeps_its_line_ends() -> None:
    """A release that was packed on Windows is patched the same; one of both kinds only where the diff fits as it is."""
    crlf = OLD.replace(b"\n", b"\r\n")
    assert patched(DIFF, crlf, TOOLS) == NEW.replace(b"\n", b"\r\n")
    assert patched(DIFF, OLD + b"end\r\n", TOOLS) == NEW + b"end\r\n"
    assert patched(DIFF, OLD.replace(b"{\n", b"{\r\n"), TOOLS) is None


def test_neither_a_repository_around_nor_settings_of_git_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scratch folder may lie in a checkout, and a person may have told git to refuse or mend white space."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (Path(os.environ["HOME"]) / ".gitconfig").write_text("[apply]\nwhitespace = fix\n")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    spaced = DIFF.replace(b"a better word", b"a better word  ")
    assert patched(spaced, OLD, TOOLS) == NEW.replace(b"a better word", b"a better word  ")
    assert [path.name for path in tmp_path.iterdir()] == [".git"]


def test_without_git_there_is_one_clear_line() -> None:
    """What is missing, and what to do."""
    with pytest.raises(HiveError, match="no program git") as caught:
        patched(DIFF, OLD, Tools.on({"PATH": "/nonexistent"}))
    assert caught.value.hint == "install git"


def program(path: Path, text: str) -> str:
    """A stand-in for node."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_node_reads_the_result(tmp_path: Path) -> None:
    """By its suffix; what it does not parse is refused in its own words."""
    good = Tools(None, program(tmp_path / "good", '[ "$1 $2" = "--check patched.cjs" ] && [ -s patched.cjs ]'))
    check_syntax(NEW, ".cjs", good)
    bad = Tools(None, program(tmp_path / "bad", "echo 'main.js:1\n\nSyntaxError: Unexpected token' >&2; exit 1"))
    with pytest.raises(HiveError, match="not JavaScript to node: SyntaxError: Unexpected token"):
        check_syntax(NEW, ".cjs", bad)


def test_without_node_there_is_one_clear_line() -> None:
    """A program of node's is there to be run by it."""
    with pytest.raises(HiveError, match="no program node"):
        check_syntax(NEW, ".cjs", Tools(None, None))


def test_a_program_that_does_not_start_is_named(tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "git").write_text("no program")
    (tmp_path / "git").chmod(0o755)
    with pytest.raises(HiveError, match="did not run"):
        patched(DIFF, OLD, Tools(str(tmp_path / "git"), None))
