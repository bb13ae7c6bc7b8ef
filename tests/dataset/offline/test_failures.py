"""Facts about failing calls and their cure."""

from __future__ import annotations

import random

from hive_integration.dataset.offline.failures import failure_of, told_wrongly, written
from hive_integration.dataset.offline.purpose import purpose_of
from hive_integration.dataset.values.draw import Wish, drawn
from hive_integration.dataset.values.scene import scene_of
from hive_integration.wire.valid import problems
from tests.dataset.books import TOOLS


def test_what_is_tried_instead_stands_in_the_error() -> None:
    """And is valid for the schema: nothing is guessed."""
    mended = 0
    for name, (_, schema) in TOOLS.items():
        for seed in range(60):
            rng = random.Random(f"{name}{seed}")
            scene = scene_of(rng)
            found = drawn(schema, rng, scene, Wish(0.6))
            assert found is not None
            failure = failure_of(found, schema, rng, scene)
            if failure.mended:
                mended += 1
                assert str(failure.mended.value) in failure.text
                assert failure.mended.value != found.arguments[failure.mended.key]
                assert not problems({**found.arguments, failure.mended.key: failure.mended.value}, schema)
            assert (failure.cure == "mend") is (failure.mended is not None)
    assert mended > 50


def test_a_cure_can_be_asked_for() -> None:
    """One that passes by itself, or none at all."""
    rng = random.Random(1)
    scene = scene_of(rng)
    found = drawn({}, rng, scene)
    assert found is not None
    assert failure_of(found, {}, rng, scene, "again").cure == "again"
    assert failure_of(found, {}, rng, scene, "none").cure == "none"
    assert failure_of(found, {}, rng, scene, "mend").mended is None


def test_errors_are_written_in_several_ways() -> None:
    """All of them hold what is wrong."""
    texts = {written("bed not found", random.Random(seed)) for seed in range(80)}
    assert len(texts) >= 6
    assert all("bed not found" in text for text in texts)
    assert "soil" in told_wrongly(purpose_of("soil_status", ""), random.Random(1))
