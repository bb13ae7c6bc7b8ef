"""The form of an answer: what sentences say of it, and the template under a heading `Output`. Pure."""

from __future__ import annotations

import json
import re

from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.markdown import Form, Section, plain
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import FORMATS, Check, CheckKind

WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("json", re.compile(r"\b(?:(?:valid|strict|as|in|only|raw) )?json\b(?! schema| file)", re.I)),
    ("bullets", re.compile(r"\bbullet(?:s|ed)?\b", re.I)),
    ("numbered", re.compile(r"\bnumbered list\b", re.I)),
    (
        "headings",
        re.compile(r"\b(?:headings?|sections? (?:titled|headed)|markdown (?:report|document|summary))\b", re.I),
    ),
    ("code", re.compile(r"\bcode ?blocks?\b|\bfenced\b", re.I)),
    ("one line", re.compile(r"\b(?:one|single)[- ](?:line|sentence)\b", re.I)),
    ("short", re.compile(r"\b(?:concise(?:ly)?|brief(?:ly)?|short|terse(?:ly)?)\b", re.I)),
)
"""Words of a sentence and the form that they ask for; the names are those of `units.check.FORMATS`."""
_OUTPUT = re.compile(r"\b(?:output|response|report|answer|reply|deliverable)s? ?(?:format|template|structure|schema)\b"
                     r"|^(?:output|response|report format)$", re.I)  # fmt: skip
_NO = re.compile(r"\b(?:no|not|never|don't|avoid|without)\b", re.I)
MOST_HEADINGS = 8


def find(reading: Reading) -> Found:
    """Sentences that ask for a form, and templates of answers."""
    if reading.unit.schema is None:
        for section in reading.page.sections:
            if _OUTPUT.search(section.title):
                yield from _template(reading, section)
    for sentence in reading.of_kind(BehaviourKind.FORMAT):
        form = _form(sentence.text)
        checks = [Check(CheckKind.FORMAT, format=form)] if form and not _NO.search(sentence.text) else []
        yield reading.behaviour(BehaviourKind.FORMAT, sentence.text, line=sentence.line, checks=checks)


def _form(text: str) -> str:
    """The one form that a sentence asks for; empty where it names none, or several."""
    found = [name for name, pattern in WORDS if pattern.search(text)]
    return found[0] if len(found) == 1 else ""


def _template(reading: Reading, section: Section) -> Found:
    code = [line.text for line in section.lines if line.form is Form.CODE]
    body = "\n".join(line for line in code if not line.lstrip().startswith(("```", "~~~")))
    if not body.strip():
        return
    form = _form_of(body)
    headings = [plain(line.lstrip("# ")) for line in body.split("\n") if re.match(r"#{1,6} \w", line)]
    parts = ", ".join(filter(None, headings[:MOST_HEADINGS]))
    said = f", with the headings {parts}" if len(headings) > 1 and len(parts) < 220 else ""
    statement = f"{reading.unit.name} answers in the form of its {section.title}{said}."
    yield reading.behaviour(
        BehaviourKind.FORMAT, statement, line=section.line,
        checks=[Check(CheckKind.FORMAT, format=form)] if form else [],
    )  # fmt: skip


def _form_of(body: str) -> str:
    """The form that a template has."""
    if body.lstrip().startswith(("{", "[")) and (_is_json(body) or re.search(r'"\w+"\s*:', body)):
        return "json"
    return next((form for form in ("headings", "numbered", "bullets") if FORMATS[form](body)), "")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
