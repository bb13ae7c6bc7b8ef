"""Facts about how arguments are said."""

from __future__ import annotations

import json
import random

import pytest

from hive_integration.dataset.values.draw import Argument, Wish, drawn
from hive_integration.dataset.values.node import as_said
from hive_integration.dataset.values.say import AND, joined, said
from hive_integration.dataset.values.scene import scene_of
from tests.dataset.books import TOOLS


@pytest.mark.parametrize("language", AND)
def test_every_value_stands_in_what_is_said(language: str) -> None:
    """Word for word, in every language and raw, but for switches, which are on or off."""
    for name, (_, schema) in TOOLS.items():
        for seed in range(15):
            rng = random.Random(f"{name}{seed}")
            found = drawn(schema, rng, scene_of(rng), Wish(1.0))
            assert found is not None
            for part in found.parts:
                text = said(part, rng, language, raw=seed % 5 == 0)
                if isinstance(part.value, list) and all(isinstance(each, str) for each in part.value):
                    assert all(each in text for each in part.value)
                elif not isinstance(part.value, bool):
                    assert as_said(part.value) in text


def test_edges_keep_their_marks() -> None:
    """Backticks, quotation marks, line ends and nothing at all are said so that one sees where they end."""
    for value in ("a `b`", 'say "x"', "two\nlines", "", "ünï 日本"):
        text = said(Argument("note", value, "text"), random.Random(2))
        assert value in text
        assert text != value
    assert json.dumps({"a": 1}) in said(Argument("options", {"a": 1}, "object"), random.Random(1))


def test_several_are_joined_as_the_language_does() -> None:
    """With its own word before the last."""
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert joined(["a", "b"], "de") == "a und b"
    assert joined(["a", "b"], "ja") == "a、b"
    assert joined([]) == ""
