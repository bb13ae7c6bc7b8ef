"""Conversations around calls of tools: the scenarios, from one request to several turns, with failures and their cure.

A scenario is one row of a table; which rows a complexity has follows from `_ROWS`. What a user has to give is always
said before it is used: in the request, in an answer to a question, or by the result of an earlier call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hive_integration.dataset.offline.context import context
from hive_integration.dataset.offline.moves import (
    ask,
    changed,
    correct,
    fail,
    follow,
    follow_last,
    further,
    is_long,
    recover,
    sayable,
    told,
    use,
)
from hive_integration.dataset.offline.results import listing
from hive_integration.dataset.offline.shot import Shot, companions, shot_of
from hive_integration.dataset.offline.stage import Stage
from hive_integration.dataset.offline.templates import ASIDES
from hive_integration.dataset.values.draw import Argument, Wish
from hive_integration.dataset.values.kinds import words_of

Scenario = Callable[[Stage, Shot, str], None]
"""(the stage, what is to be called, why) -> the conversation on the stage."""


def play(stage: Stage, shot: Shot, why: str = "") -> None:
    """A conversation in which `shot` is called, as hard as the task wants it."""
    task = stage.task
    rows = _ROWS[task.complexity, task.error_case]
    if not stage.english:
        rows = [row for row in rows if row not in _ENGLISH_ONLY]
    stage.rng.choice(rows)(stage, shot, why)


# Scenarios without errors.


def _plain(stage: Stage, shot: Shot, why: str) -> None:
    ask(stage, shot, why)
    use(stage, shot)


def _aside(stage: Stage, shot: Shot, why: str) -> None:
    aside = stage.scene.fill(stage.rng.choice(ASIDES))
    if stage.rng.random() < 0.5:
        ask(stage, shot, why, tail=aside)
    else:
        ask(stage, shot, why, lead=aside)
    use(stage, shot)


def _pasted(stage: Stage, shot: Shot, why: str) -> None:
    ask(stage, shot, why, lead=context(stage.rng, stage.scene))
    use(stage, shot)


def _clarify(stage: Stage, shot: Shot, why: str) -> None:
    """The user forgets what the tool needs; it is asked for, not guessed."""
    needed = [part for part in shot.parts if part.required and sayable(part)]
    if not needed:
        return _aside(stage, shot, why) if stage.english else _plain(stage, shot, why)
    part = stage.rng.choice(needed)
    ask(stage, shot, why, left=(part.key,))
    stage.talk.say(stage.voice.question(part))
    stage.talk.user(stage.voice.given(part))
    use(stage, shot)
    return None


def _lookup(stage: Stage, shot: Shot, why: str) -> None:
    """The user describes what is meant; another tool says its name."""
    use(stage, _looked_up(stage, shot, why))


def _looked_up(stage: Stage, shot: Shot, why: str) -> Shot:
    found = _source(stage, shot)
    if found is None:
        ask(stage, shot, why, lead=context(stage.rng, stage.scene))
        return shot
    part, first = found
    about = f"{stage.scene.thing} {stage.scene.aspect}"
    label = words_of(part.key)
    extra = stage.rng.choice(_ONE_ABOUT).format(label=label, about=about)
    ask(stage, shot, why, left=(part.key,), extra=(extra,))
    text = stage.rng.choice(_LOOKS).format(label=label, obj=first.purpose.object) if stage.rng.random() < 0.6 else ""
    result = listing(first.purpose, str(part.value), about, stage.rng, stage.scene)
    stage.talk.use(text, first.name, first.arguments, result.text)
    return shot


def _beside(stage: Stage, shot: Shot) -> Sequence[str]:
    """Tools that may be asked before the shot."""
    return [each for each in companions(stage.book, shot.name) if each not in stage.forbidden]


def _source(stage: Stage, shot: Shot) -> tuple[Argument, Shot] | None:
    """An argument that another tool can tell, and the use of that tool; it needs nothing that is not said."""
    sought = [part for part in shot.parts if part.required and part.kind in _LOOKED_UP and isinstance(part.value, str)
              and "`" not in part.value and '"' not in part.value]  # fmt: skip
    if not sought or shot.made:
        return None
    names = _beside(stage, shot)
    for name in stage.rng.sample(names, len(names)):
        entry = stage.book.tools[name]
        if not entry.schema.get("required") and (first := shot_of(stage.book, name, stage.rng, stage.scene, Wish(0.0))):
            return stage.rng.choice(sought), first
    return None


_LOOKED_UP = frozenset(["id", "key", "name", "file", "session", "namespace", "branch", "repo", "role"])
_ONE_ABOUT = ("the {label} of the one about {about}", "{label}: the one on {about}",
    "the one for {about} (look up its {label})",
              "whichever {label} belongs to {about}", "the {about} one as {label}")  # fmt: skip
_LOOKS = ("First I look up the {label}.", "The {label} is not known yet; checking the {obj}.",
    "Looking for the {label}.",
          "I need the {label} before that.", "Checking which {label} that is.")  # fmt: skip


def _chain(stage: Stage, shot: Shot, why: str) -> None:
    """Two things in one breath, done one after the other."""
    names = _beside(stage, shot)
    first = shot_of(stage.book, stage.rng.choice(names), stage.rng, stage.scene, Wish(0.1)) if names else None
    if first is None or any(is_long(part) for part in first.parts):
        return _pasted(stage, shot, why)
    said = ", ".join(told(part) for part in first.parts)
    act = first.purpose.act(stage.rng)
    lead = stage.rng.choice(_FIRST).format(act=f"{act} ({said})" if said else act)
    ask(stage, shot, why, lead=lead)
    result = first.result(stage.rng, stage.scene)
    stage.talk.use(stage.voice.before(first.purpose), first.name, first.arguments, result.text)
    last = shot.result(stage.rng, stage.scene)
    stage.talk.use(
        stage.voice.before(shot.purpose) if stage.rng.random() < 0.5 else "", shot.name, shot.arguments, last.text
    )
    stage.talk.say(f"{stage.voice.after(first.purpose, result)} {stage.voice.after(shot.purpose, last)}")
    return None


_FIRST = ("Two things. First, {act}. Second:", "First {act}, after that this:", "Begin with this: {act}. And then:",
          "1. {act}\n2. see below", "Before the rest, {act}.", "To start, {act}; when that is through:")  # fmt: skip


def _turns(stage: Stage, shot: Shot, why: str) -> None:
    """Context, the call, a correction, a question about what came out."""
    opening = stage.rng.choice((_pasted, _aside, _clarify))
    opening(stage, shot, why)
    correct(stage, shot)
    if stage.rng.random() < 0.4:
        follow_last(stage, shot)


def _asked_and_corrected(stage: Stage, shot: Shot, why: str) -> None:
    (_clarify if stage.rng.random() < 0.7 else _plain)(stage, shot, why)
    correct(stage, shot)


def _looked_up_and_corrected(stage: Stage, shot: Shot, why: str) -> None:
    shot = _looked_up(stage, shot, why)
    result = use(stage, shot)
    follow(stage, result)
    correct(stage, shot)


def _chained_and_further(stage: Stage, shot: Shot, why: str) -> None:
    _chain(stage, shot, why)
    further(stage, shot)


# Scenarios with errors.


def _failed(stage: Stage, shot: Shot, why: str) -> None:
    ask(stage, shot, why)
    recover(stage, shot, fail(stage, shot))


def _failed_aside(stage: Stage, shot: Shot, why: str) -> None:
    lead = context(stage.rng, stage.scene) if stage.rng.random() < 0.5 and stage.english else ""
    tail = stage.scene.fill(stage.rng.choice(ASIDES)) if not lead and stage.english else ""
    ask(stage, shot, why, lead=lead, tail=tail)
    recover(stage, shot, fail(stage, shot))


def _failed_asked(stage: Stage, shot: Shot, why: str) -> None:
    """The tool turns a value down; the user is asked, and gives another one."""
    ask(stage, shot, why)
    failure = fail(stage, shot, "mend")
    if failure.mended is None:
        recover(stage, shot, failure)
        return
    stage.talk.say(stage.voice.report(shot.purpose, failure.said))
    stage.talk.user(stage.voice.given(failure.mended))
    use(stage, shot.with_part(failure.mended))


def _failed_twice(stage: Stage, shot: Shot, why: str) -> None:
    """It fails, is tried again once, fails again, and is told as it is."""
    ask(stage, shot, why)
    failure = fail(stage, shot, "again")
    second = fail(stage, shot, "none", stage.voice.again(failure.said))
    stage.talk.say(stage.voice.report(shot.purpose, second.said))


def _failed_later(stage: Stage, shot: Shot, why: str) -> None:
    """The first call goes well; what the user changes fails, and is mended."""
    stage.rng.choice((_pasted, _clarify, _lookup) if stage.english else (_plain, _clarify))(stage, shot, why)
    other = changed(stage, shot)
    if other is None:
        stage.talk.user(stage.rng.choice(_AGAIN_PLEASE).format_map(stage.scene.slots) if stage.english else "OK, x2.")
    else:
        stage.talk.user(stage.voice.change(other))
        shot = shot.with_part(other)
    recover(stage, shot, fail(stage, shot))


_AGAIN_PLEASE = ("Once more please, the {thing} has changed.", "Do it again, {person} touched `{file}`.",
    "Again, just to be sure.",
                 "Repeat that, I restarted {project}.", "one more time pls")  # fmt: skip


def _failed_found(stage: Stage, shot: Shot, why: str) -> None:
    """A name is not known; another tool tells the right one."""
    found = _source(stage, shot)
    if found is None:
        return _failed_later(stage, shot, why)
    part, first = found
    right = replace(
        part, value=f"{part.value}-{stage.rng.randrange(2, 9)}" if "." not in str(part.value) else f"v2/{part.value}"
    )
    mended = shot.with_part(right)
    about = f"{stage.scene.thing} {stage.scene.aspect}"
    ask(stage, shot, why, lead=f"It is about the {about}.")
    said = f"{words_of(part.key)} {part.value} not found"
    stage.talk.use(
        stage.voice.before(shot.purpose),
        shot.name,
        shot.arguments,
        stage.rng.choice((f"Error: {said}", f'{{"error": "{said}"}}')),
    )
    result = listing(first.purpose, str(right.value), about, stage.rng, stage.scene)
    stage.talk.use(
        stage.rng.choice(_LOOKS).format(label=words_of(part.key), obj=first.purpose.object),
        first.name,
        first.arguments,
        result.text,
    )
    use(stage, mended, stage.voice.mend(right))
    return None


_ROWS: Mapping[tuple[str, bool], Sequence[Scenario]] = {
    ("simple", False): (_plain,),
    ("moderate", False): (_aside, _clarify, _lookup, _chain, _pasted),
    ("complex", False): (_turns, _turns, _asked_and_corrected, _looked_up_and_corrected, _chained_and_further),
    ("simple", True): (_failed,),
    ("moderate", True): (_failed_aside, _failed_asked, _failed_twice),
    ("complex", True): (_failed_later, _failed_found),
}  # fmt: skip
_ENGLISH_ONLY = frozenset(
    {_aside, _lookup, _chain, _pasted, _looked_up_and_corrected, _chained_and_further, _turns, _failed_found}
)
