"""Facts about the other languages."""

from __future__ import annotations

import string

import pytest

from hive_integration.dataset.offline.languages import LANGUAGES
from hive_integration.dataset.offline.verbs import CONCEPTS
from hive_integration.dataset.values.say import AND


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_complete(code: str) -> None:
    """A verb for every concept, and every moment of a conversation, with the slots that it needs."""
    language = LANGUAGES[code]
    assert set(language.verbs) == set(CONCEPTS)
    assert code in AND
    assert all({"do", "a"} <= _slots(text) <= {"do", "a", "project"} for text in language.asks)
    assert all(_slots(text) == {"facts"} for text in language.done)
    assert all(_slots(text) == {"error"} for text in language.failed)
    assert all(_slots(text) == {"label"} for text in language.question)
    assert all("value" in _slots(text) for text in (*language.again, *language.change, *language.given))
    assert _slots(language.order) == {"obj", "verb"}
