"""Statistics of a few examples, some of whose names are a stranger's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hive_integration.dataset.statistics import Statistics, statistics
from tests.dataset.folders import good, write
from tests.dataset.gates.made import BOOK

EVIL = "<script>alert('x')</script>"


def sample(folder: Path, *, hostile: bool = False, known: bool = True) -> Statistics:
    """Twenty examples; hostile: with a family, a language and a tool that are markup."""
    examples = [good(i) for i in range(20)]
    if hostile:
        examples[0] = replace(examples[0], family=f"{EVIL}.1", language=EVIL, teacher=EVIL, licence=EVIL)
    return statistics(write(folder, examples, [good(90, "sealed.1")]), BOOK if known else None)
