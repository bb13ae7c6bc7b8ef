"""Facts about diversity: copies are near, other words are distinct, and a sample is enough."""

from __future__ import annotations

import random

from hive_integration.dataset.diversity import NEAREST, SAMPLE, diversity


def test_copies_are_as_near_as_can_be() -> None:
    """One text again and again has few distinct runs, and its nearest is itself."""
    found = diversity(["please look at the file now"] * 50)
    assert found.distinct == [0.02, 0.02, 0.02]
    assert (found.nearest_mean, found.nearest_p95) == (1.0, 1.0)


def test_other_words_are_distinct_and_far() -> None:
    """Texts that share nothing."""
    found = diversity([f"{c * 5} {c * 6} {c * 7}" for c in "abcdefghij"])
    assert found.distinct == [1.0, 1.0, 1.0]
    assert found.nearest_mean == 0.0


def test_case_counts_for_nothing_and_scripts_without_spaces_have_words() -> None:
    """A character is a word there."""
    assert diversity(["Look at IT", "look AT it"]).nearest_mean == 1.0
    assert diversity(["日本語", "日本人"]).distinct[0] == round(4 / 6, 4)


def test_no_text_and_one_text_are_no_error() -> None:
    """There is no nearest then."""
    assert diversity([]).distinct == [0.0, 0.0, 0.0]
    assert diversity(["one"]).nearest_mean == 0.0


def test_a_large_set_is_measured_by_a_sample() -> None:
    """So it takes no longer, and is what the same texts in a smaller set are."""
    rng = random.Random(1)
    words = [f"w{i}" for i in range(300)]
    texts = [" ".join(rng.choices(words, k=8)) for _ in range(20_000)]
    few, many = diversity(texts[:SAMPLE]), diversity(texts)
    assert many.texts == 20_000
    assert NEAREST < SAMPLE < many.texts
    assert all(abs(a - b) < 0.02 for a, b in zip(few.distinct, many.distinct, strict=True))
    assert abs(few.nearest_mean - many.nearest_mean) < 0.02
