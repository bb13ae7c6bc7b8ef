"""Which profile serves a request."""

from __future__ import annotations

import pytest

from hive_integration.errors import HiveError
from hive_integration.gateway.choice import Choice, choose
from hive_integration.registry.configuration import Configuration, Listen, Switch


def configuration(default: str) -> Configuration:
    return Configuration("v", Switch(default=default), Listen(), {})  # type: ignore[arg-type]


@pytest.mark.parametrize("yes", ["1", "true", "YES", " on "])
@pytest.mark.parametrize("no", ["0", "false", "No", "off", ""])
def test_the_first_that_speaks_wins(yes: str, no: str) -> None:
    """Header, variable, file; an empty word is a no, not silence."""
    full, tuned = configuration("full"), configuration("finetuned")
    assert choose(full, yes, no) == Choice("finetuned", "header")
    assert choose(tuned, no, yes) == Choice("full", "header")
    assert choose(full, None, yes) == Choice("finetuned", "environment")
    assert choose(tuned, None, no) == Choice("full", "environment")
    assert choose(tuned, None, None) == Choice("finetuned", "file")
    assert choose(full, None, None) == Choice("full", "file")


@pytest.mark.parametrize("word", ["2", "maybe", "truee", "-1", "none"])
def test_nonsense_is_refused_by_its_name(word: str) -> None:
    """It names header or variable, whichever said it."""
    with pytest.raises(HiveError, match=f"x-hive-use-finetuned is '{word}'"):
        choose(configuration("full"), word, "1")
    with pytest.raises(HiveError, match=f"USE_FINETUNED is '{word}'"):
        choose(configuration("full"), None, word)
