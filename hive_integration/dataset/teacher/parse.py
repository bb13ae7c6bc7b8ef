"""A teacher's answer as an example, or what is wrong with it in words that the teacher understands. Pure.

JSON is read as the gateway reads a model's: repaired only where the repair is certain. Whether the conversation shows
what it should is for the gates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.task import Task
from hive_integration.dataset.teacher.prompt import tools_of
from hive_integration.dataset.teacher.styles import style_of
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.dialogue import Call, Message
from hive_integration.wire.lenient import read

MOST_TURNS = 60


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand an example is in: the minimal prompt that it begins with, who wrote it, under what it may train."""

    system: str
    teacher: str
    licence: str


class Fault(Exception):
    """What is wrong with an answer; one line, which never leaves this module as an exception."""


@dataclass(slots=True)
class _Talk:
    """The conversation so far. `waiting`: calls that nobody has answered yet."""

    messages: list[Message] = field(default_factory=list)
    waiting: list[Call] = field(default_factory=list)
    calls: int = 0
    failed: int = 0


def example_of(text: str, task: Task, book: Book, hand: Hand) -> Example | str:
    """The example that an answer holds, or why it holds none."""
    reading = read(text)
    if reading.fault:
        return f"is not JSON: {reading.fault}"
    tools, style = tools_of(task, book), style_of(task)
    try:
        talk = _talk(reading.value, tools)
    except Fault as fault:
        return str(fault)
    if task.error_case and not talk.failed:
        return "has no result that failed, and this is an error case"
    if talk.failed and not task.error_case:
        return "has a result that failed, and this is no error case"
    begin = [Message("system", hand.system)] if hand.system else []
    return Example(
        key=task.key, messages=(*begin, *talk.messages), tools=tuple(tools), behaviours=(task.behaviour.id,),
        units=task.behaviour.units, complexity=task.complexity, error_case=task.error_case, family=style.family,
        negative=task.behaviour.kind is BehaviourKind.NO_TOOL, language=style.language, generator="teacher",
        teacher=hand.teacher, licence=hand.licence,
    )  # fmt: skip


def _talk(value: Any, tools: Sequence[str]) -> _Talk:  # noqa: ANN401 - any JSON value
    turns = value.get("turns") if isinstance(value, dict) else value
    if not isinstance(turns, list) or not turns:
        raise Fault("has no list of turns")
    if len(turns) > MOST_TURNS:
        raise Fault(f"has {len(turns)} turns, at most {MOST_TURNS} are read")
    talk = _Talk()
    for i, turn in enumerate(turns):
        if not isinstance(turn, dict) or str(turn.get("role")) not in _ROLES:
            raise Fault(f"turns[{i}] has no role of user, assistant, tool")
        text = turn.get("text")
        if not isinstance(text, str):
            raise Fault(f"turns[{i}].text is not a text")
        _ROLES[str(turn["role"])](talk, turn, f"turns[{i}]", tools)
    if talk.waiting:
        raise Fault(f"the call of {talk.waiting[0].name} is never answered")
    if talk.messages[0].role != "user" or talk.messages[-1].role != "assistant":
        raise Fault("the first turn must be the user's and the last the assistant's, without calls")
    return talk


def _user(talk: _Talk, turn: Mapping[str, Any], where: str, tools: Sequence[str]) -> None:
    _nobody_waits(talk, where)
    if turn.get("calls"):
        raise Fault(f"{where} is the user's and has calls")
    talk.messages.append(Message("user", turn["text"]))


def _assistant(talk: _Talk, turn: Mapping[str, Any], where: str, tools: Sequence[str]) -> None:
    _nobody_waits(talk, where)
    asked = turn.get("calls") or []
    if not isinstance(asked, list):
        raise Fault(f"{where}.calls is not a list")
    calls = []
    for i, each in enumerate(asked):
        talk.calls += 1
        calls.append(_call(each, f"call_{talk.calls}", f"{where}.calls[{i}]", tools))
    talk.messages.append(Message("assistant", turn["text"], tuple(calls)))
    talk.waiting = list(calls)


def _tool(talk: _Talk, turn: Mapping[str, Any], where: str, tools: Sequence[str]) -> None:
    if not talk.waiting:
        raise Fault(f"{where} is a result, and no call waits for one")
    talk.failed += turn.get("failed") is True
    talk.messages.append(Message("tool", turn["text"], answers=talk.waiting.pop(0).id))


_ROLES = {"user": _user, "assistant": _assistant, "tool": _tool}


def _nobody_waits(talk: _Talk, where: str) -> None:
    if talk.waiting:
        raise Fault(f"{where} comes before the result of {talk.waiting[0].name}")


def _call(value: object, name: str, where: str, tools: Sequence[str]) -> Call:
    if not isinstance(value, dict) or not isinstance(value.get("tool"), str):
        raise Fault(f"{where} names no tool")
    if value["tool"] not in tools:
        raise Fault(f"{where} calls {value['tool'][:80]}, which is not one of the tools")
    arguments = value.get("arguments")
    if isinstance(arguments, str):
        reading = read(arguments)
        if reading.fault:
            raise Fault(f"{where}.arguments are not JSON: {reading.fault}")
        arguments = reading.value
    if not isinstance(arguments, dict):
        raise Fault(f"{where}.arguments are not an object")
    return Call(name, value["tool"], arguments)
