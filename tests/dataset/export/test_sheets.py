"""Facts about the files of an export: whole or not there, and nobody else's."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from hive_integration.dataset.export.sheets import Sheets
from hive_integration.errors import HiveError, UsageError


def fill(folder: Path, *names: str) -> None:
    """An export with one line in each of these files."""
    with Sheets(folder) as sheets:
        for name in names:
            sheets.add(name, {"a": name})
        sheets.finish({"README.md": "Hi.\n"}, {"form": "x"})


def test_the_manifest_has_the_hash_of_every_file(tmp_path: Path) -> None:
    """Lines and hashes, as they lie there."""
    fill(tmp_path / "out", "train.jsonl", "eval.jsonl")
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["lines"] == {"train.jsonl": 1, "eval.jsonl": 1}
    assert manifest["hashes"] == {
        name: f"sha256:{hashlib.sha256((tmp_path / 'out' / name).read_bytes()).hexdigest()}"
        for name in ("train.jsonl", "eval.jsonl", "README.md")
    }
    assert (manifest["schema"], manifest["form"]) == ("hive-ctx/export/1", "x")


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    """And an earlier export stays what it was."""
    fill(tmp_path, "train.jsonl")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with Sheets(tmp_path) as sheets:
        sheets.add("train.jsonl", {"a": 2})
        assert (tmp_path / ".train.jsonl.writing").exists()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_new_export_takes_the_place_of_an_old_one(tmp_path: Path) -> None:
    """Files that it no longer has are gone."""
    fill(tmp_path, "train.jsonl", "preferences.train.jsonl")
    fill(tmp_path, "train.jsonl")
    assert {path.name for path in tmp_path.iterdir()} == {"train.jsonl", "README.md", "manifest.json"}


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    """A dataset among them: its manifest is another one."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        Sheets(tmp_path / "file")
    with pytest.raises(UsageError, match="holds something else: file"):
        Sheets(tmp_path)
    (tmp_path / "manifest.json").write_text('{"schema": "hive-ctx/dataset/1"}')
    with pytest.raises(UsageError, match="holds something else"):
        Sheets(tmp_path)


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    """With the file's name."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(HiveError, match=r"cannot write .*train\.jsonl"), Sheets(tmp_path / "file/out") as sheets:
        sheets.add("train.jsonl", {})
