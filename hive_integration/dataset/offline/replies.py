"""What the assistant says in English, around calls and after them: short, varied, made from what is known. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from hive_integration.dataset.offline.purpose import Purpose
from hive_integration.dataset.offline.requests import capital, own
from hive_integration.dataset.offline.results import Fact, Result, shown
from hive_integration.dataset.offline.verbs import gerund
from hive_integration.dataset.values.draw import Argument
from hive_integration.dataset.values.kinds import words_of
from hive_integration.dataset.values.say import joined
from hive_integration.dataset.values.scene import Scene

_BEFORE = (
    "I'll {do}.", "Let me {do}.", "{Doing}.", "{Doing} now.", "On it: {doing}.", "First I {do}.",
    "One moment, {doing}.",
    "Right, {doing}.", "I can {do} directly.", "Sure.", "On it.", "Okay, {doing} for {project}.",
    "Going ahead with the {obj}.",
    "That is about the {obj}; {doing}.", "Looking at the {obj}.", "Understood, I {do}.",
)  # fmt: skip


def before(purpose: Purpose, rng: random.Random, scene: Scene) -> str:
    """Before a call; nothing, half of the time."""
    if rng.random() < 0.5:
        return ""
    do = own(rng.choice(purpose.acts)).partition(" (")[0]
    return rng.choice(_BEFORE).format(
        do=do, doing=gerund(do), Doing=capital(gerund(do)), obj=purpose.object, project=scene.project
    )


_ITEM = ("{Done} the {obj}.", "Done.", "That's in place.", "The {obj} is taken care of.", "All set.",
    "It went through.",
         "That worked.", "The {obj} is done.", "Finished.", "{Done} it.", "Confirmed by the tool.")  # fmt: skip
_STATE = ("Here is the {obj}.", "The {obj} came back.", "This is what I got for the {obj}.", "Looked at the {obj}.",
          "The {obj}, as of now:", "Result for the {obj}:", "The numbers:", "I have it.", "In short:",
          "The {obj} reads:")  # fmt: skip
_FACTS = ("{list}.", "The result says {list}.", "It reports {list}.", "{List}.", "For the record: {list}.",
    "Key points: {list}.",
          "({list})", "What came back: {list}.", "That gives {list}.")  # fmt: skip
_EMPTY = (
    "Nothing was found.",
    "The list is empty.",
    "There is nothing there yet.",
    "No {many} came back.",
    "0 {many}.",
)
_FOUND = ("There are {n}: {items}.", "Found {n}: {items}.", "{n} came back: {items}.", "I see {items}.",
    "{n} {many}: {items}.",
          "The {many} are {items}.", "It lists {items}.", "{items}: that is all of them.")  # fmt: skip
_ONE = ("There is one: {items}.", "Found {items}.", "Only {items} came back.", "One entry, {items}.",
    "It lists {items} and nothing else.",
        "Just {items}.")  # fmt: skip
_OFFERS = ("Shall I go on with the {thing}?", "Next would be `{file}`.", "Tell me if `{symbol}` needs the same.",
    "Anything to add for {project}?",
           "I left `{file}` as it was.", "Nothing else was touched.", "Should {person} know?",
           "The {aspect} is untouched.")  # fmt: skip


def after(purpose: Purpose, result: Result, rng: random.Random, scene: Scene) -> str:
    """After a call that went well: what came of it, with the values that came back."""
    slots = {"Done": purpose.concept.done, "obj": purpose.object, "many": _many(purpose)}
    if purpose.concept.shape == "list" and (result.items or "0" in str(result.facts[0].value)):
        said = _listed(result, rng, slots)
    else:
        lead = rng.choice(_STATE if purpose.concept.shape == "state" else _ITEM).format(**slots)
        said = f"{lead} {facts_said(result.facts, rng, bare=lead.endswith(':'))}".strip()
    if rng.random() < 0.15:
        said = f"{said} {rng.choice(_OFFERS).format_map(scene.slots)}"
    return said


def facts_said(facts: Sequence[Fact], rng: random.Random, *, bare: bool = False) -> str:
    """Facts as a sentence; `bare`: as what follows a colon."""
    if not facts:
        return ""
    line = joined([fact.said() if rng.random() < 0.6 else f"{fact.label}: {shown(fact.value)}" for fact in facts])
    return f"{line}." if bare else rng.choice(_FACTS).format(list=line, List=capital(line))


def _listed(result: Result, rng: random.Random, slots: dict[str, str]) -> str:
    if not result.items:
        return rng.choice(_EMPTY).format(**slots)
    marked = [f"`{name}`" for name in result.items]
    if len(marked) > 1 and rng.random() < 0.3:
        lead = rng.choice(("{n} {many}:", "Found:", "These came back:", "The {many}:")).format(n=len(marked), **slots)
        return "\n".join([lead, *(f"- {each}" for each in marked)])
    if len(marked) == 1:
        return rng.choice(_ONE).format(items=marked[0], **slots)
    return rng.choice(_FOUND).format(n=len(marked), items=joined(marked), **slots)


def _many(purpose: Purpose) -> str:
    noun = purpose.object.split()[-1]
    return noun if noun.endswith("s") else f"{noun}s"


_REPORTS = (
    "That did not work: {error}. Nothing changed.", "The call failed with \"{error}\", so no result.",
    "I could not {do}: {error}.",
    "No luck: \"{error}\".", "It stopped at \"{error}\". The {obj} is as before.",
    "{Doing} failed: {error}. I have no result.",
    "\"{error}\" came back, and I won't guess.", "This needs you: {error}.", "{error}: that is all I got.",
    "Failed, {error}.",
)  # fmt: skip
_ASKS = (
    "How do we go on?", "Should I retry later?", "Can you check that?", "Another way, or wait?",
    "Who could clear that?",
    "Tell me what to change.", "Shall I leave it?", "Can you fix that?", "Retry once {project} is up?", "Ask {person}?",
    "Shall I look at `{module}` meanwhile?",
)  # fmt: skip


def report(purpose: Purpose, error: str, rng: random.Random, scene: Scene) -> str:
    """A failure, told as it is."""
    do = own(purpose.acts[0]).partition(" (")[0]
    said = rng.choice(_REPORTS).format(error=error.rstrip("."), do=do, Doing=capital(gerund(do)), obj=purpose.object)
    return f"{said} {rng.choice(_ASKS).format_map(scene.slots)}"


_AGAIN = ("That was a passing error; trying once more.", "\"{error}\" may pass, so again.", "Once more.", "Retrying.",
          "The tool was busy ({error}); second try.", "", "",
          "Same call again, since {error} is temporary.")  # fmt: skip
_MEND = ("The {label} was refused; the error names {value}, so I use that.", "Retrying with {label} {value}.",
         "{value} is what the tool expects as {label}.", "The error points to {value}. Again with it.", "",
         "Correcting the {label} to {value}.", "It wants {value} there, trying that.")  # fmt: skip


def again(error: str, rng: random.Random) -> str:
    """Before the same call is tried again."""
    return rng.choice(_AGAIN).format(error=error)


def mend(part: Argument, rng: random.Random) -> str:
    """Before a call is tried with another argument."""
    return rng.choice(_MEND).format(label=words_of(part.key), value=shown(part.value))


_QUESTIONS = (
    "Which {label} should I use?", "What is the {label}?", "I need the {label} for that. Which one is it?",
    "You haven't said the {label} yet: what should it be?", "Before I start: which {label}?", "{Label}?",
    "Happy to. What {label} do you want?", "One thing is missing, the {label}.",
    "For {project} I'd need the {label} first.",
)  # fmt: skip
_GIVEN = ("{value}", "use {value}", "{label} is {value}", "Take {value}.", "Sorry, {value}.", "It's {value}",
    "{value}, please.",
          "oh right: {value}", "Let's go with {value}.", "The {label} is {value}.", "make it {value}")  # fmt: skip
_CHANGES = (
    "Wait, the {label} should be {value}.", "No, {label} {value} instead.", "Hmm, make the {label} {value}.",
    "Actually, I meant {value} for the {label}. Do it again.", "My mistake: {label} {value}.",
    "Change of plan: {label} {value}. Once more, please.", "Almost. It has to be {value} as the {label}.",
    "Redo that with {label} {value}.", "not quite, {label} = {value}", "Oops, {value} for {label}. Again?",
)  # fmt: skip


def question(part: Argument, rng: random.Random, scene: Scene) -> str:
    """The assistant asks for an argument."""
    label = words_of(part.key)
    return rng.choice(_QUESTIONS).format(label=label, Label=capital(label), project=scene.project)


def given(part: Argument, rng: random.Random) -> str:
    """The user gives it."""
    return rng.choice(_GIVEN).format(label=words_of(part.key), value=quoted(part.value))


def change(part: Argument, rng: random.Random) -> str:
    """The user wants it otherwise."""
    return rng.choice(_CHANGES).format(label=words_of(part.key), value=quoted(part.value))


def quoted(value: object) -> str:
    """A value in the user's or the assistant's words: whole, in marks."""
    if isinstance(value, str):
        return f"```\n{value}\n```" if "\n" in value else f"`{value}`" if "`" not in value else f'"{value}"'
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return joined([quoted(each) for each in value])
    return json.dumps(value, ensure_ascii=False)
