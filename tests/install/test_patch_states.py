"""Facts about what a file is to a patch."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_series import Form, read_series
from hive_integration.install.patch_states import judged, summed

from .patch_folder import NEW, OLD, make_series

TOOLS = Tools.on({"PATH": os.environ["PATH"]})
OTHER = OLD + b"// more\n"


@pytest.fixture
def form(tmp_path: Path) -> Form:
    return read_series(make_series(tmp_path / "patches"))[0].forms[0]


def test_hashes_decide_first(form: Form) -> None:
    """What was tested is appliable, what came of it applied; whatever version it says it is."""
    assert judged(form, OLD, "9.9.9", TOOLS).state == "appliable"
    assert judged(form, NEW, None, TOOLS).state == "applied"
    assert judged(form, OLD, None, TOOLS).releases == "toy 2.0.0 and 2 more releases"


def test_no_file_is_absent(form: Form) -> None:
    """In range or not."""
    assert judged(form, None, "1.0.0", TOOLS).state == "absent"


def test_a_program_that_does_it_itself_needs_no_patch(form: Form) -> None:
    """The condition in patch.toml tells."""
    assert judged(form, b"function main() { return 'better'; }\n", "2.5.0", TOOLS).state == "upstream"


@pytest.mark.parametrize(
    ("data", "version", "why"),
    [
        (OTHER, "3.0.0", "version 3.0.0 is outside >=1.0.0 <3"),
        (OTHER, "2.0.0", "the diff would apply, but what comes of it was never checked"),
        (OTHER, None, "the diff would apply"),
        (b"something else\n", "2.0.0", "the diff does not apply"),
        (NEW + b"// and better\n", "2.0.0", "another hive-ctx"),
    ],
)
def test_any_other_file_has_drifted_and_why_is_said(form: Form, data: bytes, version: str | None, why: str) -> None:
    """It is never patched: not even where the diff would apply."""
    verdict = judged(form, data, version, TOOLS)
    assert verdict.state == "drifted"
    assert why in verdict.detail


def test_without_git_a_drifted_file_is_still_told(form: Form) -> None:
    """Only whether the diff would apply is not known."""
    assert "unknown: there is no git" in judged(form, OTHER, "2.0.0", Tools(None, None)).detail


def test_a_patch_of_several_files_is_what_most_asks_for_attention() -> None:
    """Drifted before appliable before applied; absent only where all are."""
    assert summed(["applied", "drifted", "appliable"]) == "drifted"
    assert summed(["applied", "appliable", "absent"]) == "appliable"
    assert summed(["upstream", "applied", "absent"]) == "applied"
    assert summed(["absent", "upstream"]) == "upstream"
    assert summed([]) == "absent"
