"""Calls whose arguments are not what the user says: an agent is started, a skill called, a program run. Pure.

The client's tools for that are used as the book specifies them; which argument holds what is known from their names.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from hive_integration.dataset.book import Book
from hive_integration.dataset.offline.purpose import Purpose, purpose_of, shortened
from hive_integration.dataset.offline.requests import capital
from hive_integration.dataset.offline.results import Fact, Result
from hive_integration.dataset.offline.shot import Shot
from hive_integration.dataset.offline.verbs import BY_NAME, CONCEPTS, base_form
from hive_integration.dataset.values.draw import Argument, Drawn
from hive_integration.dataset.values.pattern import matching
from hive_integration.dataset.values.scene import Scene
from hive_integration.dataset.values.texts import chore, note
from hive_integration.units.check import Check
from hive_integration.wire.valid import problems

SAID = {"subagent_type": "agent", "skill": "skill", "command": "program"}
"""Arguments that choose what is done, and what they choose."""
_FOR_THIS = re.compile(
    r"^(?:Give (?P<agent>\S+) this|Call the skill (?P<skill>\S+) for this|Run `(?P<program>[^`]+)` for this): "
    r"(?P<does>.+)\.$",
    re.S,
)
_ENDS = re.compile(r"\b(?:specialist|agent|expert|engineer|assistant|coordinator|manager|advisor|analyst)s?\b.*$", re.I)


def shot_of_choice(book: Book, check: Check, statement: str, rng: random.Random, scene: Scene) -> Shot | None:
    """The use of a tool in which one argument chooses an agent, a skill or a program; None where none was found."""
    name = check.tools[0]
    entry = book.tools.get(name)
    choice = matching(check.pattern.replace("^/?", "^"), rng)
    if entry is None or choice is None:
        return None
    found = _FOR_THIS.match(statement)
    does = found["does"] if found else statement.partition(": ")[2] or statement
    kind = SAID[check.argument]
    part = Argument("task", chore(rng, scene), "task", required=True)
    make = _MAKERS[kind](choice, does, entry.schema)
    parts = () if kind == "program" else (part,)
    purpose, drawn = _purpose(_spoken(choice, kind), does), Drawn(make({"task": part.value}), parts)
    shot = Shot(
        name, entry.schema, purpose, drawn, make, lambda again, where: _answer(kind, choice, again, where)
    )  # fmt: skip
    return None if problems(shot.arguments, entry.schema) else shot


def _spoken(choice: str, kind: str) -> str:
    """The name of what is chosen, as far as it may be spoken: of a command only its last words."""
    return "_".join(re.findall(r"[\w-]+", choice)[-2:]) if kind == "program" else choice


def _purpose(name: str, does: str) -> Purpose:
    """What an agent is for, as something to ask for: `Code review specialist` becomes `do the code review`."""
    head, mark, tail = re.sub(r"^[^\w]+", "", does).partition(" - ")
    text = re.sub(r"^(?:You are|Act as) (?:an? |the )?|^\w+ly (?=[a-z])", "", tail if mark else head)
    first, _, rest = text.partition(" ")
    verb = _verb(first)
    if verb in BY_NAME:
        return purpose_of(name, f"{capital(verb)} {rest}")
    if verb in _VERBS or _ORDER.match(text):
        object_ = purpose_of(name, "").object
        return Purpose(CONCEPTS["run"], object_, (f"{verb} {shortened(rest, 4)}",), (), False)
    if _SENTENCE.search(text):
        return purpose_of(name, "")
    topic = re.sub(r"^(?:a|an|the) ", "", shortened(_ENDS.sub("", text).replace(",", " and"), 5)).strip(" ,-.")
    topic = topic[:1].lower() + topic[1:] if re.match(r"[A-Z][a-z]+(?:[ -][a-z]|$)", topic) else topic
    acts = [form.format(topic=topic or name.replace("-", " ")) for form in _TOPICAL]
    return Purpose(CONCEPTS["run"], topic, tuple(acts), (), False)


def _verb(word: str) -> str:
    """`coordinate` of `Coordinates`."""
    base = base_form(word)
    if base in BY_NAME or base in _VERBS:
        return base
    return next((base[:-cut] for cut in (1, 2) if base.endswith("s") and base[:-cut] in _VERBS), base)


_VERBS = frozenset(
    {"implement", "coordinate", "manage", "master", "design", "integrate", "automate", "synchronize", "enforce",
     "guide", "select", "review", "refactor", "debug", "plan", "write", "maintain", "deploy", "organize", "count",
     "turn", "help", "document", "research", "secure", "handle", "connect", "structure", "translate", "simplify",
     "teach", "weed"}
)  # fmt: skip
"""Verbs that names of tools do not use, but descriptions of agents and skills."""
_ORDER = re.compile(r"[A-Z][a-z]+ (?:the|an?|all|your|every|some|this|new) ")
_SENTENCE = re.compile(r"^(?:\S+ ){1,4}(?:is|are|has|was|provides|enables|allows|offers|uses|supports)\b")
_TOPICAL = ("take care of {topic}", "do the {topic}", "get {topic} going", "look after {topic}", "bring in {topic}",
            "handle the {topic} part", "cover {topic}", "get help with {topic}")  # fmt: skip
Make = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def _agent(name: str, does: str, schema: Mapping[str, Any]) -> Make:
    def made(values: Mapping[str, Any]) -> Mapping[str, Any]:
        task = str(values["task"])
        known = {
            "description": shortened(task, 5),
            "prompt": f"{capital(task)}.",
            "subagent_type": name,
        }
        return _known(known, schema)

    return made


def _skill(name: str, does: str, schema: Mapping[str, Any]) -> Make:
    return lambda values: _known({"skill": name, "args": str(values["task"])}, schema)


def _program(command: str, does: str, schema: Mapping[str, Any]) -> Make:
    told = shortened(does, 8)
    return lambda values: _known({"command": command, "description": told}, schema)


_MAKERS: Mapping[str, Callable[[str, str, Mapping[str, Any]], Make]] = {
    "agent": _agent,
    "skill": _skill,
    "program": _program,
}


def _known(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments that the tool has."""
    properties = schema.get("properties")
    return {key: value for key, value in arguments.items() if not isinstance(properties, Mapping) or key in properties}


def _answer(kind: str, choice: str, rng: random.Random, scene: Scene) -> Result:
    """What comes back: an agent's report, a skill's start, a program's output."""
    said = note(rng, scene)
    if kind == "agent":
        text = rng.choice(("Report: {a}. Also, {b}.", "{a}. Open: {b}.", "Findings\n1. {a}\n2. {b}")).format(
            a=said, b=note(rng, scene)
        )
        return Result(text, [Fact("finding", said)])
    if kind == "skill":
        return Result(f"Launching skill: {choice}", [Fact("skill", "started")])
    lines = (
        f"[ok] {said}",
        f"{scene.project}: {rng.randrange(2, 60)} items",
        f"done in {rng.randrange(1, 90)}.{rng.randrange(9)} s",
    )
    return Result("\n".join(lines[: rng.choice((1, 2, 3))]), [Fact("output", said)])
