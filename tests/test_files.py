"""Facts about reading what strangers wrote and writing whole files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.files import atomic_write, bundled, read_text


def test_a_text_is_read_without_a_warning(tmp_path: Path) -> None:
    """Plain UTF-8, with or without a byte order mark."""
    for prefix in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "a").write_bytes(prefix + "ä\n".encode())
        text = read_text(tmp_path / "a")
        assert (text.text, text.warning, text.readable) == ("ä\n", "", True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le-bom"])
def test_utf16_is_read_and_said(tmp_path: Path, encoding: str) -> None:
    """Windows editors leave it behind; it is read, with a warning."""
    raw = "hällo".encode("utf-16") if encoding == "utf-16" else b"\xff\xfe" + "hällo".encode("utf-16-le")
    (tmp_path / "a").write_bytes(raw)
    text = read_text(tmp_path / "a")
    assert text.text == "hällo"
    assert "UTF-16" in text.warning


def test_odd_bytes_are_replaced_and_said(tmp_path: Path) -> None:
    """The first bad byte's place is named."""
    (tmp_path / "a").write_bytes(b"ok \xff ok")
    text = read_text(tmp_path / "a")
    assert text.text == "ok \ufffd ok"
    assert "at byte 3" in text.warning


def test_a_large_file_is_skipped_with_its_size(tmp_path: Path) -> None:
    """Over the limit nothing is read."""
    (tmp_path / "a").write_bytes(b"x" * 101)
    text = read_text(tmp_path / "a", limit=100)
    assert not text.readable
    assert "over the limit" in text.warning


@pytest.mark.timeout(5)
def test_a_fifo_a_folder_and_nothing_do_not_hang_or_raise(tmp_path: Path) -> None:
    """What is no regular file is skipped with a warning."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, tmp_path / "missing"):
        text = read_text(path)
        assert not text.readable
        assert str(path) in text.warning


def test_a_symlink_loop_is_a_warning(tmp_path: Path) -> None:
    """The system's own limit ends it."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "cannot be read" in read_text(tmp_path / "a").warning


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """No content raises, and a clean text comes back whole."""
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(raw)
    text = read_text(path)
    assert text.readable
    if not text.warning:
        assert text.text.encode() == raw.removeprefix(b"\xef\xbb\xbf")


def test_a_write_replaces_the_whole_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """Old content is gone, the mode is as asked, no temporary file stays."""
    atomic_write(tmp_path / "a", "old, and longer")
    atomic_write(tmp_path / "a", "new", mode=0o600)
    assert (tmp_path / "a").read_text() == "new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["a"]


def test_a_write_that_cannot_be_is_one_line_with_a_hint(tmp_path: Path) -> None:
    """A file where a folder must be: the error says so, and the old bytes stay."""
    (tmp_path / "a").write_text("file")
    with pytest.raises(HiveError, match="cannot write") as caught:
        atomic_write(tmp_path / "a" / "b", "x")
    assert caught.value.hint
    assert (tmp_path / "a").read_text() == "file"


def test_bundled_data_is_found_in_a_checkout() -> None:
    """The tables that the audit needs are there."""
    assert bundled("prices.toml").is_file()
    assert bundled("clients.json").is_file()
    assert bundled("claude.toml", "models").is_file()
