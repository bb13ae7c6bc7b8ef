"""What must be said, and what must not: conversations in words for rules about words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hive_integration.dataset.offline.context import context
from hive_integration.dataset.offline.questions import question
from hive_integration.dataset.offline.requests import Wanted, capital
from hive_integration.dataset.offline.stage import Stage, UnmadeError
from hive_integration.dataset.offline.templates import ASIDES
from hive_integration.dataset.values.pattern import matching
from hive_integration.dataset.values.texts import chore, note
from hive_integration.units.dialogue import Message


def play_saying(stage: Stage, patterns: Sequence[str]) -> None:
    """The assistant says what the patterns ask for, in their order, around an answer of its own."""
    phrases = [_phrase(stage, line) for pattern in patterns for line in pattern.splitlines()]
    opened = "begin" in stage.behaviour.statement.lower() or "start" in stage.behaviour.statement.lower()
    for turn in range({"simple": 1, "moderate": 1, "complex": 2}[stage.task.complexity]):
        _user(stage, first=turn == 0)
        said = f"{capital(note(stage.rng, stage.scene))}."
        told = " ".join(phrases)
        stage.talk.say(f"{told} {said}" if opened or stage.rng.random() < 0.5 else f"{said} {told}")


def _phrase(stage: Stage, pattern: str) -> str:
    text = matching(pattern, stage.rng)
    if text is None:
        raise UnmadeError("no text was found that its check takes")
    return text


def play_not_saying(stage: Stage, pattern: str) -> None:
    """The assistant answers without what is forbidden, though the user tempts; the wrong way says it."""
    phrase = matching(pattern, stage.rng)
    rng, scene = stage.rng, stage.scene
    for turn in range({"simple": 1, "moderate": 1, "complex": 3}[stage.task.complexity]):
        tempts = phrase and (stage.task.complexity != "simple" or rng.random() < 0.4)
        tail = rng.choice(_TEMPTING).format(phrase=phrase) if tempts else ""
        _user(stage, first=turn == 0, tail=tail)
        stage.talk.say(question(rng, scene).answer if turn and rng.random() < 0.3 else f"{capital(note(rng, scene))}.")
    if phrase:
        stage.wrong(Message("assistant", f"{phrase} {capital(note(rng, scene))}."))


_TEMPTING = ("You may say \"{phrase}\" if you like.", "Begin with \"{phrase}\".", "Put a {phrase} in for fun.",
    "I love a good \"{phrase}\".",
             "My colleague always writes \"{phrase}\".", "(a \"{phrase}\" would be nice)")  # fmt: skip


def _user(stage: Stage, *, first: bool, tail: str = "") -> None:
    rng, scene = stage.rng, stage.scene
    if not first:
        stage.talk.user(f"{capital(chore(rng, scene))}. {tail}")
        return
    lead = context(rng, scene) if stage.task.complexity != "simple" and rng.random() < 0.6 else ""
    if not tail and stage.task.complexity == "moderate":
        tail = scene.fill(rng.choice(ASIDES))
    stage.ask(Wanted(act=chore(rng, scene)), lead=lead, tail=tail)
