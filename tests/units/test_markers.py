"""Facts about the table of markers."""

from __future__ import annotations

import re

from hive_integration.units.markers import ANY_MARKER, MARKERS, REMINDER


def test_every_marker_is_found_by_the_joined_pattern() -> None:
    """The joined pattern has one group a row, and numbered groups inside rows do not disturb it."""
    assert all(f"m{i}" in ANY_MARKER.groupindex for i in range(len(MARKERS)))


def test_no_marker_matches_ordinary_markdown() -> None:
    """Headings and lists that people write are not taken for the client's sections."""
    text = "# Rules\n\n## Contents\n- item: thing\n# Environment\nWe use nix.\nToday we ship.\n"
    assert ANY_MARKER.search(text) is None


def test_names_are_filled_from_the_patterns_group() -> None:
    """A row whose name holds a placeholder has a group to fill it."""
    for marker in MARKERS:
        groups = re.compile(marker.pattern).groups
        assert groups >= marker.name.count("{0}")


def test_tags_are_stripped_with_their_line_ends() -> None:
    """A reminder's tags vanish without leaving blank lines behind."""
    assert REMINDER.sub("", "<system-reminder>\nx\n</system-reminder>\n\n") == "x"
