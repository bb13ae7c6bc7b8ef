"""When a tool is the wrong one: what its description says, and the neighbour that tempts. Pure."""

from __future__ import annotations

import re

from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.behaviours.tool import own_words
from hive_integration.units import Component, Load
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import Check, CheckKind

_ENOUGH = re.compile(
    r"^For .{3,200}?\b(?:is|are) (?:fine|faster|enough|sufficient|better|the right (?:call|tool|choice)|simpler"
    r"|cheaper)\b"
    r"|\bno (?:\w+ )?(?:tool|call) is needed\b|\bno tool needed\b",
    re.IGNORECASE,
)
_NOT_FOR = re.compile(
    r"\b(?:do not|don't|never|not to be|should not be|must not be) (?:be )?(?:use|used|call|called|invoke|skip)\w*\b"
    r"|\b(?:skip|avoid) (?:it|this|for|when|if)\b|\bnot (?:intended|meant|suitable|suited) for\b",
    re.IGNORECASE,
)


def find(reading: Reading) -> Found:
    """Each sentence of a tool's or a listed skill's description that says so; of a tool the tempting neighbour, too."""
    unit = reading.unit
    if unit.schema is not None:
        yield from _of_tool(reading)
    elif unit.load is Load.LISTED and unit.component in (Component.SKILLS, Component.COMMANDS):
        for sentence in reading.sentences:
            if _NOT_FOR.search(sentence.text):
                yield reading.behaviour(BehaviourKind.NO_TOOL, sentence.text, subject="Skill")


def _of_tool(reading: Reading) -> Found:
    name = reading.unit.name
    check = Check(CheckKind.NOT_CALLED, (name,))
    for sentence in reading.sentences:
        if _ENOUGH.search(sentence.text) or _NOT_FOR.search(sentence.text):
            others = [tool for tool in reading.context.named(sentence.text) if tool != name]
            called = [Check(CheckKind.CALLED, (others[0],))] if len(others) == 1 and _says_use(sentence.text) else []
            yield reading.behaviour(BehaviourKind.NO_TOOL, sentence.text, checks=[check, *called])
    line = reading.context.listed.get(name, "")
    units = [line] if line else []
    if other := reading.context.neighbour(name):
        does = reading.context.purposes.get(other, "") or own_words(other)
        yield reading.behaviour(
            BehaviourKind.NO_TOOL, f"For this, call {other} and not {name}: {does}.", units=units,
            checks=[check, Check(CheckKind.CALLED, (other,))],
        )  # fmt: skip
    else:
        yield reading.behaviour(
            BehaviourKind.NO_TOOL, f"Where nothing asks for it, {name} is not called.", units=units, checks=[check]
        )


def _says_use(text: str) -> bool:
    return bool(re.search(r"\b(?:use|call) [`\w]|\buse .{1,40} instead\b", text, re.IGNORECASE))
