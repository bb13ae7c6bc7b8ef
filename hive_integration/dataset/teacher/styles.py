"""How the conversations of a teacher differ from one another: data, and one draw by the task. Pure.

A situation in a register is one family of phrasing: the teacher is told both, and nobody's words are given to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hive_integration.dataset.task import Task

REGISTERS = (
    "terse, a few words, no greeting", "polite and complete", "colloquial, lower case, a typo or two",
    "formal, as to a supplier", "as a ticket with a title and lines", "as dictated, with a correction in mid-sentence",
    "impatient, in the middle of an outage", "as a beginner who does not know the right words",
)  # fmt: skip
SITUATIONS = (
    "a small web service", "a large monorepo with many teams", "a data pipeline that runs at night",
    "a mobile app before its release", "a library with many users", "infrastructure as code",
    "an old system without tests", "a research prototype", "an embedded device's firmware",
    "a web shop on its busiest day", "a company's internal tools", "a code base that the user saw for the first time",
)  # fmt: skip
LANGUAGES = ("en",) * 12 + ("de", "es", "fr", "pt", "zh", "ja")
"""Two thirds English; the user speaks the language, and the assistant answers in it."""


@dataclass(frozen=True, slots=True)
class Style:
    """One way to ask. `family` names it, in every language."""

    register: str
    situation: str
    language: str
    family: str


def style_of(task: Task) -> Style:
    """The style of a task."""
    rng = task.rng("teacher style")
    register, situation = rng.randrange(len(REGISTERS)), rng.randrange(len(SITUATIONS))
    return Style(
        REGISTERS[register], SITUATIONS[situation], rng.choice(LANGUAGES), f"teacher:{register:02}:{situation:02}"
    )
