"""What the user says first: a family of phrasing, filled with an act, its arguments and the scene. Pure."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

from hive_integration.dataset.offline.languages import LANGUAGES
from hive_integration.dataset.offline.noise import with_typos
from hive_integration.dataset.offline.purpose import Purpose
from hive_integration.dataset.offline.templates import ENGLISH, WHYS
from hive_integration.dataset.offline.verbs import gerund
from hive_integration.dataset.task import Task, cells
from hive_integration.dataset.values.draw import Argument
from hive_integration.dataset.values.node import as_said
from hive_integration.dataset.values.say import joined, said
from hive_integration.dataset.values.scene import Scene


@dataclass(frozen=True, slots=True)
class Family:
    """One family of phrasing: a template in its register, or in its language."""

    name: str
    register: str
    language: str
    template: str


@lru_cache(maxsize=2)
def families(*, abroad: bool) -> tuple[Family, ...]:
    """All families; `abroad`: also those of other languages than English."""
    found = [
        Family(f"ask.{register}.{number:03d}", register, "en", template)
        for register, templates in ENGLISH.items()
        for number, template in enumerate(templates)
    ]
    if abroad:
        found += [
            Family(f"ask.{code}.{number:03d}", "abroad", code, template)
            for code, language in LANGUAGES.items()
            for number, template in enumerate(language.asks)
        ]
    return tuple(found)


def family_of(task: Task, *, abroad: bool) -> Family:
    """The family of a task. The tasks of a behaviour go through all families before any comes again."""
    every = families(abroad=abroad)
    own = cells(task.behaviour)
    cell = own.index((task.complexity, task.error_case)) if (task.complexity, task.error_case) in own else 0
    start, stride = _walk(f"{task.seed}\0{task.behaviour.id}", len(every))
    return every[(start + (task.variant * len(own) + cell) * stride) % len(every)]


@lru_cache(maxsize=4096)
def _walk(seed: str, length: int) -> tuple[int, int]:
    """Where to begin, and how far to go each time so that all are met."""
    number = int(hashlib.sha256(seed.encode()).hexdigest()[:12], 16)
    stride = number // length % length | 1
    while gcd(stride, length) > 1:
        stride += 2
    return number % length, stride


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: an act in words, or a purpose of which one is made, with the arguments that are said."""

    act: str = ""
    purpose: Purpose | None = None
    arguments: Sequence[Argument] = ()
    extra: Sequence[str] = ()
    """Further things said like arguments: `the one about refunds`."""
    why: str = ""


def request(family: Family, wanted: Wanted, scene: Scene, rng: random.Random) -> str:
    """The user's words."""
    if family.language != "en":
        return _abroad(family, wanted, scene, rng)
    act = wanted.act or (wanted.purpose.act(rng, _owners(scene)) if wanted.purpose else "go on")
    raw = family.register in {"ticket", "terse"} and rng.random() < 0.45
    phrases = [*(said(each, rng, raw=raw) for each in wanted.arguments), *wanted.extra]
    # What says itself best in a line of its own is not squeezed into a sentence.
    template = family.template
    if any("\n" in each for each in phrases):
        template = re.sub(r"\{[wcpsl]\}", "{l}", template)
    do = own(act)
    why = wanted.why or scene.fill(rng.choice(WHYS))
    slots = {
        **scene.slots, **_placed(phrases, rng), "act": act, "do": do, "doing": gerund(do), "Act": capital(act),
        "why": why,
    }  # fmt: skip
    text = template.format_map(slots)
    return with_typos(text, rng, _copied(wanted.arguments)) if family.register == "typos" else text


def _copied(arguments: Sequence[Argument]) -> frozenset[str]:
    """The words of all values."""
    return frozenset(re.findall(r"[A-Za-z]+", " ".join(as_said(each.value) for each in arguments)))


def _owners(scene: Scene) -> Sequence[str]:
    return (
        f"{scene.project}'s",
        f"our {scene.area}",
        "our",
        f"{scene.person}'s",
        f"the {scene.project}",
        "that",
        "the current",
    )


def own(act: str) -> str:
    """The act where the speaker does it: `see the agents` of `show me the agents`."""
    for told, self_done in (("show me ", "see "), ("give me ", "get "), ("walk me through ", "understand "),
    ("tell me ", "know "),
                            ("let me see ", "see ")):  # fmt: skip
        if act.startswith(told):
            return self_done + act[len(told) :]
    return act


def capital(text: str) -> str:
    """With a capital at the beginning."""
    return text[:1].upper() + text[1:]


_LEADS = ("Use {a}.", "Take {a}.", "That is {a}.", "Details: {a}.", "{a}, please.", "With {a}.", "Settings: {a}.")


def _placed(phrases: Sequence[str], rng: random.Random) -> dict[str, str]:
    """The arguments in each of the forms that templates know."""
    if not phrases:
        return dict.fromkeys("wcpsl", "")
    line = joined(phrases)
    lead = rng.choice((" with ", " with ", ", with ", " using ", ", namely "))
    return {
        "w": lead + line, "c": f": {line}", "p": f" ({line})",
        "s": " " + rng.choice(_LEADS).format(a=line),
        "l": "".join(f"\n{mark}{each}" for mark in (rng.choice(("- ", "* ", "")),) for each in phrases),
    }  # fmt: skip


def in_language(purpose: Purpose, code: str) -> str:
    """Verb and object as the language orders them."""
    language = LANGUAGES[code]
    return language.order.format(verb=language.verbs[purpose.concept.name], obj=purpose.object)


def _abroad(family: Family, wanted: Wanted, scene: Scene, rng: random.Random) -> str:
    purpose = wanted.purpose
    do = in_language(purpose, family.language) if purpose else wanted.act
    phrases = [*(said(each, rng, family.language) for each in wanted.arguments), *wanted.extra]
    colon = "：" if family.language in {"zh", "ja"} else " : " if family.language == "fr" else ": "
    listed = colon + joined(phrases, family.language) if phrases else ""
    if any("\n" in each for each in phrases):
        listed = "\n" + "\n".join(phrases)
    head, mark, tail = family.template.partition("{a}")
    if mark and listed and tail.strip() in {"?", ".", "。"}:
        # A question ends before its list: `Kannst du …? key: x`.
        return f"{head}{tail}".format_map({**scene.slots, "do": do}).rstrip() + listed.replace(colon, " ", 1)
    return family.template.format_map({**scene.slots, "do": do, "a": listed})
