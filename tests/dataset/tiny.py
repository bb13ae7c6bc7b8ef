"""The smallest generator that fills a dataset: one tool, one call, one answer; and the smallest book to go with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.task import Task
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check, CheckKind
from hive_integration.units.dialogue import Call, Message
from hive_integration.units.lines import WEIGHTS, Extracted, to_line
from hive_integration.units.unit import Component, Load, unit_of

WORDS = [a + b for a in ("amber", "birch", "cedar", "delta", "fjord", "grove") for b in ("ing", "ly", "ed", "er", "y")]
FAMILIES = 40


def tool_line(name: str, description: str = "Keeps a note.", more: Sequence[Behaviour] = ()) -> Extracted:
    """A tool with a behaviour for its use."""
    schema = {
        "type": "object",
        "properties": {"text": {"type": "string", "minLength": 1}, "times": {"type": "integer", "minimum": 1}},
        "required": ["text"],
        "additionalProperties": False,
    }
    text = json.dumps({"name": name, "description": description, "input_schema": schema})
    unit = unit_of(name, Component.MCP_TOOLS, Load.DEFERRED, text, source=f"tiny/{name}", schema=schema)
    check = Check(CheckKind.CALLED, (name,))
    own = Behaviour(
        BehaviourKind.TOOL, f"Use {name}: {description}", (unit.digest,), f"tiny/{name}", name, checks=(check,)
    )
    return Extracted(unit, {"o200k_base": 40}, "is a tool", WEIGHTS, "is used", (own, *more))


def book_of(*names: str, changed: str = "") -> Book:
    """Tools by these names; the text of one may be another one."""
    return Book([tool_line(name, "Keeps it for long." if name == changed else "Keeps a note.") for name in names])


def units_text(book: Book) -> str:
    """The units.jsonl of a book."""
    return "".join(f"{to_line(entry)}\n" for entry in book.entries)


@dataclass(frozen=True)
class Tiny:
    """Makes an example of each behaviour of a tool; a few tasks give none, and a few a wrong one."""

    settings: Any = None
    name: str = "tiny"
    faults: int = 50
    """One task in so many is refused by the generator, and one by a gate."""

    def cannot(self, behaviour: Behaviour, book: Book) -> str:
        """Only tools."""
        return "" if behaviour.subject in book.tools else "has no tool"

    def make(self, task: Task, book: Book) -> Example | Refusal:
        """The example of a task."""
        rng = task.rng()
        drawn = rng.randrange(self.faults)
        if drawn == 0:
            return Refusal(task.key, "had no idea")
        said = [" ".join(rng.sample(WORDS, 9)) for _ in range(4)]
        tool, times = task.behaviour.subject, 0 if drawn == 1 else rng.randint(1, 9)
        call = Call("call_1", tool, {"text": said[0], "times": times})
        return Example(
            key=task.key,
            messages=(
                Message("system", "You are a coding agent."),
                Message("user", f"{said[1]} {said[2]}"),
                Message("assistant", "", [call]),
                Message("tool", "error" if task.error_case else "done", answers="call_1"),
                Message("assistant", said[3]),
            ),
            tools=(tool,), behaviours=(task.behaviour.id,), units=task.behaviour.units, complexity=task.complexity,
            error_case=task.error_case, family=f"{tool}-{rng.randrange(FAMILIES)}", generator=self.name,
            rejected=(Message("assistant", "Perhaps later."),) if drawn == 2 else (),
        )  # fmt: skip


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put it beside the real generators."""
    from hive_integration.dataset.generators import GENERATORS

    monkeypatch.setitem(GENERATORS, "tiny", Tiny)  # type: ignore[arg-type]
