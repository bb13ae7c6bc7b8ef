"""Conversations in which nothing is called: a question that words answer, though a tool tempts. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hive_integration.dataset.offline.context import context
from hive_integration.dataset.offline.purpose import Purpose
from hive_integration.dataset.offline.questions import Question, question
from hive_integration.dataset.offline.requests import Wanted, capital, own
from hive_integration.dataset.offline.results import result_of
from hive_integration.dataset.offline.shot import Shot
from hive_integration.dataset.offline.stage import Stage
from hive_integration.dataset.offline.templates import ASIDES
from hive_integration.dataset.offline.verbs import gerund
from hive_integration.units.dialogue import Call, Message

_ENOUGH = re.compile(
    r"^For (?P<what>[^\s,]+(?: [^\s,]+){0,3}),? (?:(?:the )?(?:native|plain|standard|normal|regular) )"
    r"(?P<by>[\w .+/]{2,30}?) (?:is|are)\b"
)


def play(stage: Stage, tempting: Shot | None) -> None:
    """A conversation without a call of the tempting tool, as hard as the task wants it. The wrong way calls it."""
    stage.negative = True
    rng, scene = stage.rng, stage.scene
    rows: Sequence[Callable[[Stage, Purpose | None], None]] = _ROWS[stage.task.complexity]
    rng.choice(rows)(stage, tempting.purpose if tempting else None)
    if tempting:
        call = Call(f"call_{stage.talk.stem}90", tempting.name, tempting.arguments)
        told = result_of(tempting.purpose, tempting.arguments, rng, scene)
        stage.wrong(Message("assistant", "", (call,)), Message("tool", told.text, answers=call.id),
                    Message("assistant", stage.voice.after(tempting.purpose, told)))  # fmt: skip


def _asked(stage: Stage, asked: Question, *, lead: str = "", tail: str = "") -> None:
    stage.ask(Wanted(act=asked.act), lead=lead, tail=tail)
    stage.talk.say(asked.answer)


def _simple(stage: Stage, purpose: Purpose | None) -> None:
    _asked(stage, question(stage.rng, stage.scene))


def _enough(stage: Stage, purpose: Purpose | None) -> None:
    """What the tool's own description says that it is too much for; simpler means are named."""
    match = _ENOUGH.match(stage.behaviour.statement)
    if match is None:
        return _simple(stage, purpose)
    slots = {**stage.scene.slots, "what": match["what"], "by": match["by"].strip()}
    stage.ask(Wanted(act=stage.rng.choice(_ENOUGH_ACTS).format_map(slots)))
    stage.talk.say(stage.rng.choice(_ENOUGH_SAID).format_map(slots))
    return None


_ENOUGH_ACTS = ("advise on {what}", "sort out {what}", "settle {what}", "plan {what}", "help with {what}",
    "discuss {what}",
                "clear up {what}", "scope {what}")  # fmt: skip
_ENOUGH_SAID = (
    "{by} will do; nothing heavier is needed.", "For that I'd stay with {by}.", "Plain {by} is enough for {project}.",
    "{by}, directly. Shall I do that in {project}?", "The simple way is {by}; say so and I start with `{file}`.",
    "No special tool: {by}.", "I'd use {by} and keep it at that.", "{by}, as {person} does it in {area}.",
)  # fmt: skip


def _hypothetical(stage: Stage, purpose: Purpose | None) -> None:
    """The words of the tool are there, but nothing is to be done with it."""
    if purpose is None:
        return _aside(stage, purpose)
    do = own(stage.rng.choice(purpose.acts))
    lead = stage.rng.choice(_NOT_NOW).format(
        do=do, doing=gerund(do), Doing=capital(gerund(do)), person=stage.scene.person
    )
    _asked(stage, question(stage.rng, stage.scene), lead=lead)
    return None


_NOT_NOW = (
    "No need to {do}.", "{person} will {do}.", "{Doing} comes later.", "Don't {do} now.", "No {doing} today.",
    "I can {do} myself.",
    "{Doing} is done.", "Please do not {do}.", "{person} forbids {doing}.",
)  # fmt: skip


def _aside(stage: Stage, purpose: Purpose | None) -> None:
    _asked(stage, question(stage.rng, stage.scene), tail=stage.scene.fill(stage.rng.choice(ASIDES)))


def _pasted(stage: Stage, purpose: Purpose | None) -> None:
    _asked(stage, question(stage.rng, stage.scene), lead=context(stage.rng, stage.scene))


def _turns(stage: Stage, purpose: Purpose | None) -> None:
    """Several questions; in between the tool is talked of and turned down."""
    rng = stage.rng
    rng.choice((_pasted, _aside, _hypothetical, _enough))(stage, purpose)
    if purpose and rng.random() < 0.6:
        do = own(rng.choice(purpose.acts))
        stage.talk.user(rng.choice(_OFFERED).format(do=do, doing=gerund(do)))
        stage.talk.say(rng.choice(_UNCALLED).format(do=do, doing=gerund(do)))
    last = question(rng, stage.scene)
    stage.talk.user(f"{rng.choice(('And', 'Then', 'Next', 'Also', 'One more')) + ':'} {last.act}.")
    stage.talk.say(last.answer)


_OFFERED = ("Must we {do}?", "No {doing} then?", "So {doing} is out?", "You did not {do}, right?")  # fmt: skip
_UNCALLED = ("Right, nothing was called.", "Correct. Words were enough.", "No call was made.",
    "That stays untouched unless you ask.",
             "Exactly, not needed here.", "No, I only answered.")  # fmt: skip
_ROWS = {
    "simple": (_simple, _enough, _enough), "moderate": (_hypothetical, _hypothetical, _aside, _enough, _pasted),
    "complex": (_turns,),
}  # fmt: skip
