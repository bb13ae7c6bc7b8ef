"""Roles: what an agent is asked for, what it does, and what it leaves to others. Pure."""

from __future__ import annotations

import re

from hive_integration.knowledge.behaviours.kinds import kind_of
from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.context import purpose
from hive_integration.knowledge.markdown import Sentence
from hive_integration.units import Component, Load
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import Check, CheckKind

_YOU_ARE = re.compile(r"^(?:You are|Act as|Your (?:role|mission|expertise|job) (?:is|lies))\b")
_WILL = re.compile(r"^(?:will|does|do|in scope)$", re.IGNORECASE)
_WILL_NOT = re.compile(r"^(?:will not|won't|does not|out of scope|not responsible for|limits)$", re.IGNORECASE)
_DUTIES = re.compile(r"\b(?:core |primary |key )?(?:responsibilities|duties)\b", re.IGNORECASE)
_DEFINED = re.compile(r"^(?:role definition|custom instructions|identity|mission|behaviou?ral mindset)$", re.IGNORECASE)
_EXAMPLES = re.compile(r"(?i)(?:\bexamples?: |<example>).*")
MOST_DUTIES = 10


def find(reading: Reading) -> Found:
    """A listed agent: when it is started. A prompt: who it makes of the model, its duties, its boundaries."""
    unit = reading.unit
    if unit.component is Component.AGENTS and unit.load is Load.LISTED:
        yield from _listed(reading)
    elif unit.schema is None and unit.load is not Load.LISTED:
        yield from _prompt(reading)


def _listed(reading: Reading) -> Found:
    name = reading.unit.name
    line = reading.unit.text.rpartition(" (Tools:")[0] or reading.unit.text
    said = _EXAMPLES.sub("", line.partition(": ")[2])
    tool = reading.context.agent_tool
    check = Check(CheckKind.ARGUMENT, (tool,), "subagent_type", f"^{re.escape(name)}$")
    does = purpose(said) or name
    yield reading.behaviour(BehaviourKind.ROLE, f"Give {name} this: {does}.", subject=name, checks=[check])
    for sentence in reading.sentences:
        asked = re.search(r"\b(?:use (?:this agent|it|this|proactively|when)|for|when(?:ever)?)\b", sentence.text, re.I)
        if asked and does not in sentence.text and "<" not in sentence.text:
            yield reading.behaviour(BehaviourKind.ROLE, f"{name}: {sentence.text}", subject=name, checks=[check])


def _prompt(reading: Reading) -> Found:
    duties = 0
    for sentence in reading.sentences:
        if _YOU_ARE.match(sentence.text):
            yield reading.behaviour(BehaviourKind.ROLE, sentence.text, line=sentence.line)
        elif _DEFINED.match(sentence.title) and duties < MOST_DUTIES and not _is_other(reading, sentence):
            duties += 1
            yield reading.behaviour(BehaviourKind.ROLE, f"{reading.unit.name}: {sentence.text}", line=sentence.line)
        elif sentence.item and _WILL_NOT.match(sentence.label or sentence.title):
            said = f"{reading.unit.name} does not: {sentence.text}"
            yield reading.behaviour(BehaviourKind.ROLE, said, line=sentence.line)
        elif sentence.item and _WILL.match(sentence.label) and reading.unit.component is not Component.MEMORY:
            yield reading.behaviour(BehaviourKind.ROLE, f"{reading.unit.name}: {sentence.text}", line=sentence.line)
        elif sentence.item and _DUTIES.search(sentence.label or sentence.title) and duties < MOST_DUTIES:
            duties += 1
            yield reading.behaviour(BehaviourKind.ROLE, f"{reading.unit.name}: {sentence.text}", line=sentence.line)


def _is_other(reading: Reading, sentence: Sentence) -> bool:
    """Whether a sentence is already an obligation, a form or the like."""
    return kind_of(sentence, tool=reading.unit.schema is not None) is not None
