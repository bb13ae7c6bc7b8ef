"""Facts about scenes: made-up projects whose parts fit together."""

from __future__ import annotations

import random

from hive_integration.dataset.values.scene import scene_of, slug


def test_the_same_numbers_give_the_same_scene() -> None:
    """A scene follows from its random numbers alone."""
    assert scene_of(random.Random(3)) == scene_of(random.Random(3))
    assert scene_of(random.Random(3)) != scene_of(random.Random(4))


def test_its_files_are_of_its_language() -> None:
    """The file lies in the folder, and names its module; the test names it, too."""
    for seed in range(40):
        scene = scene_of(random.Random(seed))
        assert scene.file.startswith(f"{scene.directory}/")
        assert scene.module in scene.file
        assert scene.module in scene.test


def test_slots_are_filled_and_braces_stay_out_of_the_way() -> None:
    """A text without slots stays as it is."""
    scene = scene_of(random.Random(1))
    assert scene.fill("the {thing} in {file}") == f"the {scene.thing} in {scene.file}"
    assert scene.fill("plain") == "plain"
    assert slug("Card token: retries!") == "card-token-retries"
