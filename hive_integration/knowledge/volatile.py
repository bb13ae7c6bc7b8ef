"""Facts that are other ones tomorrow, elsewhere or for somebody else: paths, versions, dates, ids. Pure; a table.

What weights hold stays until the next training, so such facts stay in the prompt (`docs/reference/units.md`, "Routes").
"""

from __future__ import annotations

import re

KINDS: dict[str, re.Pattern[str]] = {
    "a path of this machine": re.compile(
        r"(?<![\w.~$}])(?:/(?:home|Users|root|workspaces?|private/var|var/folders)/(?!user/|you/|me/|username)[\w.@-]+"
        r"|[A-Za-z]:\\Users\\\w+|/tmp/[\w.@-]+/[\w.@-]+/[\w.@/-]+)"
    ),
    "a date": re.compile(
        r"\b(?:19|20)\d\d-\d\d-\d\d\b|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov"
        r"|Dec)[a-z]{0,6}\.? \d{1,2}, (?:19|20)\d\d"
    ),
    "a version": re.compile(r"(?<![\w.])v?\d{1,4}\.\d{1,4}\.\d{1,6}(?:-[\w.]{1,30})?(?![\w.]*\.\d)"),
    "an id": re.compile(
        r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
        r"|\b(?=[0-9a-f]{0,15}\d)(?=\d{0,15}[a-f])[0-9a-f]{16,128}\b"
    ),
    "a model's id": re.compile(r"\b(?:claude-(?:[a-z]+-)?\d[\w.-]*|gpt-\d[\w.-]*|gemini-\d[\w.-]*|o\d-(?:mini|pro))"),
    "state of the repository": re.compile(
        r"^(?:gitStatus|Current branch|Recent commits|Main branch|Status):|\bcommit [0-9a-f]{7,40}\b", re.MULTILINE
    ),
}
"""What is volatile, by name."""
PATH = "a path of this machine"


def volatile_in(text: str) -> str:
    """The first kind of volatile fact that a text holds; empty for none."""
    return next((what for what, pattern in KINDS.items() if pattern.search(text)), "")


def share(lines: list[str]) -> tuple[float, str]:
    """The share of lines with a volatile fact, and the kind that is met most."""
    found = [what for line in lines if (what := volatile_in(line))]
    return (len(found) / len(lines), max(sorted(set(found)), key=found.count)) if found else (0.0, "")
