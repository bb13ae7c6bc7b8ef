"""Methods: the steps shown in their order, never named; with tools where each step has its own, else in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from hive_integration.dataset.offline.calls import play
from hive_integration.dataset.offline.context import context
from hive_integration.dataset.offline.requests import Wanted, capital
from hive_integration.dataset.offline.shot import Shot, shot_of
from hive_integration.dataset.offline.stage import Stage, UnmadeError
from hive_integration.dataset.offline.templates import ASIDES
from hive_integration.dataset.values.draw import Wish
from hive_integration.dataset.values.texts import chore

_DETAILS: Sequence[tuple[str, Sequence[str]]] = (
    (r"test|verif|valid|check|review|qa\b|quality", (
        "`{test}` covers the {thing} now, {n} cases.", "The case where it {symptom} is in `{test}`.",
        "{n} cases pass, none is skipped.",
        "I looked at `{symbol}` line by line.", "Nothing in `{other}` breaks.")),
    (r"research|analy|gather|understand|explor|identif|assess|specif|requirement|read|investig|discover", (
        "The {thing} {symptom}; `{file}` is where it happens.", "`{symbol}` is called from {n} places.",
        "What matters is {aspect}, says {person}.",
        "`{module}` owns it, `{other}` only reads.", "Open question: does {aspect} count?")),
    (r"design|architect|plan|pseudo|model|structure|defin|outline|draft", (
        "`{symbol}` stays the entry, {aspect} moves behind it.",
        "Three parts: `{module}`, `{other}`, and the {thing} itself.",
        "The interface takes the {thing} and gives back its {aspect}.", "{aspect} first, the rest after.",
        "No change for callers in {area}.")),
    (r"implement|code|build|write|creat|fix|refactor|develop|refine|apply|make|integrat|complet", (
        "`{file}` gets {aspect} in `{symbol}`, {n} lines.", "`{symbol}` now handles the {thing}.",
        "The old path in `{other}` is gone.",
        "{aspect} is in, behind a flag.", "{n} lines in `{module}`.")),
    (r"deploy|releas|launch|ship|deliver|publish|migrat|rollout", (
        "{project} goes out behind a flag.", "{n} % of {area} first.", "{person} gets a note.",
        "The change log names the {thing}.")),
    (r"document|report|summar|record|store|log|track|monitor|measure|observ|share", (
        "`docs/{slug}.md` says why.", "The {aspect} decision is written down.", "{n} ms before, less after.",
        "{person} can read it in {project}.")),
)  # fmt: skip
_ANY = ("For the {thing} that means {aspect}.", "In {project}: `{file}`.",
    "`{module}` is affected, `{other}` is not.", "{person} agreed on the {aspect}.",
        "The {thing} comes with it.", "{n} places in {area}.")  # fmt: skip
_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), details) for pattern, details in _DETAILS)
_FORMS = (
    "**{Step}.** {detail}",
    "{i}. {Step}: {detail}",
    "{Step}. {detail}",
    "{Ordinal}, {step}. {detail}",
    "{Step} - {detail}",
    "### {Step}\n{detail}",
)
_ORDINALS = ("First", "Then", "Next", "After that", "Now", "Following that", "With that done", "Further")


def play_method(stage: Stage) -> None:
    """The conversation of a METHOD behaviour: by tools where its check orders tools, else in words."""
    tools = next((check.tools for check in stage.behaviour.checks if check.kind == "order"), ())
    if tools:
        in_order(stage, tools)
    else:
        _in_words(stage)


def in_order(stage: Stage, tools: Sequence[str]) -> None:
    """Tools one after the other: all but the last are called before the scenario of the last one begins."""
    shots = [shot_of(stage.book, name, stage.rng, stage.scene, Wish(0.15)) for name in tools]
    ready = [shot for shot in shots if shot is not None]
    if len(ready) < len(shots):
        raise UnmadeError("no valid arguments were found")
    stage.near = ready[-1].name
    asks = [_first(stage, shot) for shot in ready[:-1]]
    stage.ask(Wanted(act=asks[0][0], extra=asks[0][1]))
    for i, shot in enumerate(ready[:-1]):
        if i:
            stage.talk.user(
                f"{stage.rng.choice(_ORDINALS[1:])}: {asks[i][0]}{': ' if asks[i][1] else '.'}{', '.join(asks[i][1])}"
            )
        result = shot.result(stage.rng, stage.scene)
        stage.talk.use(stage.voice.before(shot.purpose), shot.name, shot.arguments, result.text)
        stage.talk.say(stage.voice.after(shot.purpose, result))
    play(stage, ready[-1])


def _first(stage: Stage, shot: Shot) -> tuple[str, list[str]]:
    from hive_integration.dataset.values.say import said

    return shot.purpose.act(stage.rng), [said(part, stage.rng) for part in shot.parts]


def _in_words(stage: Stage) -> None:
    rng, scene = stage.rng, stage.scene
    hard = stage.task.complexity
    lead = context(rng, scene) if hard != "simple" and rng.random() < 0.6 else ""
    tail = scene.fill(rng.choice(ASIDES)) if hard == "moderate" and not lead else ""
    stage.ask(Wanted(act=chore(rng, scene)), lead=lead, tail=tail)
    steps = list(stage.behaviour.steps)
    form = rng.choice(_FORMS)
    texts = [_step(stage, form, i, step) for i, step in enumerate(steps)]
    cuts = _cuts(stage, len(texts))
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(texts)], strict=True)):
        if number:
            stage.talk.user(_between(stage, steps[start], last=number == len(cuts)))
        stage.talk.say(_opening(stage, number) + "\n".join(texts[start:end]))


def _cuts(stage: Stage, count: int) -> list[int]:
    """Where the user speaks in between: nowhere when simple, once or twice else."""
    wanted = {"simple": 0, "moderate": 1, "complex": 2}[stage.task.complexity]
    wanted = max(wanted, 1) if stage.task.error_case else wanted
    return sorted(stage.rng.sample(range(1, count), min(wanted, count - 1)))


def _step(stage: Stage, form: str, number: int, step: str) -> str:
    details = next((details for pattern, details in _COMPILED if pattern.search(step)), _ANY)
    text = capital(
        stage.scene.fill(
            stage.rng.choice((*details, *_ANY))
            if stage.rng.random() < 0.3
            else stage.scene.fill(stage.rng.choice(details))
        )
    )
    return form.format(
        Step=capital(step),
        step=step[:1].lower() + step[1:],
        i=number + 1,
        detail=text,
        Ordinal=_ORDINALS[min(number, len(_ORDINALS) - 1)],
    )


def _opening(stage: Stage, number: int) -> str:
    if stage.rng.random() < 0.5:
        return ""
    told = _STARTS if number == 0 else _CONTINUES
    return stage.scene.fill(stage.rng.choice(told)) + "\n"


_STARTS = (
    "Working on the {thing}:",
    "Here is how I go about `{file}`.",
    "For {project}, in this order:",
    "One after the other.",
    "Taking the {thing} step by step.",
)
_CONTINUES = (
    "On with the {thing}.",
    "Continuing in `{file}`.",
    "Back to {project}.",
    "Going on.",
    "With that in mind:",
)
_GO_ON: Sequence[str] = ("Right, go on.", "ok, next", "Fine. Continue with the {thing}.", "And then?",
    "{person} agrees. Go on.", "continue",
                         "What about `{module}`?", "Good for {project}. Next.")  # fmt: skip
_SKIP: Sequence[str] = ("Can't we jump to the end?", "Skip ahead, only `{file}` matters.", "Just finish {project}.",
    "No time, do `{module}` last.",
                        "{person} wants the result now.", "Is all that needed for `{symbol}`?")  # fmt: skip
_BROKEN: Sequence[str] = (
    "That failed: the {thing} {symptom} in `{test}`.", "`{symbol}` raises now, {n} failures in CI.",
    "Hm, {person} gets an error from `{other}`.",
    "{project} broke after that.", "`{file}` does not compile, line {n}.",
)  # fmt: skip


def _between(stage: Stage, following: str, *, last: bool) -> str:
    """The user in between: goes on, wants to skip, or reports what failed."""
    told: Callable[[Sequence[str]], str] = lambda texts: stage.scene.fill(stage.rng.choice(texts))  # noqa: E731
    if stage.task.error_case and last:
        return told(_BROKEN)
    return told(_SKIP) if stage.task.complexity == "complex" and stage.rng.random() < 0.5 else told(_GO_ON)
