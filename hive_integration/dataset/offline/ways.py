"""By which kind of conversation a behaviour can be shown: what its checks ask for decides. Pure; a table, in order.

What no row takes is for a teacher.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.offline import calls, form, method, phrases, plain
from hive_integration.dataset.offline.delegate import SAID, shot_of_choice
from hive_integration.dataset.offline.purpose import needs_in
from hive_integration.dataset.offline.results import result_of
from hive_integration.dataset.offline.shot import Shot, shot_of
from hive_integration.dataset.offline.stage import Stage, UnmadeError
from hive_integration.dataset.values.draw import Wish
from hive_integration.dataset.values.pattern import matching
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check, CheckKind
from hive_integration.units.dialogue import Call, Message
from hive_integration.wire.keywords import Watch

Way = Callable[[Stage], None]


def way_of(behaviour: Behaviour) -> Way | None:
    """How a behaviour is shown; None for one that no machine can see."""
    kinds = {check.kind for check in behaviour.checks}
    if behaviour.kind is BehaviourKind.METHOD and behaviour.steps and kinds:
        return method.play_method
    return next((way for kind, way in _WAYS if kind in kinds), None)


def tools_of(behaviour: Behaviour) -> Sequence[str]:
    """The tools that its checks name, each once."""
    return list(dict.fromkeys(tool for check in behaviour.checks for tool in check.tools))


def _of(stage: Stage, *kinds: CheckKind) -> list[Check]:
    return [check for check in stage.behaviour.checks if check.kind in kinds]


def _shape(stage: Stage) -> None:
    form.play_form(stage, _of(stage, CheckKind.FORMAT)[0].format)


def _saying(stage: Stage) -> None:
    phrases.play_saying(stage, [check.pattern for check in _of(stage, CheckKind.SAYS, CheckKind.SAYS_IN_ORDER)])


def _not_saying(stage: Stage) -> None:
    phrases.play_not_saying(stage, _of(stage, CheckKind.SAYS_NOT)[0].pattern)


def _order(stage: Stage) -> None:
    method.in_order(stage, _of(stage, CheckKind.ORDER)[0].tools)


def _called(stage: Stage) -> None:
    """A tool is called, with the arguments that are asked for; what is not to be called tempts."""
    choice = next((c for c in _of(stage, CheckKind.ARGUMENT) if c.argument in SAID), None)
    tools = list(dict.fromkeys(tool for c in _of(stage, CheckKind.CALLED) for tool in c.tools))
    tools += [c.tools[0] for c in _of(stage, CheckKind.ARGUMENT) if c.tools[0] not in tools]
    if len(tools) > 1:
        method.in_order(stage, tools)
        return
    if choice and "properties" in stage.book.tools[choice.tools[0]].schema:
        shot = shot_of_choice(stage.book, choice, stage.behaviour.statement, stage.rng, stage.scene)
    else:
        shot = shot_of(stage.book, tools[0], stage.rng, stage.scene, wish_of(stage, tools[0]))
    if shot is None:
        raise UnmadeError(f"no valid arguments were found for {tools[0]}")
    stage.near = tools[0]
    calls.play(stage, shot, _why(stage, shot))
    wrong = [tool for c in _of(stage, CheckKind.NOT_CALLED) for tool in c.tools if tool in stage.book.tools]
    if wrong:
        stage.negative = True
        stage.declared += wrong
        _tempted(stage, wrong[0])


def _why(stage: Stage, shot: Shot) -> str:
    """A reason for the request: what the statement says of when the tool is used, now and then."""
    own = needs_in(stage.behaviour.statement)
    if own and stage.rng.random() < 0.5:
        return f"{stage.rng.choice(own)}."
    if shot.purpose.needs and stage.rng.random() < 0.12:
        return f"{stage.rng.choice(shot.purpose.needs)}."
    return ""


def _tempted(stage: Stage, wrong: str) -> None:
    """The wrong way: the tool that tempts is called instead."""
    shot = shot_of(stage.book, wrong, stage.rng, stage.scene, Wish(0.0))
    if shot is None or stage.rejected:
        return
    call = Call(f"call_{stage.talk.stem}90", wrong, shot.arguments)
    told = result_of(shot.purpose, shot.arguments, stage.rng, stage.scene)
    stage.wrong(Message("assistant", "", (call,)), Message("tool", told.text, answers=call.id),
                Message("assistant", stage.voice.after(shot.purpose, told)))  # fmt: skip


def _uncalled(stage: Stage) -> None:
    tools = [tool for check in _of(stage, CheckKind.NOT_CALLED) for tool in check.tools]
    known = [tool for tool in tools if tool in stage.book.tools]
    tempting = shot_of(stage.book, stage.rng.choice(known), stage.rng, stage.scene, Wish(0.0)) if known else None
    stage.declared += known[:3]
    stage.near = known[0] if known else ""
    plain.play(stage, tempting)


_WAYS: Sequence[tuple[CheckKind, Way]] = (
    (CheckKind.FORMAT, _shape), (CheckKind.ORDER, _order), (CheckKind.CALLED, _called), (CheckKind.ARGUMENT, _called),
    (CheckKind.SAYS, _saying), (CheckKind.SAYS_IN_ORDER, _saying), (CheckKind.SAYS_NOT, _not_saying),
    (CheckKind.NOT_CALLED, _uncalled),
)  # fmt: skip


# Arguments.

_DEFAULT = re.compile(r"^The argument (\S+) of (\S+) is .{1,80} unless something else is asked for\.$")


def wish_of(stage: Stage, tool: str) -> Wish:
    """What the checks want of the arguments; and a default that is taught is left out half of the time."""
    hard = stage.task.complexity
    wish = Wish({"simple": 0.12, "moderate": 0.35, "complex": 0.25}[hard])
    need, fixed = [], dict[str, Any]()
    schema = stage.book.tools[tool].schema
    for check in _of(stage, CheckKind.ARGUMENT):
        if check.tools[0] != tool:
            continue
        key, *below = check.argument.split(".")
        need.append(key)
        if check.pattern and not below and (value := fitting(check.pattern, schema, key, stage.rng)) is not None:
            fixed[key] = value
    told = _DEFAULT.match(stage.behaviour.statement)
    if told and told[2] == tool:
        if stage.rng.random() < 0.5:
            return replace(wish, need=tuple(need), fixed=fixed, left=(told[1],))
        need.append(told[1])
    return replace(wish, need=tuple(need), fixed=fixed)


def fitting(pattern: str, schema: Mapping[str, Any], key: str, rng: random.Random) -> Any:  # noqa: ANN401 - JSON
    """A value of an argument that a check's pattern takes; None where none is at hand."""
    properties = schema.get("properties")
    node = properties.get(key) if isinstance(properties, Mapping) else None
    values = node.get("enum") if isinstance(node, Mapping) else None
    if isinstance(values, list):
        fit = [value for value in values if isinstance(value, str) and Watch().met(pattern, value)]
        return rng.choice(fit) if fit else None
    return matching(pattern, rng)


def lacking(behaviour: Behaviour, book: Book) -> str:
    """Which tool has no specification in the book, of those that must be called; empty where none is missing."""
    must = (CheckKind.CALLED, CheckKind.ARGUMENT, CheckKind.ORDER)
    return next((t for c in behaviour.checks if c.kind in must for t in c.tools if t not in book.tools), "")
