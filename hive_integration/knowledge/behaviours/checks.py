"""From the words of a sentence to what a machine can check of it. Pure.

A check is only made where the words leave no doubt: a tool by its name, a quoted phrase, an emoji. Everything else is
for a judge, and gets none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hive_integration.knowledge.context import Context
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import Check, CheckKind

_PHRASE = re.compile(
    r"\b(?:say|saying|write|reply(?:ing)? with|respond(?:ing)? with|answer(?:ing)? with|phrases?(?: like)?"
    r"|words?(?: like)?"
    r"|(?:start|begin|end|open|finish)(?:ing)?(?: (?:every|each|your|all))?(?: \w+){0,2} with)"
    r" [\"“'`]([^\"”'`\n]{2,60})[\"”'`]",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"\b(?:instead of|rather than|over|, ?not|before resorting to)\b", re.IGNORECASE)
_BEFORE, _AFTER = re.compile(r"\bbefore\b", re.IGNORECASE), re.compile(r"\bafter\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"^(?:if|when|whenever|unless|in case|where|for)\b|\b(?:if|when|unless|except)\b", re.IGNORECASE
)
EMOJI = "[\U0001f300-\U0001faff\u2600-\u27bf]"


def checks_of(kind: BehaviourKind, text: str, context: Context) -> Sequence[Check]:
    """What can be checked of a sentence of that kind."""
    if ordered := _order(text, context):
        return [ordered]
    if kind is BehaviourKind.NEVER:
        return _never(text, context)
    if kind is BehaviourKind.PREFER:
        return _prefer(text, context)
    if kind in (BehaviourKind.MUST, BehaviourKind.RECOVERY):
        return _must(text, context)
    return []


def _order(text: str, context: Context) -> Check | None:
    for word, turned in ((_BEFORE, False), (_AFTER, True)):
        if match := word.search(text):
            left, right = context.named(text[: match.start()]), context.named(text[match.end() :])
            if left and right and left[-1] != right[0]:
                pair = (right[0], left[-1]) if turned else (left[-1], right[0])
                return Check(CheckKind.ORDER, pair)
    return None


def _never(text: str, context: Context) -> Sequence[Check]:
    if match := _PHRASE.search(text):
        return [Check(CheckKind.SAYS_NOT, pattern=re.escape(match[1]))]
    if re.search(r"\bemojis?\b", text, re.IGNORECASE):
        return [Check(CheckKind.SAYS_NOT, pattern=EMOJI)]
    found = re.search(r"\b(?:never|do not|don't|must not|should not|avoid)\b", text, re.IGNORECASE)
    tools = context.named(text[found.end() :].partition(";")[0]) if found else []
    clause = text[found.end() :] if found else ""
    if len(tools) == 1 and re.match(r" (?:\w+ )?(?:use|using|call|calling|invoke|run|reach for)\b", clause):
        return [Check(CheckKind.NOT_CALLED, tuple(tools))]
    return []


def _prefer(text: str, context: Context) -> Sequence[Check]:
    match = _INSTEAD.search(text)
    if match is None:
        return []
    chosen, left = context.named(text[: match.start()]), context.named(text[match.end() :])
    left = [tool for tool in left if tool not in chosen]
    if not chosen:
        return [Check(CheckKind.NOT_CALLED, tuple(left))] if left else []
    return [Check(CheckKind.CALLED, (chosen[0],)), *([Check(CheckKind.NOT_CALLED, tuple(left))] if left else [])]


def _must(text: str, context: Context) -> Sequence[Check]:
    if (match := _PHRASE.search(text)) and not _CONDITION.search(text):
        return [Check(CheckKind.SAYS, pattern=re.escape(match[1]))]
    tools = context.named(text)
    return [Check(CheckKind.CALLED, (tools[0],))] if len(tools) == 1 else []
