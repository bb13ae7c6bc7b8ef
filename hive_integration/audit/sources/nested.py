"""Instructions in a project's subfolders: the client reads them when it works there, so they wait. Reads folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hive_integration.audit.sources.frontmatter import parse
from hive_integration.audit.sources.walk import Walker

MAX_ENTRIES = 100_000
"""The search stops here, with a warning: an audit is not a walk through a disk."""
_NAMES = ("CLAUDE.md", "CLAUDE.local.md")
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "vendor", "target", "dist", "build", "site-packages"})


def nested(project: Path, home: Path, walker: Walker) -> Iterator[tuple[Path, str]]:
    """(path, content) of each instruction file below `project`, links not followed. Nothing for the home folder."""
    if home.is_relative_to(project):
        return
    pending, count = [project], 0
    while pending:
        folder = pending.pop()
        entries = sorted(walker.entries(folder), key=lambda entry: entry.name)
        count += len(entries)
        if count > MAX_ENTRIES:
            walker.warnings.append(
                f"{project}: more than {MAX_ENTRIES:,} files; CLAUDE.md files of some were not looked for"
            )
            return
        if folder != project:
            yield from _instructions(folder, walker)
        pending += [Path(entry.path) for entry in reversed(entries) if _is_worth_entering(entry)]


def _instructions(folder: Path, walker: Walker) -> Iterator[tuple[Path, str]]:
    for path in (*(folder / name for name in _NAMES), folder / ".claude" / "CLAUDE.md"):
        text = walker.read(path) if is_there(path) and walker.fresh(path) else None
        if text:
            yield path, parse(text.text).body.strip()


def _is_worth_entering(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in _SKIPPED
    except OSError:
        return False


def is_there(path: Path) -> bool:
    """Whether something can be read there; a FIFO or a device counts, so that reading it gives its warning."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False
