"""Facts about agents, skills and programs."""

from __future__ import annotations

import random

import pytest

from hive_integration.dataset.offline.delegate import SAID, shot_of_choice
from hive_integration.dataset.values.scene import scene_of
from hive_integration.units.check import Check, CheckKind
from tests.dataset.offline.stages import BOOK, made


@pytest.mark.parametrize(
    ("argument", "chosen"), [("subagent_type", "weeder"), ("skill", "compost:turn"), ("command", "shed count --all")]
)
def test_the_choice_is_not_said_by_the_user(argument: str, chosen: str) -> None:
    """It is what is learned; the user says what is needed."""
    behaviour = next(each for each in BOOK.behaviours.values() if any(c.argument == argument for c in each.checks))
    for example in made(behaviour, 60):
        asked = next(message.text for message in example.messages if message.role == "user")
        assert chosen not in asked
        assert any(call.arguments[argument] == chosen for message in example.messages for call in message.calls)
    assert argument in SAID


def test_an_unknown_tool_gives_nothing() -> None:
    """What the book does not specify is not called."""
    check = Check(CheckKind.ARGUMENT, ("Helper",), "subagent_type", "^x$")
    assert shot_of_choice(BOOK, check, "Give x this: dig.", random.Random(1), scene_of(random.Random(1))) is None
