"""The moves of a conversation around a call: asking, using, failing, recovering, correcting, asking after. On a stage.

What a user has to give is always said before it is used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hive_integration.dataset.offline.failures import Cure, Failure, failure_of, told_wrongly
from hive_integration.dataset.offline.requests import Wanted, capital
from hive_integration.dataset.offline.results import Result, shown
from hive_integration.dataset.offline.shot import Shot, shot_of
from hive_integration.dataset.offline.stage import Stage
from hive_integration.dataset.values.draw import Argument, Wish, drawn
from hive_integration.dataset.values.kinds import words_of
from hive_integration.units.dialogue import Call, Message


def ask(stage: Stage, shot: Shot, why: str, left: Sequence[str] = (), extra: Sequence[str] = (), **around: str) -> None:
    """The user asks for the shot; `left` are arguments that are not said, `extra` what is said beside them."""
    parts = [part for part in shot.parts if part.key not in left]
    stage.ask(Wanted(purpose=shot.purpose, arguments=parts, extra=extra, why=why), **around)


def use(stage: Stage, shot: Shot, text: str | None = None) -> Result:
    """The call goes well and is told of."""
    result = shot.result(stage.rng, stage.scene)
    stage.talk.use(stage.voice.before(shot.purpose) if text is None else text, shot.name, shot.arguments, result.text)
    stage.talk.say(stage.voice.after(shot.purpose, result))
    return result


def fail(stage: Stage, shot: Shot, cure: Cure | None = None, text: str | None = None) -> Failure:
    """The call fails; what is said of it comes next."""
    found = failure_of(
        shot.drawn, shot.schema, stage.rng, stage.scene, cure if not shot.made or cure != "mend" else "again"
    )
    if shot.made and found.cure == "mend":
        found = failure_of(shot.drawn, shot.schema, stage.rng, stage.scene, "again")
    if shot.made:
        found = replace(found, text=f"Error: {found.said}")
    if not stage.rejected:
        before = stage.talk.messages[stage.talk.last_user :]
        call = Call(f"call_{stage.talk.stem}{stage.talk.calls + 1:02d}", shot.name, shot.arguments)
        stage.wrong(*before, Message("assistant", "", (call,)), Message("tool", found.text, answers=call.id),
                    Message("assistant", told_wrongly(shot.purpose, stage.rng)))  # fmt: skip
    stage.talk.use(stage.voice.before(shot.purpose) if text is None else text, shot.name, shot.arguments, found.text)
    return found


def recover(stage: Stage, shot: Shot, failure: Failure) -> Shot:
    """What is right after a failure: again, mended, or told as it is. The use that holds in the end."""
    if failure.cure == "none":
        stage.talk.say(stage.voice.report(shot.purpose, failure.said))
        return shot
    if failure.mended and failure.mended.kind != "number" and shot.purpose.concept.shape == "gone":
        return _confirmed(stage, shot, failure, failure.mended)
    if failure.mended:
        shot = shot.with_part(failure.mended)
        use(stage, shot, stage.voice.mend(failure.mended))
    else:
        use(stage, shot, stage.voice.again(failure.said))
    return shot


def _confirmed(stage: Stage, shot: Shot, failure: Failure, mended: Argument) -> Shot:
    """What removes something is not tried on another thing before the user says so."""
    stage.talk.say(stage.voice.report(shot.purpose, failure.said))
    if stage.task.complexity == "simple":
        return shot
    stage.talk.user(stage.voice.given(mended))
    shot = shot.with_part(mended)
    use(stage, shot)
    return shot


def changed(stage: Stage, shot: Shot) -> Argument | None:
    """An argument with another value, that the user may want instead."""
    if shot.made:
        return None
    open_ones = [part for part in shot.parts if sayable(part)]
    for part in stage.rng.sample(open_ones, len(open_ones)):
        found = drawn(shot.schema, stage.rng, stage.scene, Wish(0.0, need=(part.key,)))
        other = next((each for each in found.parts if each.key == part.key), None) if found else None
        if other and other.value != part.value and not is_long(other):
            return other
    return None


def is_long(part: Argument) -> bool:
    """Whether an argument is too long to be said in passing."""
    return len(str(part.value)) > 120 or "\n" in str(part.value)


def correct(stage: Stage, shot: Shot) -> Shot:
    """The user wants it otherwise, and gets it."""
    other = changed(stage, shot)
    if other is None:
        return further(stage, shot)
    stage.talk.user(stage.voice.change(other))
    shot = shot.with_part(other)
    use(stage, shot)
    return shot


def further(stage: Stage, shot: Shot) -> Shot:
    """The user wants the same once more, for something else; or only thanks."""
    again = None if shot.made else shot_of(stage.book, shot.name, stage.rng, stage.scene, Wish(0.3))
    rng, scene = stage.rng, stage.scene
    if again and again.arguments != shot.arguments and stage.english and again.parts:
        said = [each for each in again.parts if not is_long(each)]
        if len(said) == len(again.parts):
            stage.talk.user(rng.choice(_ONCE_MORE).format(list=", ".join(told(each) for each in said)))
            use(stage, again)
            return again
    if stage.english:
        stage.talk.user(rng.choice(_THANKS).format_map(scene.slots))
        stage.talk.say(rng.choice(_WELCOME).format_map(scene.slots))
    return shot


def sayable(part: Argument) -> bool:
    """Whether an argument can be asked for and given in a few words."""
    return not isinstance(part.value, bool | Mapping) and not is_long(part)


def told(part: Argument) -> str:
    """An argument in a few words."""
    value = part.value if isinstance(part.value, str) else None
    return f"{words_of(part.key)} {shown(value) if value is not None else json.dumps(part.value, ensure_ascii=False)}"


_ONCE_MORE = ("Now the same with {list}.", "And once more: {list}.", "Good. Also with {list}.",
    "Again, this time {list}.",
              "One more of these: {list}.", "Next one, {list}.", "Then {list}, too.", "same thing, {list}")  # fmt: skip
_THANKS = ("Thanks, that helps with the {thing}.", "Perfect. {person} will be glad.", "ok thx",
    "Great, back to `{file}` then.",
           "Good, that was all for {project}.", "Fine. I'll look at the {aspect} now.", "cool, noted")  # fmt: skip
_WELCOME = ("You're welcome.", "Good luck with the {thing}.", "Okay.", "Ping me when `{file}` is ready.", "Any time.",
            "Glad it helped. The {aspect} next?", "Noted. I'm here if {module} needs more.")  # fmt: skip


def follow(stage: Stage, result: Result) -> None:
    """A question that the last result answers, without another call."""
    facts = [fact for fact in result.facts if str(fact.value)]
    if not facts or not stage.english:
        return
    fact = stage.rng.choice(facts)
    stage.talk.user(stage.rng.choice(_ASKED).format(label=fact.label))
    stage.talk.say(
        stage.rng.choice(_ANSWERED).format(label=fact.label, Label=capital(fact.label), value=shown(fact.value))
    )


_ASKED = ("What was the {label} again?", "{label}?", "Sorry, which {label} was that?", "And the {label}?",
    "Repeat the {label} please.",
          "so the {label} is what?", "I missed the {label}.")  # fmt: skip
_ANSWERED = (
    "{value}.",
    "{Label}: {value}.",
    "The {label} is {value}.",
    "It was {value}.",
    "{value}, as the result said.",
)


def follow_last(stage: Stage, shot: Shot) -> None:
    """A question about an argument that was said: the conversation itself answers."""
    texts = [part for part in shot.parts if isinstance(part.value, str) and not is_long(part)]
    if not texts or not stage.english:
        return
    part = stage.rng.choice(texts)
    if any(part.value in message.text for message in stage.talk.messages if message.role == "user"):
        stage.talk.user(stage.rng.choice(_WHICH).format(label=words_of(part.key)))
        stage.talk.say(stage.rng.choice(_ANSWERED).format(label=words_of(part.key), Label=capital(words_of(part.key)),
        value=shown(part.value)))  # fmt: skip


_WHICH = (
    "Which {label} was first?",
    "What was the first {label}?",
    "The {label} at first?",
    "{label} of the first call?",
)
