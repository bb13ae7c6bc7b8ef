"""Facts about texts that match a pattern."""

from __future__ import annotations

import random
import re

import pytest

from hive_integration.dataset.values.pattern import matching


@pytest.mark.parametrize(
    "pattern",
    ["^[a-z]{3}-[0-9]{2}$", r"^(?:red|green)$", r"^\d{4}-\d{2}$", "^v?[0-9]+(\\.[0-9]+)*$", "[^a-z]x",
    r"^/?code\-review$", "abc",
     r"^\w+@\w+\.com$", "^.{3,5}$", "^#?[0-9A-Fa-f]{6}$"],
)  # fmt: skip
def test_the_common_patterns_are_met(pattern: str) -> None:
    """Classes, groups, alternatives, counts, anchors."""
    for seed in range(20):
        text = matching(pattern, random.Random(seed))
        assert text is not None
        assert re.search(pattern, text)


@pytest.mark.parametrize("pattern", ["(?=a)b", r"\p{L}", "(", "a{500}", r"(a)\1", "x" * 600, "^(?!no)", "[b-"])
def test_what_is_not_read_gives_nothing(pattern: str) -> None:
    """Neither an error nor a wrong text."""
    text = matching(pattern, random.Random(1))
    assert text is None or re.search(pattern, text)
