"""Facts about who speaks how."""

from __future__ import annotations

import random

import pytest

from hive_integration.dataset.offline.languages import LANGUAGES
from hive_integration.dataset.offline.purpose import purpose_of
from hive_integration.dataset.offline.results import Fact, Result
from hive_integration.dataset.offline.voice import Voice
from hive_integration.dataset.values.draw import Argument
from hive_integration.dataset.values.scene import scene_of


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_moment_has_its_words(language: str) -> None:
    """In each language with the values in them."""
    rng = random.Random(5)
    voice = Voice(language, rng, scene_of(rng))
    purpose, part = purpose_of("soil_status", "Get the soil status."), Argument("bedId", "bed-9", "id")
    assert "dry" in voice.after(purpose, Result("", [Fact("status", "dry")]))
    assert "no bed" in voice.report(purpose, "no bed")
    assert "bed-9" in voice.given(part)
    assert "bed-9" in voice.change(part)
    assert "bed id" in voice.question(part).lower()
    assert isinstance(voice.before(purpose) + voice.again("busy") + voice.mend(part), str)
    assert voice.after(purpose, Result("", []))
