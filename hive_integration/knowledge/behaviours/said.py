"""Behaviours that a unit says in so many words: one a sentence, with its line and what can be checked of it. Pure."""

from __future__ import annotations

import re

from hive_integration.knowledge.behaviours.checks import checks_of
from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.behaviours.words import after_label
from hive_integration.knowledge.markdown import Sentence
from hive_integration.units.behaviour import BehaviourKind


def said(reading: Reading, kind: BehaviourKind) -> Found:
    """The behaviours of one kind."""
    for sentence in reading.of_kind(kind):
        tools = reading.context.named(sentence.text)
        yield reading.behaviour(
            kind, _statement(kind, sentence), line=sentence.line,
            subject=tools[0] if len(tools) == 1 else "", checks=checks_of(kind, sentence.text, reading.context),
        )  # fmt: skip


_NEGATED = re.compile(r"\b(?:never|not|\w+n't|no|avoid|without|cannot|refuse)\b", re.IGNORECASE)


def _statement(kind: BehaviourKind, sentence: Sentence) -> str:
    """The sentence; an item of a list says on its own what the words above the list say of it."""
    if kind is BehaviourKind.NEVER and not _NEGATED.search(sentence.text):
        return f"Never: {after_label(sentence.text)}"
    if kind is BehaviourKind.HANDOVER and sentence.item and (sentence.label or sentence.title):
        return f"{sentence.label or sentence.title}: {sentence.text}"
    return sentence.text
