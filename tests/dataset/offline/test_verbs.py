"""Facts about verbs and concepts."""

from __future__ import annotations

import pytest

from hive_integration.dataset.offline.verbs import BY_NAME, CONCEPTS, PHRASAL, SYNONYMS, base_form, gerund


@pytest.mark.parametrize(
    ("act", "doing"),
    [
        ("store the note", "storing the note"),
        ("get it", "getting it"),
        ("run", "running"),
        ("tie it", "tying it"),
        ("see the list", "seeing the list"),
        ("clean up the bed", "cleaning up the bed"),
        ("set up a bed", "setting up a bed"),
    ],
)
def test_gerunds_are_spelled_right(act: str, doing: str) -> None:
    """Of regular verbs and of those that double a letter."""
    assert gerund(act) == doing


def test_every_word_of_a_name_means_one_concept() -> None:
    """And each concept has verbs to ask with and a word for when it is done."""
    assert set(BY_NAME.values()) <= set(CONCEPTS)
    assert all(concept.verbs and concept.done for concept in CONCEPTS.values())
    assert base_form("Creates") == "create"
    assert base_form("Searches") == "search"
    assert base_form("Zebra") == "zebra"


def test_no_verb_is_its_own_synonym() -> None:
    """Synonyms are other words."""
    assert all(verb not in others for verb, others in SYNONYMS.items())
    assert all(" " in spoken or len(spoken) > 2 for spoken in PHRASAL.values())
