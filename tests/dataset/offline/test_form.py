"""Facts about forms of answers."""

from __future__ import annotations

import pytest

from hive_integration.dataset.offline.form import FORMS
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import FORMATS
from tests.dataset.offline.stages import BOOK, made, stage_for


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_made(form: str) -> None:
    """The check knows each answer, and nobody asks for the form by name."""
    behaviour = next(each for each in BOOK.behaviours.values() if each.statement == f"Answers are {form}.")
    for example in made(behaviour, 60):
        asked = "\n".join(message.text for message in example.messages if message.role == "user").lower()
        assert form == "code" or form not in asked
    for variant in range(60):
        assert FORMATS[form](FORMS[form](stage_for(BehaviourKind.FORMAT, variant=variant)))
