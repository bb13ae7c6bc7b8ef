"""Methods: steps in their order, from numbered lists, rows of headings, arrows, acronyms that are spelled out. Pure.

A numbered list is a method where its heading says so or where its items are orders; lists of features and of duties
are numbered, too, and are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hive_integration.knowledge.behaviours.calls import sequences
from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.behaviours.words import MOST, after_label, imperative
from hive_integration.knowledge.context import Context
from hive_integration.knowledge.markdown import Form, Section, plain
from hive_integration.knowledge.volatile import volatile_in
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import Check, CheckKind

LEAST, MOST_STEPS = 3, 20


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps as they were found. `bodies`: all that stands under each, to look for tools in."""

    title: str
    line: int
    names: Sequence[str]
    bodies: Sequence[str]


def find(reading: Reading) -> Found:
    """One behaviour a method; the same steps count once."""
    yield from sequences(reading)
    seen: set[tuple[str, ...]] = set()
    for method in (*_headings(reading), *_lists(reading), *_sentences(reading)):
        steps = tuple(_step(name) for name in method.names[:MOST_STEPS])
        key = tuple(step.casefold() for step in steps)
        if key in seen or len(set(key)) < LEAST or not all(steps) or volatile_in(" ".join(steps)):
            continue
        seen.add(key)
        subject = _subject(method.title, reading)
        yield reading.behaviour(
            BehaviourKind.METHOD, _statement(subject, steps), line=method.line, subject=subject, steps=steps,
            checks=_checks(steps, method.bodies, reading.context),
        )  # fmt: skip


def _statement(subject: str, steps: Sequence[str]) -> str:
    said = f"{subject}: {', then '.join(steps)}."
    return said if len(said) <= MOST else f"{said[: MOST - 1].rpartition(',')[0]}, and so on."


# Where steps are found.

_STEP = re.compile(
    r"^(?:(?P<word>step|phase|stage|part)\s*)?(?P<number>\d{1,2})\s*(?:[.:)—–-]+\s*|\s)(?P<name>\S.{1,120})", re.I
)
_PROCESS = re.compile(
    r"\b(?:work ?flow|process|steps?|phases?|stages?|flow|procedures?|protocol|cycle|sequence|pipeline|method(?:ology)?"
    r"|algorithm|how (?:to|you work|it runs)|instructions|on activation|loop|playbook|runbook|order|approach|discovery"
    r"|execution|routine|operation|setup|adoption|refresh)\b",
    re.IGNORECASE,
)
_NO_METHOD = re.compile(
    r"\b(?:responsibilit|capabilit|features?|benefits|principles|areas|types|examples?|patterns|competenc"
    r"|considerations"
    r"|metrics|options|use cases|prerequisites|questions|see also|factors|categories|contents|priorit|hierarchy"
    r"|related|deliverables|best practices|rules|guidelines|criteria|checklist|specialization)",
    re.IGNORECASE,
)


def _headings(reading: Reading) -> Iterator[Steps]:
    """Headings in a row that are numbered: `Phase 1: …`, or `1. …` under one that says it is a process."""
    by_parent: dict[tuple[int, tuple[str, ...]], list[tuple[Section, re.Match[str]]]] = {}
    for section in reading.page.sections:
        if match := _STEP.match(section.title):
            by_parent.setdefault((section.level, tuple(section.parents)), []).append((section, match))
    for (_, parents), row in by_parent.items():
        for run in _rising(row):
            parent = parents[-1] if parents else ""
            named = sum(match["word"] is not None for _, match in run) == len(run)
            if len(run) >= LEAST and (named or (_PROCESS.search(parent) and not _NO_METHOD.search(parent))):
                yield Steps(
                    parent, run[0][0].line, [match["name"] for _, match in run], [_body(section) for section, _ in run]
                )


def _rising(row: Sequence[tuple[Section, re.Match[str]]]) -> Iterator[list[tuple[Section, re.Match[str]]]]:
    """The row, cut where the numbers begin anew."""
    run = list(row[:1])
    for (_, before), item in pairwise(row):
        if int(item[1]["number"]) <= int(before["number"]):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _body(section: Section) -> str:
    return "\n".join([section.title, *(line.text for line in section.lines)])


def _lists(reading: Reading) -> Iterator[Steps]:
    for section in reading.page.sections:
        for label, items in _numbered(section):
            titles = (label or section.title, *section.parents[-1:])
            says_so = any(_PROCESS.search(title) for title in titles) and not _NO_METHOD.search(titles[0])
            orders = sum(imperative(plain(text[0])) for _, text in items)
            is_other = any(_NO_METHOD.search(title) for title in titles)
            if len(items) >= LEAST and (says_so or (orders >= 0.7 * len(items) and not is_other)):
                names = [text[0] for _, text in items]
                yield Steps(label or section.title, items[0][0], names, ["\n".join(text) for _, text in items])


def _numbered(section: Section) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """(label, items) of each numbered list; an item is its line and all its texts."""
    label, before, items, depth = "", "", list[tuple[int, list[str]]](), 0
    for line in section.lines:
        if line.form is Form.NUMBERED and (not items or line.depth <= depth):
            if not items:
                depth, label = line.depth, before
            items.append((line.number, [line.text]))
        elif items and (line.depth > depth or line.form in {Form.CODE, Form.BLANK, Form.TABLE}):
            items[-1][1].append(line.text)
        elif items:
            yield label, items
            items = []
        if line.form is Form.TEXT:
            before = plain(line.text).rstrip(": ") if line.text.rstrip("* ").endswith(":") else ""
    if items:
        yield label, items


_ARROW = re.compile(r"\s*(?:→|⟶|->|=>|➜|➔)\s*")
_SPELLED = re.compile(r"\b([A-Z]{3,8})\b[^(\n]{0,30}\(((?:[A-Z][\w-]+, ){2,7}(?:and |& )?[A-Z][\w-]+)\)")
_RED_GREEN = re.compile(
    r"\bred\b\W{1,5}(?:\w+\W{1,5}){0,3}\bgreen\b\W{1,5}(?:\w+\W{1,5}){0,3}\brefactor", re.IGNORECASE
)
RED_GREEN = ("Write a failing test", "Make it pass", "Refactor")


def _sentences(reading: Reading) -> Iterator[Steps]:
    """Arrows, acronyms and the test-first cycle, wherever a sentence holds them."""
    for sentence in reading.page.sentences:
        text = sentence.text
        if match := _SPELLED.search(text):
            names = re.split(r", (?:and |& )?", match[2])
            if "".join(name[0] for name in names) == match[1]:
                yield Steps(match[1], sentence.line, names, names)
        parts = [part.strip(" .`*") for part in _ARROW.split(after_label(text))]
        if len(parts) >= LEAST and all(1 <= len(part.split()) <= 7 and len(part) < 60 for part in parts):
            title = text.partition(":")[0] if after_label(text) != text else sentence.title
            yield Steps(title, sentence.line, parts, parts)
        if _RED_GREEN.search(text):
            yield Steps("Test-driven development", sentence.line, RED_GREEN, RED_GREEN)


# From what was found to a step's name, and to checks.

_HEAD = re.compile(r"^(.{3,70}?)(?:: | - | — | – |:$| \(|\. |; )")
_WORDS = 14


def _step(text: str) -> str:
    """A step's name: what stands before its explanation, else its first words."""
    words = plain(text).strip(" .:;")
    head = match[1] if (match := _HEAD.match(words)) and match[1].lower() not in {"e.g", "i.e"} else words
    return " ".join(head.split()[:_WORDS]).strip(" .:;,*`")


_GENERIC = re.compile(
    r"^(?:the )?(?:work ?flow|process|steps?|phases?|instructions|operating procedure|how (?:to operate|you work"
    r"|it runs)"
    r"|execution|overview|procedure|behaviou?ral flow|on activation|flow|usage|stages?|workflow architecture"
    r"|implementation"
    r"|do|key actions)?$",
    re.IGNORECASE,
)


_TITLE = 7
"""Words of a title; a longer one is a sentence, and the method is named after its unit."""


def _subject(title: str, reading: Reading) -> str:
    title = re.sub(r"^\d+[.)]\s*", "", title).strip(" :")
    title = "" if len(title.split()) > _TITLE else title[:80]
    return f"{reading.unit.name}, {title.lower()}".rstrip(", ") if _GENERIC.match(title) else title


_STOP = re.compile(
    r"about|after|again|against|also|always|another|any|before|being|both|down|each|ensure|every|first"
    r"|following|from|have|into|just|make|more|most|must|only|other|over|same|should|some|such|sure|than|that"
    r"|their|them|then|there|these|they|this|those|through|under|until|using|very|what|when|where|which|while"
    r"|will|with|your|step|phase|task|tasks|work|tool|tools|agent|agents|user|project"
)


def _checks(steps: Sequence[str], bodies: Sequence[str], context: Context) -> Sequence[Check]:
    """The tools in their order where every step names one of its own, else the steps' own words in their order."""
    tools = [context.named(body) for body in bodies]
    firsts = [found[0] for found in tools if len(found) == 1]
    if len(firsts) == len(bodies) == len(set(firsts)):
        return [Check(CheckKind.ORDER, tuple(firsts))]
    keys: list[str] = []
    for step in steps:
        key = next((stem for stem in _stems(step) if stem not in keys), "")
        if key:
            keys.append(key)
    if len(keys) < LEAST or len(keys) < len(steps):
        return []
    return [Check(CheckKind.SAYS_IN_ORDER, pattern="\n".join(rf"\b{re.escape(key)}" for key in keys))]


def _stems(step: str) -> Iterator[str]:
    """The beginnings of a step's own words: enough of each to know it in another form."""
    words = re.findall(r"[^\W\d_]{4,}", step.lower())
    for word in sorted(words, key=lambda word: bool(_STOP.fullmatch(word))):
        yield word[: max(4, len(word) - 3)] if len(word) > 5 else word[:4]
