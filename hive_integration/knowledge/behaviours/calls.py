"""Calls that a text shows in its code: a method where there are several in order, one tool's use where it is one. Pure.

Only tools that are known count: what an example calls that nobody declares cannot be learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hive_integration.knowledge.behaviours.reading import Reading
from hive_integration.knowledge.behaviours.words import MOST
from hive_integration.knowledge.markdown import Form, Section
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check, CheckKind

_CALL = re.compile(
    r"\b(mcp__[\w-]{3,100})[`\"']?\s{0,4}[({]?\s{0,4}\{?(?:\s{0,8}[\"']?(\w{1,40})[\"']?\s{0,3}:\s{0,3}[\"']([^\"'\n]{1,80})[\"'])?"
)
MOST_CALLS = 12


def sequences(reading: Reading) -> Iterator[Behaviour]:
    """One method a section that calls two known tools or more, in the order of their first calls."""
    seen: set[tuple[str, ...]] = set()
    for section in _sections(reading):
        tools = tuple(dict.fromkeys(tool for tool, _, _ in _calls(section, reading)))[:MOST_CALLS]
        if len(tools) < 2 or tools in seen:
            continue
        seen.add(tools)
        title = next(filter(None, (section.title, *reversed(section.parents))), "")
        subject = f"{reading.unit.name}, {title}".rstrip(", ")
        names = ", then ".join(tool.rpartition("__")[2] for tool in tools)
        statement = f"{subject}: call {names}."
        if len(statement) <= MOST:
            yield reading.behaviour(
                BehaviourKind.METHOD, statement, line=section.line, subject=subject, steps=tools,
                checks=[Check(CheckKind.ORDER, tools)],
            )  # fmt: skip


def uses(reading: Reading, does: str) -> Iterator[Behaviour]:
    """The first known call that a text shows, with the first argument that it gives: how what it is about is begun."""
    for section in _sections(reading):
        for tool, key, value in _calls(section, reading):
            with_ = f" with {key} {value!r}" if key else ""
            argument = [Check(CheckKind.ARGUMENT, (tool,), key, f"^{re.escape(value)}$")] if key else []
            yield reading.behaviour(
                BehaviourKind.TOOL, f"Call {tool}{with_} for this: {does}.", line=section.line, subject=tool,
                checks=[Check(CheckKind.CALLED, (tool,)), *argument],
            )  # fmt: skip
            return


def _sections(reading: Reading) -> Iterator[Section]:
    return (section for section in reading.page.sections if any(line.form is Form.CODE for line in section.lines))


def _calls(section: Section, reading: Reading) -> list[tuple[str, str, str]]:
    """(tool, first argument, its value) of each call of a known tool; the last two are empty where none is a text."""
    code = "\n".join(line.text for line in section.lines if line.form is Form.CODE)
    known = frozenset(reading.context.tools)
    return [(m[1], m[2] or "", m[3] or "") for m in _CALL.finditer(code) if m[1] in known]
