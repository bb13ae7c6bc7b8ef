"""Facts about the two folders that are ever written to, and who may write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.place import Place, locked, place_of


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "target").mkdir()
    return place_of(tmp_path / "target", tmp_path / "data")


def test_a_place_is_the_same_however_its_path_is_written(place: Place, tmp_path: Path) -> None:
    """A link to a target is the target."""
    (tmp_path / "link").symlink_to(place.root)
    assert place_of(tmp_path / "link", tmp_path / "data") == place
    assert place.folder.parent == tmp_path / "data" / "installs"


@pytest.mark.parametrize("path", ["", ".", "..", "../a", "a/../../b", "/etc/passwd", "a//b", "a/./b", "a/", "a\0b"])
def test_a_path_that_is_not_plainly_inside_is_refused(place: Place, path: str) -> None:
    """Whatever it would lead to."""
    with pytest.raises(HiveError):
        place.file(path)


def test_a_link_that_leads_out_is_refused_and_its_end_is_named(place: Place, tmp_path: Path) -> None:
    """A folder on the way as well as the file itself, and one that leads nowhere yet."""
    outside = tmp_path / "dotfiles"
    outside.mkdir()
    (place.root / "folder").symlink_to(outside)
    (place.root / "settings.json").symlink_to(outside / "settings.json")
    (place.root / "up").symlink_to("..")
    for path in ("folder/a", "folder", "settings.json", "up/x", "up/target/../data"):
        with pytest.raises(HiveError) as refused:
            place.file(path)
        assert "leads out" in str(refused.value) or ".." in path
    with pytest.raises(HiveError, match="dotfiles"):
        place.file("settings.json")


def test_a_link_that_stays_inside_is_followed(place: Place) -> None:
    """The file behind it is the one that changes; a link is never replaced by a file."""
    (place.root / "real").mkdir()
    (place.root / "link").symlink_to("real")
    assert place.file("link/a") == place.root / "real" / "a"


def test_a_second_one_waits_and_then_says_so(place: Place) -> None:
    """One line, and the first is not disturbed."""
    with locked(place), pytest.raises(HiveError, match="another hive-ctx"), locked(place, patience=0.05):
        pass
    with locked(place):
        assert place.folder.stat().st_mode & 0o777 == 0o700


def test_who_dies_lets_go(place: Place) -> None:
    """A killed process holds nothing."""
    code = (
        "import os, sys; from pathlib import Path; from hive_integration.install.place import Place, locked\n"
        "with locked(Place(Path(sys.argv[1]), Path(sys.argv[2]))): os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, place.root, place.folder], check=False)
    assert done.returncode == -9
    with locked(place, patience=0):
        pass


def test_a_lock_that_was_taken_away_is_none(place: Place) -> None:
    """After an uninstallation removed the folder, the next one locks a new file."""
    with locked(place):
        (place.folder / "lock").unlink()
        place.folder.rmdir()
        with locked(place, patience=0):
            assert (place.folder / "lock").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "data").mkdir(mode=0o500)
    with pytest.raises(HiveError, match="cannot write"), locked(Place(tmp_path, tmp_path / "data" / "x")):
        pass
