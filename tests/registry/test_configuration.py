"""Facts about yes and no, and which card serves a profile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hive_integration.errors import HiveError
from hive_integration.registry.cards import Card
from hive_integration.registry.configuration import Configuration, Listen, Switch, truth

CARDS = {name: Card(name, "openai-chat", "http://127.0.0.1:1/v1") for name in ("claude", "tuned")}
CONFIGURATION = Configuration("0" * 12, Switch(), Listen(), CARDS)


@pytest.mark.parametrize("word", ["1", "true", "yes", "on", "TRUE", "On", " yes "])
def test_these_words_say_yes(word: str) -> None:
    """Whatever their case."""
    assert truth(word)


@pytest.mark.parametrize("word", ["0", "false", "no", "off", "", "OFF", "  "])
def test_these_words_say_no(word: str) -> None:
    """A variable that is set to nothing says no, too."""
    assert not truth(word)


@pytest.mark.parametrize("word", ["2", "maybe", "finetuned", "y", "truе", "x" * 1000])
def test_anything_else_is_refused_by_name(word: str) -> None:
    """Never guessed: the error names the variable or header and what it takes."""
    with pytest.raises(HiveError, match=r"x-hive.*expected 1, true, yes or on") as caught:
        truth(word, "x-hive")
    assert len(str(caught.value)) < 200


def test_each_profile_has_its_card() -> None:
    """There may be no fine-tuned model yet."""
    assert CONFIGURATION.card("full") is CARDS["claude"]
    assert CONFIGURATION.card("finetuned") is None
    assert replace(CONFIGURATION, switch=Switch(finetuned="tuned")).card("finetuned") is CARDS["tuned"]
