"""Facts about reading configuration files: stamps, versions, limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry.reading import Reading, stamp


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    """Other content, another file under the name, none."""
    file = tmp_path / "a"
    seen = [stamp(file)]
    file.write_text("one")
    seen.append(stamp(file))
    file.write_text("three")
    seen.append(stamp(file))
    (tmp_path / "b").write_text("three")
    os.replace(tmp_path / "b", file)
    seen.append(stamp(file))
    assert seen[0] is None
    assert len(set(seen)) == 4


def test_a_folders_stamp_is_its_cards(tmp_path: Path) -> None:
    """What editors leave beside them is none of its business."""
    (tmp_path / "a.toml").write_text("")
    before = stamp(tmp_path)
    for name in (".a.toml.swp", ".#a.toml", "a.toml~", "4913", "README.md", ".b.toml"):
        (tmp_path / name).write_text("")
    assert stamp(tmp_path) == before
    (tmp_path / "b.toml").write_text("")
    assert stamp(tmp_path) != before
    assert Reading().cards(tmp_path) == [tmp_path / "a.toml", tmp_path / "b.toml"]


def test_what_was_looked_for_in_vain_is_remembered(tmp_path: Path) -> None:
    """It may come, and then the load must be done again."""
    reading = Reading()
    assert not reading.exists(tmp_path / "a")
    assert reading.first("b", [tmp_path, tmp_path / "c"]) is None
    assert reading.cards(tmp_path / "models") == []
    with pytest.raises(HiveError, match="cannot be read"):
        reading.text(tmp_path / "d")
    names = ("a", "b", "c/b", "models", "d")
    assert reading.stamps == {tmp_path / name: None for name in names}


def test_the_version_follows_names_and_contents(tmp_path: Path) -> None:
    """Twelve hex digits, the same wherever the folder lies and in whatever order was read."""

    def version(folder: str, **files: str) -> str:
        reading = Reading()
        for name, text in files.items():
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text(text)
            reading.text(tmp_path / folder / name)
        return reading.version(tmp_path / folder)

    first = version("x", a="1", b="2")
    assert len(first) == 12
    assert int(first, 16) >= 0
    assert version("y", b="2", a="1") == first
    assert len({first, version("z", a="1", b="3"), version("v", a="1", c="2"), version("w", a="12", b="")}) == 4


@pytest.mark.timeout(5)
@pytest.mark.parametrize("kind", ["folder", "pipe", "large", "latin", "utf16"])
def test_what_is_no_configuration_text_is_refused(tmp_path: Path, kind: str) -> None:
    """Nothing hangs, and the path is named."""
    path = tmp_path / "a"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes({"large": b"x" * 101, "latin": "ä".encode("latin-1"), "utf16": "ä".encode("utf-16")}[kind])
    with pytest.raises(HiveError, match=str(path)) as caught:
        Reading().text(path, limit=100)
    assert "skipped" not in str(caught.value)


def test_a_text_may_be_tried_before_it_is_written(tmp_path: Path) -> None:
    """It is read in the file's stead, and counts for the version."""
    (tmp_path / "a").write_text("old")
    tried, written = Reading(instead={tmp_path / "a": "new"}), Reading()
    assert tried.text(tmp_path / "a") == "new"
    (tmp_path / "a").write_text("new")
    written.text(tmp_path / "a")
    assert tried.version(tmp_path) == written.version(tmp_path)
