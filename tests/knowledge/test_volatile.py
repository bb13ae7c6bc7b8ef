"""Facts about what changes from day to day."""

from __future__ import annotations

import pytest

from hive_integration.knowledge.volatile import KINDS, share, volatile_in


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("The notes are in /home/ada/notes.", "a path of this machine"),
        ("See C:\\Users\\ada\\x", "a path of this machine"),
        ("Today's date is 2026-11-25.", "a date"),
        ("Released on March 3, 2026", "a date"),
        ("Node 22.11.0 or later", "a version"),
        ("session 5f2c9d1e-aaaa-4bbb-8ccc-123456789abc", "an id"),
        ("digest 0123456789abcdef0123", "an id"),
        ("Use claude-sonnet-5 for it", "a model's id"),
        ("gitStatus: clean", "state of the repository"),
    ],
)
def test_what_changes_is_named(text: str, what: str) -> None:
    """Each kind by an example."""
    assert volatile_in(text) == what
    assert what in KINDS


@pytest.mark.parametrize(
    "text",
    ["Run `npm test`.", "Wait 3.5 seconds.", "src/app/main.py holds it", "/home/user/x", "~/.claude/CLAUDE.md",
     "Use HTTP/1.1", "a decade of facade", "Phase 1.2"],
)  # fmt: skip
def test_what_stays_is_not(text: str) -> None:
    """Relative paths, plain numbers, words, examples of paths."""
    assert volatile_in(text) == ""


def test_the_share_of_lines() -> None:
    """Which part of the lines holds something volatile, and what it is most."""
    assert share(["v1.2.3", "on 2026-01-02", "on 2026-01-03", "words"]) == (0.75, "a date")
    assert share([]) == (0.0, "")
