"""Facts about reading the series, and about the one that is shipped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hive_integration.errors import HiveError
from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_series import read_series, shipped
from hive_integration.install.patch_states import judged

from .patch_folder import NEW, OLD, PATCH, digest, hashes, make_series


def test_a_series_is_read_in_its_order(tmp_path: Path) -> None:
    """A folder a line; comments and blank lines are none."""
    [patch] = read_series(make_series(tmp_path / "patches"))
    [form] = patch.forms
    assert (patch.id, patch.packages) == ("better-word", ["@toy/cli", "toy"])
    assert patch.carried == ["better-word/patch.toml", "better-word/main.diff"]
    before, after = form.before(digest(OLD)), form.after(digest(NEW))
    assert before
    assert before == after
    assert str(before) == "toy 2.0.0 and 2 more releases"
    assert form.before(digest(NEW)) is None


@pytest.mark.parametrize(
    ("version", "covered"),
    [("1.0.0", True), ("2.9.9", True), ("3.0.0", False), ("0.9.12", False), ("1.0.0-alpha.3", False), ("1.10.0", True)],
)
def test_a_range_is_read_as_semver(tmp_path: Path, version: str, covered: bool) -> None:
    """Numbers are numbers, and a pre-release comes before its release."""
    [patch] = read_series(make_series(tmp_path / "patches"))
    assert patch.forms[0].covers(version) is covered


def test_pre_releases_are_ordered_among_themselves(tmp_path: Path) -> None:
    """By number where they have one; words come behind numbers."""
    text = PATCH.replace(">=1.0.0 <3", ">=1.0.0-alpha.9 <2.0.0-0") + hashes()
    [patch] = read_series(make_series(tmp_path / "patches", text))
    versions = ["1.0.0-alpha.8", "1.0.0-alpha.10", "1.0.0-beta", "2.0.0-alpha.1", "2.0.0-0"]
    assert [patch.forms[0].covers(version) for version in versions] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "better-word"', 'id = "other"', "its id is 'other'"),
        ('id = "better-word"\n', "", "'id' is missing"),
        ('"dist/main.js"', '"../main.js"', "no path inside"),
        ('"dist/main.js"', '"/main.js"', "no path inside"),
        ("@toy/cli", "@anthropic-ai/claude-code", "@anthropic-ai/claude-code is never patched"),
        ('".cjs"', '".sh"', "expected '.mjs' or '.cjs'"),
        (">=1.0.0 <3", "any", "expected such as"),
        ('upstream = "better"', 'upstream = "("', "missing )"),
        (digest(OLD), "abc", "no sha256"),
        ("main.diff", "none.diff", "cannot be read"),
        ("[[form]]", "[[form", "patch.toml"),
    ],
)
def test_a_bad_patch_is_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    """The message says which file and what is wrong; the client is no package to patch."""
    folder = make_series(tmp_path / "patches", (PATCH + hashes()).replace(old, new))
    with pytest.raises(HiveError, match=re.escape(said)) as caught:
        read_series(folder)
    assert "better-word" in str(caught.value)


def test_a_missing_series_says_so(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(HiveError, match="series: cannot be read") as caught:
        read_series(tmp_path)
    assert "install it anew" in caught.value.hint


def test_each_shipped_patch_says_all_that_it_must() -> None:
    """Three patches, each tried with at least eight releases, and each diff of our comments, in short lines."""
    series = read_series(shipped())
    assert [patch.id for patch in series] == ["agent-execute-base-url", "hive-mind-compact-prompt", "quiet-hooks"]
    for patch in series:
        assert patch.purpose.endswith(".")
        assert patch.unnecessary.endswith(".")
        assert "tests/e2e/test_patches.py" in patch.test
        releases = [each for form in patch.forms for tested in form.tested for each in tested.releases.values()]
        assert sum(map(len, releases)) >= 8
        for form in patch.forms:
            assert b"// hive-ctx: " in form.diff
            assert max(map(len, form.diff.decode().splitlines())) <= 140


def test_no_tested_content_is_another_s_result() -> None:
    """What is appliable is not applied: the hashes before and after never meet."""
    for patch in read_series(shipped()):
        before = {tested.before for form in patch.forms for tested in form.tested}
        assert not before & {tested.after for form in patch.forms for tested in form.tested}


def test_every_tested_release_lies_in_the_range_of_its_form() -> None:
    """So that the range says what the hashes say."""
    for patch in read_series(shipped()):
        for form in patch.forms:
            versions = [each for tested in form.tested for of in tested.releases.values() for each in of]
            assert all(map(form.covers, versions))


def test_the_conditions_know_a_program_that_does_it_itself() -> None:
    """What would make each patch unnecessary is recognised as such, without git."""
    fixed = {
        "agent-execute-base-url": "const url = process.env.ANTHROPIC_BASE_URL || 'https://api.anthropic.com';",
        "hive-mind-compact-prompt": "function generateHiveMindPrompt() { return listMCPTools().join(); }",
        "quiet-hooks": "if (process.env.RUFLO_HOOKS_QUIET) return;",
    }
    for patch in read_series(shipped()):
        verdict = judged(patch.forms[-1], fixed[patch.id].encode(), "3.99.0", Tools(None, None))
        assert verdict.state == "upstream", patch.id
