"""Facts about slips of the fingers."""

from __future__ import annotations

import random

from hive_integration.dataset.offline.noise import with_typos


def test_what_is_copied_is_never_mistyped() -> None:
    """What stands in marks, holds digits or separators, or is named: not one letter changes."""
    text = 'please store `retry policy` under key=agentName in src/app.py for supermajority and "quorum here" of node42'
    for seed in range(60):
        made = with_typos(text, random.Random(seed), {"supermajority"}, share=0.9)
        for kept in ("`retry policy`", "key=agentName", "src/app.py", "supermajority", '"quorum here"', "node42"):
            assert kept in made


def test_words_are_mistyped() -> None:
    """Some of them, and the same ones for the same numbers."""
    text = "could somebody please look through the whole garden tomorrow morning"
    made = with_typos(text, random.Random(3), share=0.5)
    assert made != text
    assert made == with_typos(text, random.Random(3), share=0.5)
    assert len(made.split()) == len(text.split())
