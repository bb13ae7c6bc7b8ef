"""Facts about `hive-ctx patches` as a user meets it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hive_integration.cli.main import main
from tests.install.patch_folder import DIFF, NEW, OLD, PATCH, hashes, install, make_series

FILE = "node_modules/toy/packages/cli/dist/main.js"


@pytest.fixture(autouse=True)
def _series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A series of one patch, and a node that parses everything."""
    folder = make_series(tmp_path / "patches")
    monkeypatch.setattr("hive_integration.install.patch_series.shipped", lambda: folder)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "node").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "bin" / "node").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    install(tmp_path / "project" / "node_modules", "toy", "2.0.0", packages__cli__dist__main_js=OLD)
    return tmp_path / "project"


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["patches", *map(str, args)])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_the_list_says_what_each_patch_is_for(capsys) -> None:
    """Purpose, packages, range, what makes it unnecessary, and its test."""
    code, out, err = run(capsys, "list")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "better-word  (@toy/cli and toy, >=1.0.0 <3)",
        "  main says new.",
        "  unnecessary: main says better by itself.",
        "  test: python -m pytest",
    ]
    [patch] = json.loads(run(capsys, "list", "--format", "json")[1])["patches"]
    assert patch["id"] == "better-word"
    assert patch["versions"] == [">=1.0.0 <3"]


def test_check_says_what_each_file_is(project: Path, capsys) -> None:
    """And changes nothing."""
    code, out, err = run(capsys, "check", project)
    assert (code, err) == (0, "")
    assert out == f"better-word: appliable\n  appliable  {FILE}  (toy 2.0.0)\n"
    report = json.loads(run(capsys, "check", project, "better-word", "--format", "json")[1])
    assert report == {
        "schema": "hive-ctx/patches/1",
        "target": str(project),
        "patches": [
            {"id": "better-word", "purpose": "main says new.", "state": "appliable", "files": [
                {"path": FILE, "state": "appliable", "detail": "", "package": "toy", "version": "2.0.0"}]}
        ],
    }  # fmt: skip
    assert (project / FILE).read_bytes() == OLD


def test_the_working_directory_is_the_target_that_is_not_named(project: Path, capsys, monkeypatch) -> None:
    """As for the other commands."""
    monkeypatch.chdir(project)
    assert run(capsys, "check", "better-word")[1].startswith("better-word: appliable\n")


def test_a_dry_run_prints_the_plan_and_writes_nothing(project: Path, capsys) -> None:
    """A unified diff, applying and reverting."""
    code, out, _ = run(capsys, "apply", project, "--dry-run")
    assert code == 0
    assert f"--- a/{FILE}" in out
    assert "+  return 'new';" in out
    assert (project / FILE).read_bytes() == OLD
    run(capsys, "apply", project)
    assert "+  return 'old';" in run(capsys, "revert", project, "--dry-run")[1]
    assert (project / FILE).read_bytes() == NEW


def test_patches_are_applied_once_and_reverted_to_the_byte(project: Path, capsys) -> None:
    """A second time each has nothing to do and says the same."""
    for _ in range(2):
        code, out, err = run(capsys, "apply", project)
        assert (code, err) == (0, "")
        assert out.startswith("better-word: applied\n")
        assert (project / FILE).read_bytes() == NEW
    for _ in range(2):
        code, out, err = run(capsys, "revert", project)
        assert (code, err) == (0, "")
        assert out.startswith("better-word: appliable\n")
        assert (project / FILE).read_bytes() == OLD
    assert not list((Path(os.environ["HOME"]) / ".local/share/hive-ctx").rglob("ledger.json"))


def test_a_drifted_file_is_refused_with_its_reason(project: Path, capsys) -> None:
    """Nothing is written; exit 1 and one line."""
    (project / FILE).write_bytes(OLD + b"// mine\n")
    code, out, err = run(capsys, "apply", project)
    assert code == 1
    assert out.startswith("better-word: drifted\n")
    assert f"better-word: {FILE} is another one than was tested" in err
    assert (project / FILE).read_bytes() == OLD + b"// mine\n"


def test_a_target_without_the_packages_is_told_what_to_do(tmp_path: Path, capsys) -> None:
    """What was looked for, and that npx is no installation."""
    (tmp_path / "empty").mkdir()
    code, _, err = run(capsys, "apply", tmp_path / "empty")
    assert code == 1
    assert "has nothing to patch: no @toy/cli or toy in node_modules" in err
    assert "npm install" in err


def test_a_patch_that_came_with_the_file_is_not_ours_to_revert(project: Path, capsys) -> None:
    """It was applied from elsewhere: it stays, and that is said."""
    (project / FILE).write_bytes(NEW)
    code, out, err = run(capsys, "revert", project)
    assert (code, out[:21]) == (0, "better-word: applied\n")
    assert "was not patched from here and stays" in err


def test_the_patch_of_another_hive_ctx_is_reverted_before_the_new_one(project: Path, tmp_path: Path, capsys) -> None:
    """It is not patched over: the original comes back first, from the ledger."""
    run(capsys, "apply", project)
    newer = NEW.replace(b"'new'", b"'newer'")
    (tmp_path / "patches/better-word/patch.toml").write_text(PATCH + hashes(OLD, newer))
    (tmp_path / "patches/better-word/main.diff").write_bytes(DIFF.replace(b"'new'", b"'newer'"))
    code, _, err = run(capsys, "apply", project)
    assert code == 1
    assert "it holds the patch of another hive-ctx: revert it" in err
    assert run(capsys, "revert", project)[1].startswith("better-word: appliable\n")
    assert run(capsys, "apply", project)[1].startswith("better-word: applied\n")
    assert (project / FILE).read_bytes() == newer
    run(capsys, "revert", project)
    assert (project / FILE).read_bytes() == OLD


def test_a_cache_of_npx_is_refused(tmp_path: Path, capsys) -> None:
    """Before anything is looked at."""
    cache = tmp_path / "_npx" / "0abc"
    install(cache / "node_modules", "toy", "2.0.0", packages__cli__dist__main_js=OLD)
    code, _, err = run(capsys, "apply", cache)
    assert code == 1
    assert "a cache of npx's" in err


def test_a_word_that_is_neither_patch_nor_folder_is_wrong_usage(project: Path, capsys) -> None:
    """With the patches that there are."""
    code, _, err = run(capsys, "apply", project, "worse-word")
    assert code == 2
    assert "'worse-word' is no patch" in err
    assert "better-word" in err
    assert run(capsys, "apply", "worse-word")[0] == 2


def test_versions_need_a_network_or_a_cache(capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without npm there is one clear line; with what was fetched before there is the table, and a word about it."""
    monkeypatch.setenv("PATH", "/nonexistent")
    code, out, err = run(capsys, "check", "--versions")
    assert (code, out) == (1, "")
    assert "no program npm" in err
    for package in ("@toy+cli", "toy"):
        folder = Path(os.environ["HIVE_CACHE_DIR"]) / "patches" / package
        (folder / "2.0.0").mkdir(parents=True)
        (folder / "versions.json").write_text('{"versions": ["1.0.0", "2.0.0"]}')
        asked = ["dist/main.js", "packages/cli/dist/main.js"]
        (folder / "2.0.0" / "release.json").write_text(json.dumps({"asked": asked, "files": {}}))
    code, out, err = run(capsys, "check", "--versions", "3", "--format", "json")
    assert code == 0
    assert "npm does not answer: toy in the 1 releases that were fetched before" in err
    rows = json.loads(out)["rows"]
    assert [(row["package"], row["version"], row["patches"]["better-word"]["state"]) for row in rows] == [
        ("@toy/cli", "2.0.0", "absent"),
        ("toy", "2.0.0", "absent"),
    ]
    assert run(capsys, "check", "--versions")[1].splitlines()[1].split() == ["@toy/cli", "2.0.0", "absent"]
