"""The estimate for Pythons without ctok, and its error bound."""

from __future__ import annotations

import time
from importlib.metadata import distribution
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.tokens import calibrated
from hive_integration.tokens.calibrated import FEATURES, CalibratedCounter, calibration

SKILL = """---
name: release-notes
description: Use when the user asks for release notes or a changelog. Reads merged pull requests since the last tag.
---

# Release notes

1. Run `git describe --tags --abbrev=0` and list what was merged since then.
2. Group by **Added**, **Changed**, **Fixed** and **Removed**; leave out chores and CI.
3. One line each, in the imperative, with the number of the pull request: `Add retry to uploads (#123)`.

> Never invent a change. When a description is empty, read the diff, and say so if it is still unclear.

| Section | Emoji | Example |
|---------|-------|---------|
| Added   | ✨    | Support OAuth2 device flow |
| Fixed   | 🐛    | Don't drop WebSocket frames over 64 KiB |
"""


def test_the_table_fits_the_features() -> None:
    """There is one weight a feature, none below zero, and every bound is above the median."""
    table = calibration()
    assert tuple(table["features"]) == FEATURES
    for fit in table["families"].values():
        assert len(fit["weights"]) == len(FEATURES)
        assert min(fit["weights"]) >= 0
        assert 0 < fit["median"] < fit["p95"] <= fit["max"]
        assert fit["held_out"] > 500


@pytest.mark.parametrize("name", ["claude-3", "claude-4.7", "claude-4.8"])
def test_held_out_text_is_within_the_bound(name: str) -> None:
    """On text that no calibration has seen, packages' own files and a skill written here, the stated error holds."""
    pytest.importorskip("ctok", reason="ctok needs Python 3.12")
    from hive_integration.tokens.claude import ClaudeCounter

    texts = [SKILL, *_package_files("click"), *_package_files("structlog")]
    true = ClaudeCounter(name).count(texts)
    estimates = CalibratedCounter(name).count(texts)
    errors = sorted(abs(estimate / count - 1) for estimate, count in zip(estimates, true, strict=True))
    fit = calibrated._fit(name)
    assert len(texts) > 20
    assert median(errors) < fit["p95"]
    assert errors[-1] < fit["max"]


def _package_files(name: str) -> list[str]:
    """A package's sources between 0.5 and 12 KB."""
    found = [Path(str(path.locate())) for path in distribution(name).files or [] if path.suffix == ".py"]
    texts = [path.read_text("utf-8") for path in found]
    return [text for text in texts if 500 < len(text) < 12_000]


def test_nothing_is_nothing_and_something_is_something() -> None:
    """An empty text has no tokens; any other at least one; more text never fewer."""
    counter = CalibratedCounter("claude-4.8")
    assert counter.count(["", " ", "a", SKILL]) == sorted(counter.count(["", " ", "a", SKILL]))
    assert counter.count([""]) == [0]
    assert counter.count([" "])[0] >= 1


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=80), cut=st.integers(1, 79))
def test_any_text_can_be_estimated_and_split(text: str, cut: int) -> None:
    """No text raises, and pieces add up to the whole."""
    counter = CalibratedCounter("claude-3")
    assert sum(counter.split(text, [cut] if cut < len(text) else [])) == counter.count([text])[0]


@pytest.mark.parametrize("unit", ["a", " ", "A", "a.", "\n"])
def test_repeated_text_costs_linear_time(unit: str) -> None:
    """A megabyte of the same is estimated in a few seconds at most."""
    begin = time.process_time()
    CalibratedCounter("claude-4.8").count([unit * ((1 << 20) // len(unit))])
    assert time.process_time() - begin < 5


def test_the_note_carries_the_measured_error() -> None:
    """The note states median, 95 % and largest error and the date; the counter is not exact."""
    counter = CalibratedCounter("claude-4.8")
    fit = calibrated._fit("claude-4.8")
    assert not counter.exact
    assert f"{fit['median']:.1%} in the median" in counter.note
    assert calibration()["date"] in counter.note
    assert calibration()["date"] in counter.version
