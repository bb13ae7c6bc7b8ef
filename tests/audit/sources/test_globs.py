"""Path patterns."""

from __future__ import annotations

import time

import pytest

from hive_integration.audit.sources.globs import matches


@pytest.mark.parametrize(
    ("path", "pattern", "covered"),
    [
        ("/a/b/CLAUDE.md", "**/CLAUDE.md", True),
        ("/a/.claude/CLAUDE.md", "**/.claude/**", True),
        ("/a/b/c.md", "/a/b/**", True),
        ("/a/b/c.md", "CLAUDE.md", False),
        ("/a/b/c.md", "b/**", False),
        ("/a/b/c.md", "/a/*", False),
        ("/a/b/c.md", "/*/*/c.md", True),
        ("/a/b/c.md", "**/{b,x}/{c,d}.md", True),
        ("/a/b/c.md", "**/{x,y}.md", False),
        ("/a/b/c.md", "**/b/**/c.md", True),
        ("/a/b/c.md", "**/?.md", True),
        ("/a/b/c.md", "", False),
    ],
)
def test_patterns_cover_whole_paths(path: str, pattern: str, covered: bool) -> None:
    """`**` spans folders, `*` does not, and a relative pattern never covers an absolute path."""
    assert matches(path, pattern) is covered


@pytest.mark.parametrize("pattern", ["**/" * 300 + "z", "*a" * 400, "{a,b}" * 100, "{" * 900, "[" * 900])
def test_no_pattern_takes_long(pattern: str) -> None:
    """Patterns made to hurt are decided at once."""
    begin = time.perf_counter()
    assert not matches("/" + "a/" * 200 + "a" * 200, pattern)
    assert time.perf_counter() - begin < 2
