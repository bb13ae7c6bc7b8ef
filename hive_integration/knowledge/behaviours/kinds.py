"""Of which kind a sentence is: an obligation, a preference, a form, a way out of an error, a hand-over. Pure; a table.

The first row that fits decides, so no sentence is two behaviours. What stands under a heading that says it (`Never`,
`Handoff`) is of its kind whatever its words are.
"""

from __future__ import annotations

import re

from hive_integration.knowledge.behaviours.words import imperative
from hive_integration.knowledge.markdown import Sentence
from hive_integration.units.behaviour import BehaviourKind


def _row(kind: BehaviourKind, *alternatives: str) -> tuple[BehaviourKind, re.Pattern[str]]:
    return kind, re.compile("|".join(alternatives), re.IGNORECASE)


UNDER = (
    _row(
        BehaviourKind.HANDOVER,
        r"^(?:hand-?offs?(?: patterns?)?|hands? (?:off|over) to|works with|reports to|supports|next steps?)\b",
        r"^(?:collaborat(?:ion|es with)|delegat(?:es to|ion)|escalat(?:ion|es to))\b",
    ),
    _row(
        BehaviourKind.NEVER,
        r"^(?:do not|don't|don'ts?|never|avoid|anti-?patterns|forbidden|prohibited|must not|what not to do)\b",
    ),
    _row(
        BehaviourKind.MUST,
        r"^(?:do|do's|always|must|mandatory|(?:critical |core |hard )?rules?|requirements|non-negotiables?)\b(?! not)",
    ),
)
"""Kinds by the heading above, or the label of the list; only items count."""
SAID = (
    _row(
        BehaviourKind.RECOVERY,
        r"\b(?:if|when|whenever|in case|on)\b.{0,80}?\b(?:fail(?:s|ed|ures?)?|errors?|unavailable|unreachable)\b",
        r"\b(?:if|when|whenever|in case)\b.{0,80}?\b(?:time[sd]? ?out|not (?:found|available)|cannot be|can't be)\b",
        r"\b(?:if|when|whenever|in case)\b.{0,80}?\b(?:is (?:absent|missing)|conflicts|breaks|crash(?:es)?)\b",
        r"^(?:[\w /-]{2,40}: )?(?:retry|re-?run|fall back|roll back|recover)\b",
        r"\bfalls? back (?:to|on)\b|\b(?:must|should|always|then) (?:retry|roll back|recover)\b",
    ),
    _row(
        BehaviourKind.HANDOVER,
        r"\b(?:hands? (?:[\w`-]+ ){0,4}?(?:off|over)|delegates?|escalates?)\b.{0,60}?\bto\b",
        r"\breports? (?:back )?to\b|\breceive (?:tasks )?from\b",
        r"\bpass(?:es)? \w.{0,40}? (?:on )?to (?:the )?[\w-]+ (?:agent|coordinator|specialist|team)\b",
    ),
    _row(
        BehaviourKind.FORMAT,
        r"(?<![\w`{])(?:output|respond|reply|answer|return|format|report|present|print|write|produce|deliver)(?:s|ted)?\b"
        r".{0,70}?\b(?:json|markdown|tables?|bullet(?:ed|s)?|numbered list|headings?|(?:one|single)[- ](?:line"
        r"|sentence)|code blocks?|concise(?:ly)?|briefly|terse(?:ly)?|plain text)\b",
        r"^(?:be|keep \w+(?: \w+)?) (?:concise|brief|short|terse)\b",
    ),
    _row(
        BehaviourKind.PREFER,
        r"\b(?:prefer|preferred|favou?r|instead of|rather than)\b|\buse .{1,60}?, not\b",
        r"^[\w /-]{3,50} > [\w /-]{3,50}$",
    ),
    _row(
        BehaviourKind.NEVER,
        r"\b(?:never|must not|mustn't|do not|don't|should not|shouldn't|may not|forbidden|prohibited|not allowed)\b",
        r"\bunder no circumstances\b|^(?:[\w /-]{2,40}: )?(?:avoid|no|without) \w+|\b(?:must|should|to|and) avoid\b",
    ),
    _row(
        BehaviourKind.MUST,
        r"\b(?:always|must|mandatory|make sure|be sure to|needs? to|has to|have to|shall|should|required)\b",
        r"^(?:[\w /-]{2,40}: )?(?:ensure|only)\b|^(?:important|critical|right):",
    ),
)
"""Kinds by the sentence itself."""
_ORDERS = (BehaviourKind.FORMAT, BehaviourKind.RECOVERY, BehaviourKind.PREFER, BehaviourKind.HANDOVER)
"""Kinds that must also read as an order: such words stand in descriptions, too."""
_STRONG = re.compile(
    r"\b(?:always|must|never|should|do not|don't|shall|will|mandatory|prefer|use|on (?:error|failure))\b", re.IGNORECASE
)
_OF_TOOL = re.compile(
    r"\b(?:use|call|invoke) (?:this |it |only )?(?:tool )?(?:when|if|for|to|before|after|whenever)\b"
    r"|^for .{3,200}?\b(?:is|are) (?:fine|faster|enough|sufficient|better|the right|simpler|cheaper)\b"
    r"|\bpair (?:it )?with\b",
    re.IGNORECASE,
)
"""What a tool's description says of its use: `tool` and `no_tool` make more of it."""


def kind_of(sentence: Sentence, *, tool: bool = False) -> BehaviourKind | None:
    """The kind of a sentence; None for one that asks for nothing. `tool`: it is of a tool's description."""
    if tool and _OF_TOOL.search(sentence.text):
        return None
    places = [place for place in (sentence.label, sentence.title) if place and sentence.item]
    for kind, pattern in UNDER:
        if any(pattern.match(place) for place in places):
            return kind
    for kind, pattern in SAID:
        if pattern.search(sentence.text) and _asks(kind, sentence.text):
            return kind
    advised = any(_ADVICE.search(place) for place in places) and imperative(sentence.text)
    return BehaviourKind.MUST if advised else None


_ADVICE = re.compile(r"\b(?:best practices|guidelines|(?:key |core )?principles|reminders|tips)$", re.IGNORECASE)
"""Headings under which orders are meant, though no word says so."""
_NO = re.compile(r"(?:[\w /-]{2,40}: )?(?:never|do not|don't|avoid|no)\b", re.IGNORECASE)


def _asks(kind: BehaviourKind, text: str) -> bool:
    """Whether a sentence with a kind's words asks for it. `If it fails, retry`: the order comes after the comma."""
    if kind is BehaviourKind.FORMAT and _NO.match(text):
        return False
    after = text.partition(", ")[2]
    return kind not in _ORDERS or imperative(text) or imperative(after) or bool(_STRONG.search(text))
