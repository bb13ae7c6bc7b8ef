"""Facts about the list of overlays."""

from __future__ import annotations

import json

from hive_integration.cli.overlays import overlays
from hive_integration.install.overlays import load_overlays


def test_every_overlay_says_what_it_does_and_what_is_lost() -> None:
    """But the one that every installation has."""
    text = overlays("text")
    known = load_overlays()
    for name, overlay in known.items():
        if name != "base":
            assert overlay.summary in text
            assert f"lost: {overlay.lost}" in text
    assert "base" not in text.splitlines()


def test_what_was_measured_stands_beside_it() -> None:
    """With the version and the project that it was measured with; for machines as numbers."""
    shown = json.loads(overlays("json"))
    assert shown["schema"] == "hive-ctx/overlays/1"
    assert {each["id"] for each in shown["overlays"]} == set(load_overlays()) - {"base"}
    for each in shown["overlays"]:
        for saved in each["saved"]:
            assert f"saves {saved['direct']:,} of {saved['direct_before']:,} tokens" in overlays("text")


def test_an_argument_and_its_default_are_shown() -> None:
    """As it would be typed."""
    argument = load_overlays()["skill-budget"].argument
    assert argument is not None
    assert f"skill-budget={argument.default}\n" in overlays("text")
    assert f"argument: {argument.means}" in overlays("text")
