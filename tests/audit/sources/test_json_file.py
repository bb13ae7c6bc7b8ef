"""JSON objects that strangers wrote."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hive_integration.audit.sources.json_file import MAX_DEPTH, mapping, read_object, strings


def test_a_missing_file_is_nothing_odd(tmp_path: Path) -> None:
    """No file gives no values and no warning."""
    file = read_object(tmp_path / "none.json")
    assert (file.values, file.warning) == (None, "")


@pytest.mark.parametrize("raw", [b'{"a": 1}', b'\xef\xbb\xbf{"a": 1}', '{"a": 1}'.encode("utf-16")])
def test_an_object_is_read_in_the_encodings_that_the_client_reads(tmp_path: Path, raw: bytes) -> None:
    """UTF-8 with or without a mark, and UTF-16, give the same object."""
    path = tmp_path / "a.json"
    path.write_bytes(raw)
    assert read_object(path).values == {"a": 1}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ('{"a": 1,}', "is not valid JSON (line 1)"),
        ("// note\n{}", "is not valid JSON (line 1)"),
        ("", "is not valid JSON"),
        ("[1]", "holds a list"),
        ("null", "holds a NoneType"),
        ('{"a":' * (MAX_DEPTH + 1) + "1" + "}" * (MAX_DEPTH + 1), "deep"),
        ("[" * 100_000, "deep"),
        ('{"a": ' + "9" * 5000 + "}", "is not valid JSON"),
    ],
)
def test_anything_else_is_one_warning(tmp_path: Path, raw: str, why: str) -> None:
    """Broken, deep and other JSON is refused whole, in one line that says why."""
    path = tmp_path / "a.json"
    path.write_text(raw)
    file = read_object(path)
    assert file.values is None
    assert why in file.warning
    assert "\n" not in file.warning


def test_a_fifo_a_folder_and_a_dead_link_are_warnings(tmp_path: Path) -> None:
    """What cannot be read is said, and nothing waits for it."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dead").symlink_to("nowhere")
    for name in ("fifo", "folder", "dead"):
        file = read_object(tmp_path / name)
        assert file.values is None
        assert name in file.warning


def test_values_stay_out_of_what_is_printed(tmp_path: Path) -> None:
    """The representation of a file that was read shows no value: it may be a secret."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"token": "s3cret"}))
    assert "s3cret" not in repr(read_object(path))


def test_odd_values_become_empty_ones() -> None:
    """What is no object is an empty one, and a list keeps only its texts."""
    assert mapping([1]) == {}
    assert strings(["a", 1, None]) == ["a"]
    assert strings("a") == ["a"]
    assert strings({"a": 1}) == []
