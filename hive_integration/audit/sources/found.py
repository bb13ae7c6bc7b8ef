"""What a search through files found, and how a file is named in a report."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_integration.audit.setup import Setup
from hive_integration.units import KnowledgeUnit


@dataclass(frozen=True, slots=True)
class Found:
    """Units, and what was odd on the way."""

    units: Sequence[KnowledgeUnit] = ()
    warnings: Sequence[str] = ()


def source_of(setup: Setup, path: Path, *, line: int = 1) -> str:
    """`path:line`, relative to the project where it lies inside, `~/…` where it lies in the home folder."""
    for base, prefix in ((setup.project, ""), (setup.world.home, "~/")):
        if path.is_relative_to(base):
            return f"{prefix}{legible(path.relative_to(base))}:{line}"
    return f"{legible(path)}:{line}"


def legible(path: Path | str) -> str:
    """A path or name as text that can be encoded: bytes that are not UTF-8, and half characters, become U+FFFD."""
    return os.fsencode(_HALF.sub("\ufffd", str(path))).decode("utf-8", errors="replace")


_HALF = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Lone surrogates, which JSON can hold, except those by which Python writes a path's odd bytes."""
