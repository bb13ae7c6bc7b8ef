"""Facts about questions that need no tool."""

from __future__ import annotations

import random
import re

from hive_integration.dataset.offline.questions import FACTS, question
from hive_integration.dataset.values.scene import scene_of


def test_facts_are_short() -> None:
    """So that no two examples share a long run of words."""
    assert all(len(asked.split()) <= 6 and len(answer.split()) <= 11 for asked, answer in FACTS)


def test_computed_answers_are_right() -> None:
    """Hexadecimal numbers, sizes and counts agree with Python."""
    seen = 0
    for seed in range(600):
        rng = random.Random(seed)
        made = question(rng, scene_of(rng))
        if match := re.fullmatch(r"write (\d+) in hex", made.act):
            assert hex(int(match[1])) in made.answer
            seen += 1
        elif match := re.fullmatch(r"convert (\d+) KiB to bytes", made.act):
            assert str(int(match[1]) * 1024) in made.answer
            seen += 1
        elif match := re.fullmatch(r"count how often `range\((\d+), (\d+), (\d+)\)` yields", made.act):
            assert made.answer.startswith(f"{len(range(*map(int, match.groups())))} times")
            seen += 1
    assert seen > 40
