"""The few questions that all extractors ask of a sentence. Pure."""

from __future__ import annotations

import re

from hive_integration.knowledge.volatile import volatile_in

MOST = 320
"""Characters of a statement."""
_CODE = re.compile(r"`[^`\n]{1,300}`")


def usable(text: str) -> bool:
    """Whether a sentence can be a statement: neither a scrap nor a page, no code, nothing that changes tomorrow."""
    if not 12 <= len(text) <= MOST or text.endswith(":") or text.startswith("`-") or not 3 <= len(text.split()) <= 55:
        return False
    if len(_CODE.sub("", text)) < 0.6 * len(text):
        return False
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return letters >= 0.7 * len(text) and not volatile_in(text)


_IMPERATIVE = re.compile(
    r"(?:(?:always|never|only|first|then|also|immediately|please|finally|next|be sure to|make sure to)[, ]+)*"
    r"(?:add|analy[sz]e|answer|apply|ask|assess|assign|avoid|batch|be|break|build|call|capture|challenge|check"
    r"|choose|cite"
    r"|clarify|close|collect|commit|communicate|compare|complete|confirm|consider|consult|coordinate|create|define"
    r"|delegate|deliver|design|detect|determine|document|do|don't|draft|end|ensure|escalate|establish|estimate|evaluate"
    r"|execute|explain|explore|extract|fall|find|fix|focus|follow|format|gather|generate|give|group|halt|handle|hand"
    r"|identify|implement|include|inspect|install|integrate|invoke|investigate|keep|launch|leave|let|limit|list"
    r"|load|log"
    r"|look|maintain|make|map|mark|measure|merge|minimi[sz]e|monitor|name|note|open|optimi[sz]e|organi[sz]e|output"
    r"|parse"
    r"|pass|perform|pick|plan|post|prefer|prepare|present|preserve|prioriti[sz]e|produce|propose|provide|push|put|quote"
    r"|read|record|reduce|refactor|refuse|reject|remove|replace|reply|report|request|require|research|resolve|respect"
    r"|respond|return|review|run|save|scan|search|select|send|set|show|skip|spawn|split|start|state|stay|stop|store"
    r"|structure|suggest|summari[sz]e|synthesi[sz]e|take|tell|test|think|track|treat|try|understand|update|use|validate"
    r"|verify|wait|walk|watch|work|write)\b",
    re.IGNORECASE,
)


def imperative(text: str) -> bool:
    """Whether a sentence begins as an order does, after a label (`Order: do this`) where it has one."""
    return bool(_IMPERATIVE.match(text) or _IMPERATIVE.match(after_label(text)))


_BEFORE = re.compile(r"[\w /&'()-]{2,60}: +(?=\S)")


def after_label(text: str) -> str:
    """`Read the file.` of `First step: Read the file.`"""
    return text[match.end() :] if (match := _BEFORE.match(text)) else text
