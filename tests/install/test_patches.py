"""Facts about patches on a target: states, changes, and that they come and go by the common transaction."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.journal import perform
from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_places import target_root
from hive_integration.install.patch_series import read_series
from hive_integration.install.patches import changes, chosen, look, state_of
from hive_integration.install.place import place_of
from hive_integration.install.plan import planned, undone

from .patch_folder import DIFF, NEW, OLD, PATCH, hashes, install, make_series


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    """git as it is, and a node that parses everything."""
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\nexit 0\n")
    node.chmod(0o755)
    return Tools(Tools.on({"PATH": os.environ["PATH"]}).git, str(node))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with both packages and a copy."""
    root = target_root(tmp_path) / "project"
    install(root / "node_modules", "toy", "2.0.0", packages__cli__dist__main_js=OLD)
    package = install(root / "node_modules", "@toy/cli", "1.0.0", dist__main_js=OLD + b"// changed\n")
    (package / "dist" / "main.js").chmod(0o755)
    (root / "copied").mkdir()
    (root / "copied" / "main.js").write_bytes(OLD)
    return root


def test_a_target_is_seen_file_by_file(root: Path, tools: Tools, tmp_path: Path) -> None:
    """Each with its program; the patch as a whole is what most asks for attention."""
    series = read_series(make_series(tmp_path / "patches"))
    seen = look(series, root, tools)
    assert [(sight.verdict.state, sight.program) for sight in seen] == [
        ("drifted", "@toy/cli 1.0.0"),
        ("appliable", "toy 2.0.0"),
        ("appliable", "a copy, as in toy 2.0.0 and 2 more releases"),
    ]
    assert state_of(series[0], seen) == "drifted"


def test_a_target_without_the_package_is_absent(tools: Tools, tmp_path: Path) -> None:
    """One sight that says what was looked for."""
    [sight] = look(read_series(make_series(tmp_path / "patches")), tmp_path, tools)
    assert (sight.verdict.state, sight.path, sight.program) == ("absent", "", "")
    assert sight.verdict.detail == "no @toy/cli or toy in node_modules"


def test_only_what_was_tested_is_changed_and_returns_byte_for_byte(root: Path, tools: Tools, tmp_path: Path) -> None:
    """By plan, journal and ledger; a second time there is nothing to do, and in the end nothing is remembered."""
    series = read_series(make_series(tmp_path / "patches"))
    place = place_of(root, tmp_path / "data")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    plan = planned(place, changes(look(series, root, tools), root, tools))
    assert "+  return 'new';" in plan.diff()
    assert {path: path.read_bytes() for path in before} == before
    assert list(perform(place, plan)) == []
    package = root / "node_modules/toy/packages/cli/dist/main.js"
    assert package.read_bytes() == (root / "copied" / "main.js").read_bytes() == NEW
    again = look(series, root, tools)
    assert sorted(sight.verdict.state for sight in again) == ["applied", "applied", "drifted"]
    assert changes(again, root, tools) == []
    perform(place, undone(place, [sight.path for sight in again if sight.path]))
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert not place.folder.exists()


def test_what_the_user_changed_since_stays(root: Path, tools: Tools, tmp_path: Path) -> None:
    """A revert says so; a package that was installed anew can be patched anew."""
    series = read_series(make_series(tmp_path / "patches"))
    place = place_of(root, tmp_path / "data")
    perform(place, planned(place, changes(look(series, root, tools), root, tools)))
    (root / "copied" / "main.js").write_bytes(NEW + b"// mine\n")
    package = root / "node_modules/toy/packages/cli/dist/main.js"
    package.write_bytes(OLD)
    perform(place, planned(place, changes(look(series, root, tools), root, tools)))
    assert package.read_bytes() == NEW
    plan = undone(place, ["copied/main.js", "node_modules/toy/packages/cli/dist/main.js"])
    assert plan.kept == ("copied/main.js was changed since and stays as it is",)
    perform(place, plan)
    assert package.read_bytes() == OLD
    assert (root / "copied" / "main.js").read_bytes() == NEW + b"// mine\n"


def test_a_file_keeps_its_mode(root: Path, tools: Tools, tmp_path: Path) -> None:
    """A program that may be executed may be executed afterwards."""
    (root / "copied" / "main.js").chmod(0o755)
    puts = changes(look(read_series(make_series(tmp_path / "patches")), root, tools), root, tools)
    assert {put.path: put.mode for put in puts}["copied/main.js"] == 0o755


def test_a_result_that_was_not_tested_is_refused(root: Path, tools: Tools, tmp_path: Path) -> None:
    """The hash afterwards counts as much as the one before; so does a diff that does not apply."""
    for number, (text, diff) in enumerate(
        [(PATCH + hashes(after=OLD + b"x"), DIFF), (PATCH + hashes(), DIFF.replace(b"'old'", b"'odd'"))]
    ):
        series = read_series(make_series(tmp_path / f"patches{number}", text, diff))
        with pytest.raises(HiveError, match="does not become what was tested"):
            changes(look(series, root, tools), root, tools)


def test_a_link_that_leads_out_is_left_alone(root: Path, tools: Tools, tmp_path: Path) -> None:
    """It is told as drifted, with where it leads."""
    (tmp_path / "outside.js").write_bytes(OLD)
    inside = root / "node_modules/toy/packages/cli/dist/main.js"
    inside.unlink()
    inside.symlink_to(tmp_path / "outside.js")
    seen = look(read_series(make_series(tmp_path / "patches")), root, tools)
    sight = next(sight for sight in seen if "toy/packages" in sight.path)
    assert sight.verdict.state == "drifted"
    assert "outside of the target" in sight.verdict.detail


def test_patches_are_chosen_by_name(tmp_path: Path) -> None:
    """None named: all. An unknown name is refused with those that there are."""
    series = read_series(make_series(tmp_path / "patches"))
    assert chosen(series, []) == chosen(series, ["better-word"]) == series
    with pytest.raises(HiveError, match="no patch 'worse'") as caught:
        chosen(series, ["worse"])
    assert caught.value.hint == "known: better-word"
