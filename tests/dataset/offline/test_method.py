"""Facts about methods."""

from __future__ import annotations

from hive_integration.dataset.gates.behaviour import names_of
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.dialogue import calls_of, spoken
from tests.dataset.books import LIST, PLANT
from tests.dataset.offline.stages import BOOK, made

METHODS = [each for each in BOOK.behaviours.values() if each.kind is BehaviourKind.METHOD]


def test_steps_are_shown_in_their_order_and_never_named() -> None:
    """Neither the user nor the assistant says the method's name or acronym."""
    behaviour = next(each for each in METHODS if each.subject == "SPADE")
    assert names_of(behaviour.subject, behaviour.steps) == ("SPADE",)
    for example in made(behaviour, 120):
        said = spoken(example.messages).lower()
        places = [said.index(step.lower()) for step in behaviour.steps]
        assert places == sorted(places)
        assert all("spade" not in message.text.lower() for message in example.messages)


def test_tools_are_called_one_after_the_other() -> None:
    """The first call of each, whatever else happens."""
    behaviour = next(each for each in METHODS if each.subject == PLANT)
    for example in made(behaviour, 60):
        names = [call.name for call in calls_of(example.messages)]
        assert names.index(LIST) < names.index(PLANT)
