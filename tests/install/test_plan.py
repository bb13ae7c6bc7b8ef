"""Facts about plans: made by reading only, and shown before anything happens."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.change import Edit, Put
from hive_integration.install.journal import perform
from hive_integration.install.merge import Want
from hive_integration.install.place import Place, place_of
from hive_integration.install.plan import planned, strangers, undone
from tests.install.tree import put, snapshot

SETTINGS = ".claude/settings.local.json"
WANTS = [Want(("env", "HIVE_STATE"), "/state", source="o")]
CHANGES = [
    Put("hive-integration/configs/a.toml", b"a = 1\n", why="the switch"),
    Edit(SETTINGS, WANTS, "the plugin is on"),
]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    put(tmp_path / "target", {SETTINGS: '{"env": {"API_KEY": "sk-secret", "A": "1"}}'})
    return place_of(tmp_path / "target", tmp_path / "data")


def test_a_plan_changes_nothing(place: Place) -> None:
    """Neither in the target nor where it would be remembered."""
    before = snapshot(place.root.parent)
    plan = planned(place, CHANGES, {"kind": "project"})
    assert not plan.empty
    assert plan.diff()
    assert undone(place).empty
    assert snapshot(place.root.parent) == before


def test_the_diff_is_unified_and_shows_no_credential(place: Place) -> None:
    """Each file with its reason; a value under a telling name is left out, changed or not."""
    text = planned(place, [*CHANGES, Put("b.bin", b"\0\xff")]).diff()
    assert "# the switch\n--- /dev/null\n+++ b/hive-integration/configs/a.toml\n@@ -0,0 +1 @@\n+a = 1\n" in text
    assert f"# the plugin is on\n--- a/{SETTINGS}\n+++ b/{SETTINGS}\n" in text
    assert '+{"env": {"API_KEY": "…", "A": "1", "HIVE_STATE": "/state"}}\n\\ No newline at end of file\n' in text
    assert "Binary file b.bin is new\n" in text
    assert "sk-secret" not in text


def test_a_second_plan_is_empty(place: Place) -> None:
    """Unless the installer has something new to remember."""
    perform(place, planned(place, CHANGES, {"kind": "project"}))
    assert planned(place, CHANGES, {"kind": "project"}).empty
    assert planned(place, CHANGES).empty
    assert not planned(place, CHANGES, {"kind": "hive"}).empty
    assert planned(place, []).empty


def test_several_edits_of_one_file_are_one(place: Place) -> None:
    """Two whole files of one path are a mistake of the caller's."""
    (step,) = planned(place, [Edit(SETTINGS, WANTS), Edit(SETTINGS, [Want(("on",), True)])]).steps
    assert step.will is not None
    assert b'"on"' in step.will.data
    assert b"HIVE_STATE" in step.will.data
    with pytest.raises(ValueError, match="two changes"):
        planned(place, [Put("a", b"1"), Put("a", b"2")])


@pytest.mark.parametrize(
    ("files", "match"),
    [
        ({SETTINGS: "{ not json"}, "is not JSON"),
        ({"hive-integration/configs/a.toml": "theirs"}, "not ours"),
        ({"hive-integration/configs": "a file"}, "not a directory|is a file"),
        ({"hive-integration": "a file"}, "not a directory|is a file"),
    ],
)
def test_what_is_in_the_way_is_refused_before_anything_is_written(
    place: Place, files: dict[str, str], match: str
) -> None:
    """Settings that do not parse, and files of somebody else's."""
    put(place.root, files)
    before = snapshot(place.root.parent)
    with pytest.raises(HiveError, match=match):
        planned(place, CHANGES)
    assert snapshot(place.root.parent) == before


def test_a_link_that_leads_out_is_refused(place: Place, tmp_path: Path) -> None:
    """Where it leads is said, for settings as for folders."""
    (tmp_path / "dotfiles").mkdir()
    os.replace(place.root / SETTINGS, tmp_path / "dotfiles" / "settings.json")
    (place.root / SETTINGS).symlink_to(tmp_path / "dotfiles" / "settings.json")
    with pytest.raises(HiveError, match="dotfiles"):
        planned(place, CHANGES)
    (place.root / "hive-integration").symlink_to(tmp_path / "dotfiles")
    with pytest.raises(HiveError, match="leads out"):
        planned(place, CHANGES[:1])


def test_a_link_that_stays_inside_stays_a_link(place: Place) -> None:
    """The file behind it changes, and changes back."""
    os.replace(place.root / SETTINGS, place.root / "shared.json")
    (place.root / SETTINGS).symlink_to("../shared.json")
    before = snapshot(place.root)
    perform(place, planned(place, CHANGES))
    assert (place.root / SETTINGS).is_symlink()
    assert "HIVE_STATE" in (place.root / "shared.json").read_text()
    perform(place, undone(place))
    assert snapshot(place.root) == before


def test_an_uninstallation_can_be_of_some_paths_only(place: Place) -> None:
    """As a patch is reverted; the rest stays installed."""
    put(place.root, {"agent.js": "old"})
    patch = Put("agent.js", b"new", before=hashlib.sha256(b"old").hexdigest())
    perform(place, planned(place, [*CHANGES, patch]))
    perform(place, undone(place, ["agent.js"]))
    assert (place.root / "agent.js").read_text() == "old"
    assert planned(place, CHANGES).empty
    assert undone(place, ["agent.js"]).empty


def test_what_is_not_ours_in_our_folders_is_told(place: Place) -> None:
    """It stays, and so does the folder."""
    perform(place, planned(place, CHANGES))
    put(place.root, {"hive-integration/models/mine.toml": "x"})
    plan = undone(place)
    assert plan.past is not None
    assert list(strangers(place, plan.past)) == ["hive-integration/models"]
    assert plan.kept == ("hive-integration/models is not ours and stays",)
    perform(place, plan)
    assert (place.root / "hive-integration/models/mine.toml").exists()
    assert not (place.root / "hive-integration/configs").exists()
