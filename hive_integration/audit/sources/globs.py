"""Path patterns (`**/vendor/*.md`) as the client's settings write them. Pure, and linear in what strangers write."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

MAX_PATTERNS = 200
"""Of one list; further ones are not looked at."""
_MAX_PATTERN = 1000
_MAX_BRACES = 64
_BRACES = re.compile(r"\{([^{}]*)\}")


def matches(path: str, pattern: str) -> bool:
    """Whether the pattern covers the whole path. `**` spans folders, hidden ones too; `{a,b}` are alternatives."""
    if len(pattern) > _MAX_PATTERN:
        return False
    return any(_covers(path.split("/"), plain.split("/")) for plain in _alternatives(pattern))


def _alternatives(pattern: str) -> Sequence[str]:
    done: list[str] = []
    pending = [pattern]
    while pending and len(done) + len(pending) <= _MAX_BRACES:
        current = pending.pop()
        match = _BRACES.search(current)
        if match is None or "," not in match[1]:
            done.append(current)
        else:
            pending += [current[: match.start()] + part + current[match.end() :] for part in match[1].split(",")]
    return done


def _covers(names: Sequence[str], patterns: Sequence[str]) -> bool:
    """Names against patterns, one row a pattern: which beginnings of the path are covered so far."""
    reached = [True] + [False] * len(names)
    for pattern in patterns:
        if pattern == "**":
            first = reached.index(True) if True in reached else len(reached)
            reached = [index >= first for index in range(len(reached))]
        else:
            reached = [False] + [
                before and fnmatch.fnmatchcase(name, pattern) for before, name in zip(reached, names, strict=False)
            ]
    return reached[-1]
