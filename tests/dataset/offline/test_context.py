"""Facts about what developers paste."""

from __future__ import annotations

import random

from hive_integration.dataset.offline.context import context
from hive_integration.dataset.values.scene import scene_of


def test_pasted_pieces_are_of_the_scene() -> None:
    """Code, logs, diffs, lists and notes; nothing is left open, and fences are closed."""
    texts = []
    for seed in range(120):
        rng = random.Random(seed)
        scene = scene_of(rng)
        text = context(rng, scene)
        assert scene.area in text or scene.thing in text or scene.module in text or scene.symbol in text
        assert text.count("```") % 2 == 0
        assert "{thing}" not in text
        texts.append(text)
    assert sum("```diff" in text for text in texts) > 5
    assert len(set(texts)) == len(texts)
