"""Facts about the words that values are made of."""

from __future__ import annotations

import string

from hive_integration.dataset.values import words


def test_every_slot_is_one_of_a_scene() -> None:
    """What chores, notes, queries, reasons and commands leave open, a scene fills."""
    known = {"area", "thing", "aspect", "symptom", "file", "module", "other", "symbol", "person", "n", "test", "dir",
             "project", "slug"}  # fmt: skip
    texts = (*words.CHORES, *words.NOTES, *words.QUERIES, *words.REASONS, *words.COMMANDS, *words.SELECTORS)
    for text in texts:
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= known


def test_there_are_enough_things_and_aspects() -> None:
    """Together they give thousands of subjects, so that examples differ."""
    assert len(words.SUBJECTS) * len(words.ASPECTS) > 5000
    assert all(len(symptom.split()) <= 4 for symptom in words.SYMPTOMS)
