"""Facts about the folder: ours or empty, one at a time, and a dataset only with its manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.dataset.folder import MANIFEST, PARTS, SCHEMA, is_dataset, is_unfinished, opened, taken
from hive_integration.errors import HiveError, UsageError


def test_a_new_or_empty_folder_is_taken(tmp_path: Path) -> None:
    """It gets its place for parts; folders above are made."""
    (tmp_path / "c").mkdir()
    for folder in (tmp_path / "a/b", tmp_path / "c"):
        with taken(folder) as parts:
            assert parts == folder / PARTS
            assert parts.is_dir()


@pytest.mark.parametrize("name", ["notes.txt", "train.jsonl", "manifest.json", ".git"])
def test_a_folder_with_something_else_is_refused(tmp_path: Path, name: str) -> None:
    """What is in it is named, and nothing is put there; a foreign manifest makes it none of ours."""
    (tmp_path / name).write_text('{"schema": "other"}')
    with pytest.raises(UsageError, match=f"holds something else: {name}"), taken(tmp_path):
        pass
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Said so."""
    (tmp_path / "x").write_text("")
    with pytest.raises(UsageError, match="is a file"), taken(tmp_path / "x"):
        pass


def test_our_own_folder_is_taken_again(tmp_path: Path) -> None:
    """Finished or not, and with exports beside it."""
    with taken(tmp_path):
        pass
    (tmp_path / "export.jsonl").write_text("")
    assert is_unfinished(tmp_path)
    with taken(tmp_path):
        (tmp_path / MANIFEST).write_text(json.dumps({"schema": SCHEMA}))
    assert is_dataset(tmp_path)
    assert not is_unfinished(tmp_path)
    with taken(tmp_path):
        opened(tmp_path)
        opened(tmp_path)
    assert not is_dataset(tmp_path)


def test_two_do_not_work_in_one_folder(tmp_path: Path) -> None:
    """The second one is told; when the first is done, it may."""
    with taken(tmp_path), pytest.raises(HiveError, match="another hive-ctx"), taken(tmp_path):
        pass
    with taken(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_an_error() -> None:
    """With what to do."""
    with pytest.raises(HiveError, match="cannot write") as caught, taken(Path("/proc/no/such")):
        pass
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 1}', "[" * 5000])
def test_rubbish_is_no_manifest(tmp_path: Path, text: str) -> None:
    """Nor is a torn one."""
    (tmp_path / MANIFEST).write_text(text)
    assert not is_dataset(tmp_path)
