"""Facts about the templates of requests."""

from __future__ import annotations

import string

from hive_integration.dataset.offline.templates import ASIDES, ENGLISH, WHYS

SCENE = {
    "area",
    "thing",
    "aspect",
    "symptom",
    "file",
    "module",
    "other",
    "symbol",
    "person",
    "n",
    "test",
    "dir",
    "project",
}


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_template_asks_for_the_act_and_has_one_place_for_arguments() -> None:
    """Nothing is lost, nothing is said twice."""
    for templates in ENGLISH.values():
        assert len(set(templates)) == len(templates) >= 15
        for template in templates:
            slots = _slots(template)
            assert len(slots & {"act", "Act", "do", "doing"}) == 1
            assert len(slots & set("wcpsl")) == 1
            assert slots <= {"act", "Act", "do", "doing", "why", *"wcpsl"} | SCENE


def test_reasons_and_asides_hold_few_words_that_all_share() -> None:
    """Between two slots at most six words stand: fewer than what counts as a leak."""
    for text in (*WHYS, *ASIDES):
        assert _slots(text) <= SCENE
        assert all(len(piece.split()) <= 6 for piece, _, _, _ in string.Formatter().parse(text))
