"""Facts about conversations around calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hive_integration.dataset.example import Example
from hive_integration.dataset.offline.calls import play
from hive_integration.dataset.offline.shot import shot_of
from hive_integration.dataset.values.draw import Wish
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.dialogue import calls_of
from tests.dataset.books import LIST, PLANT
from tests.dataset.offline.stages import BOOK, made, stage_for

OF_TOOLS = [each for each in BOOK.behaviours.values() if each.kind in (BehaviourKind.TOOL, BehaviourKind.RECOVERY)
            and each.subject.startswith("mcp__")]  # fmt: skip


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield value


def _unheard(example: Example) -> Iterator[str]:
    """Values of arguments that nobody has said before they are used."""
    heard = ""
    for message in example.messages:
        for call in message.calls:
            for leaf in _leaves(call.arguments):
                text = leaf if isinstance(leaf, str) else json.dumps(leaf)
                if (
                    not isinstance(leaf, bool)
                    and text not in heard
                    and json.dumps(text, ensure_ascii=False)[1:-1] not in heard
                ):
                    yield text
        if message.role in {"user", "tool"}:
            heard += message.text + "\n"


@pytest.mark.parametrize("behaviour", OF_TOOLS, ids=lambda each: each.statement[:50])
def test_nothing_is_called_with_what_was_not_said(behaviour: Any) -> None:
    """Every text and number of every call stands in an earlier message of the user or of a tool."""
    for example in made(behaviour, 90):
        assert list(_unheard(example)) == []


def test_complexity_shows() -> None:
    """Simple ones are one request; complex ones are longer, on the whole."""
    behaviour = next(each for each in OF_TOOLS if each.subject == PLANT)
    lengths: dict[str, list[int]] = {}
    for example in made(behaviour, 180):
        lengths.setdefault(example.complexity, []).append(len(example.messages))
    means = [sum(lengths[each]) / len(lengths[each]) for each in ("simple", "moderate", "complex")]
    assert means == sorted(means)
    assert means[2] > means[0] + 3


def test_an_error_case_has_an_error() -> None:
    """And one without has none: the calls say so."""
    stage = stage_for(BehaviourKind.TOOL, f"Call {PLANT}", error=True)
    shot = shot_of(BOOK, PLANT, stage.rng, stage.scene, Wish(0.2))
    assert shot is not None
    play(stage, shot)
    assert stage.rejected
    assert calls_of(stage.talk.messages)


def test_what_is_forbidden_is_not_asked_on_the_way() -> None:
    """Not even where it would tell what the call needs."""
    behaviour = next(
        each for each in BOOK.behaviours.values() if each.statement == "Use note_search instead of bed_list."
    )
    for example in made(behaviour, 120):
        assert LIST not in {call.name for call in calls_of(example.messages)}
