"""Facts about the texts that are made for each kind."""

from __future__ import annotations

import random

from hive_integration.dataset.values.kinds import KINDS
from hive_integration.dataset.values.scene import scene_of
from hive_integration.dataset.values.texts import MAKERS, text_for


def test_every_kind_of_text_has_its_maker() -> None:
    """Each gives a text that is not empty, without open slots, and the same one for the same numbers."""
    for kind in KINDS:
        for seed in range(25):
            scene = scene_of(random.Random(seed))
            text = text_for(kind, random.Random(seed), scene, "someKey")
            assert text.strip()
            assert "{thing}" not in text
            assert text == text_for(kind, random.Random(seed), scene, "someKey")
    assert set(MAKERS) <= {*KINDS}


def test_secrets_are_plainly_none() -> None:
    """What stands in a secret's place says that it is an example."""
    assert "example" in text_for("secret", random.Random(1), scene_of(random.Random(1)), "apiToken")


def test_addresses_are_those_that_are_kept_for_examples() -> None:
    """RFC 2606 and loopback: nobody's."""
    for seed in range(60):
        url = text_for("url", random.Random(seed), scene_of(random.Random(seed)), "url")
        assert "example." in url or "localhost" in url
        assert text_for("email", random.Random(seed), scene_of(random.Random(seed)), "mail").endswith("@example.com")
