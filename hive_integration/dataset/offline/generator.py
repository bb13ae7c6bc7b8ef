"""The generator that needs no model: a task in, an example out, the same one always. Pure.

An example leaves only if its behaviour's checks pass and every call is valid for its schema. Where a draw does not, the
next one is made, a few times; then the task is refused with the reason.
"""

from __future__ import annotations

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example, Refusal
from hive_integration.dataset.offline.purpose import purpose_of
from hive_integration.dataset.offline.shot import distractors
from hive_integration.dataset.offline.stage import Stage, UnmadeError, stage_of
from hive_integration.dataset.offline.ways import lacking, tools_of, way_of
from hive_integration.dataset.task import Task, cells
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import CheckKind, failure
from hive_integration.units.dialogue import Message, calls_of
from hive_integration.wire.valid import fault, problems

TRIES = 4
_IN_WORDS = frozenset({CheckKind.SAYS, CheckKind.SAYS_NOT, CheckKind.SAYS_IN_ORDER, CheckKind.FORMAT, CheckKind.ORDER})
"""Checks that are met in English only."""
_MOST_DISTRACTORS = {"simple": 3, "moderate": 5, "complex": 7}


class Offline:
    """Makes examples from grammars. `system` is the minimal prompt that every conversation begins with."""

    name = "offline"

    def __init__(self, system: str) -> None:
        self.system = system

    def cannot(self, behaviour: Behaviour, book: Book) -> str:
        """Why it makes no example of a behaviour; empty where it does."""
        if not behaviour.checks:
            return "needs a teacher: no machine can check it"
        if way_of(behaviour) is None:
            return f"needs a teacher: no conversation is made for its check {behaviour.checks[0].kind.value}"
        if tool := lacking(behaviour, book):
            return f"needs the specification of {tool}: `hive-ctx extract --method request` reads it from a request"
        if wrong := next(
            (f"{t}, {why}" for t in tools_of(behaviour) if t in book.tools and (why := fault(book.tools[t].schema))), ""
        ):
            return f"its tool's schema cannot be used: {wrong}"
        made = self.make(Task(behaviour, *cells(behaviour)[0], 0, 0), book)
        return f"needs a teacher: {made.reason}" if isinstance(made, Refusal) else ""

    def make(self, task: Task, book: Book) -> Example | Refusal:
        """The example of a task."""
        way, reason = way_of(task.behaviour), "no conversation is made for its checks"
        if tool := lacking(task.behaviour, book):
            return Refusal(task.key, f"needs the specification of {tool}")
        abroad = _abroad(task.behaviour, book)
        for attempt in range(TRIES if way else 0):
            stage = stage_of(task, book, self.system, abroad=abroad, attempt=attempt)
            try:
                way(stage)  # type: ignore[misc] # way is not None: the range is empty then
            except UnmadeError as error:
                reason = str(error)
                continue
            reason = _wrong(stage)
            if not reason:
                return _example(stage)
        return Refusal(task.key, reason)


def _abroad(behaviour: Behaviour, book: Book) -> bool:
    """Whether a behaviour can be asked for in other languages: by verb and object of its one tool."""
    if behaviour.kind is BehaviourKind.METHOD or any(check.kind in _IN_WORDS for check in behaviour.checks):
        return False
    called = [tool for check in behaviour.checks if check.kind is CheckKind.CALLED for tool in check.tools]
    if len(set(called)) != 1 or called[0] not in book.tools:
        return False
    return purpose_of(called[0], book.tools[called[0]].description).clear


def _wrong(stage: Stage) -> str:
    """Why a conversation must not leave."""
    messages = stage.talk.messages
    for check in stage.behaviour.checks:
        if reason := failure(check, messages):
            return reason
    for call in calls_of((*messages, *stage.rejected)):
        if found := problems(call.arguments, stage.book.tools[call.name].schema):
            return f"arguments of {call.name} are not valid: {found[0]}"
    return ""


def _example(stage: Stage) -> Example:
    task, book = stage.task, stage.book
    used = [*stage.talk.tools(), *(call.name for call in calls_of(stage.rejected)), *stage.declared]
    used = list(dict.fromkeys(tool for tool in used if tool in book.tools))
    tools = [*used]
    if used:
        rng = task.rng("distractors")
        tools += distractors(book, used, rng, _MOST_DISTRACTORS[task.complexity], stage.near or used[0])
        rng.shuffle(tools)
    return Example(
        key=task.key, messages=tuple(stage.talk.messages), tools=tuple(tools), behaviours=(task.behaviour.id,),
        units=_units(stage), complexity=task.complexity, error_case=task.error_case, family=stage.family.name,
        negative=stage.negative, language=stage.family.language, rejected=_apart(stage),
    )  # fmt: skip


def _units(stage: Stage) -> tuple[str, ...]:
    """The behaviour's units, and those of the tools that are called."""
    called = [stage.book.tools[name].unit.digest for name in stage.talk.tools()]
    return tuple(digest for digest in dict.fromkeys((*stage.behaviour.units, *called)) if digest in stage.book.units)


def _apart(stage: Stage) -> tuple[Message, ...]:
    """The wrong way, where it differs from the right one."""
    right = stage.talk.messages[stage.talk.last_user :]
    return () if list(stage.rejected) == right else tuple(stage.rejected)
