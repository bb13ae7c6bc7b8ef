"""Answers in a form that a rule asks for: JSON, bullets, numbers, headings, code, one line, few words. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from hive_integration.dataset.offline.context import context
from hive_integration.dataset.offline.questions import question
from hive_integration.dataset.offline.requests import Wanted, capital
from hive_integration.dataset.offline.stage import Stage
from hive_integration.dataset.offline.templates import ASIDES
from hive_integration.dataset.values.texts import chore, note

_ACTS = ("sum up where the {thing} stands", "say what is left for the {thing}", "report on the {aspect} work",
    "outline the {aspect} of the {thing}",
         "tell {person} how {project} is doing", "list the risks around {module}", "describe what `{symbol}` needs",
         "review the state of {area}",
         "plan the {aspect} for {project}", "compare `{module}` and `{other}`")  # fmt: skip


def play_form(stage: Stage, form: str) -> None:
    """A conversation whose last answer has the form; whoever asks does not name it."""
    rng, scene, hard = stage.rng, stage.scene, stage.task.complexity
    stage.negative = False
    lead = context(rng, scene) if hard != "simple" else ""
    tail = scene.fill(rng.choice(ASIDES)) if hard == "moderate" and rng.random() < 0.5 else ""
    stage.ask(Wanted(act=scene.fill(rng.choice(_ACTS))), lead=lead, tail=tail)
    stage.talk.say(FORMS[form](stage))
    if hard == "complex":
        stage.talk.user(scene.fill(rng.choice(_MORE)))
        stage.talk.say(FORMS[form](stage))


_MORE = ("Add {person}'s part on {aspect}.", "Now for `{other}`.", "Again, but only what concerns the {thing}.",
    "And for {area} as a whole?",
         "Leave out {aspect}.", "Once more after the change to `{file}`.", "You forgot `{test}`.")  # fmt: skip


def _items(stage: Stage) -> list[str]:
    made = [
        chore(stage.rng, stage.scene) if stage.rng.random() < 0.5 else note(stage.rng, stage.scene)
        for _ in range(stage.rng.choice((2, 3, 3, 4)))
    ]
    found = list(dict.fromkeys(map(capital, made)))
    return found if len(found) > 1 else [*found, f"`{stage.scene.file}` is next"]


def _json(stage: Stage) -> str:
    rng, scene = stage.rng, stage.scene
    value: dict[str, object] = {rng.choice(("summary", "result", "status")): note(rng, scene)}
    value[rng.choice(("next", "items", "steps", "findings"))] = _items(stage)
    told = (("file", scene.file), ("owner", scene.person), ("open", scene.number), ("done", rng.random() < 0.5))
    value |= dict(rng.sample(told, 2))
    return json.dumps(value, ensure_ascii=False, indent=rng.choice((None, 2)))


def _bullets(stage: Stage) -> str:
    mark = stage.rng.choice(("-", "*"))
    return "\n".join([*_intro(stage), *(f"{mark} {item}" for item in _items(stage))])


def _numbered(stage: Stage) -> str:
    return "\n".join([*_intro(stage), *(f"{i}. {item}" for i, item in enumerate(_items(stage), 1))])


def _intro(stage: Stage) -> list[str]:
    return (
        [
            stage.scene.fill(
                stage.rng.choice(("{thing}, {aspect}:", "State of {project}:", "For {person}:", "In `{file}`:"))
            )
        ]
        if stage.rng.random() < 0.4
        else []
    )


def _headings(stage: Stage) -> str:
    first, *rest = _items(stage)
    pairs = stage.rng.choice(
        (("Summary", "Details"), ("State", "Next"), ("Findings", "Open"), ("What", "Why"), ("Done", "Left"))
    )
    mark = stage.rng.choice(("## {}", "### {}", "**{}**"))
    return f"{mark.format(pairs[0])}\n\n{first}\n\n{mark.format(pairs[1])}\n\n" + "\n".join(
        f"- {each}" for each in rest
    )


def _code(stage: Stage) -> str:
    scene = stage.scene
    code = f"```{scene.language}\n{scene.symbol}({scene.module})  # {scene.aspect}\n```"
    return f"{capital(note(stage.rng, scene))}:\n\n{code}"


def _one_line(stage: Stage) -> str:
    return f"{capital(note(stage.rng, stage.scene))}."


def _short(stage: Stage) -> str:
    if stage.rng.random() < 0.3:
        return question(stage.rng, stage.scene).answer
    return f"{capital(note(stage.rng, stage.scene))}. {capital(chore(stage.rng, stage.scene))} next."


FORMS: Mapping[str, Callable[[Stage], str]] = {
    "json": _json, "bullets": _bullets, "numbered": _numbered, "headings": _headings, "code": _code,
    "one line": _one_line, "short": _short,
}  # fmt: skip
"""A maker for each of `units.check.FORMATS`."""
