"""The made-up surroundings of one example: a project, its files, what is worked on. All values of it fit together."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cached_property

from hive_integration.dataset.values import words


@dataclass(frozen=True)
class Scene:
    """One project at one moment. Texts are made from the slots of `slots`."""

    area: str
    thing: str
    aspect: str
    symptom: str
    language: str
    project: str
    module: str
    other: str
    symbol: str
    person: str
    number: int

    @cached_property
    def file(self) -> str:
        """A source file, relative to the project."""
        ending, folder, _ = words.LANGUAGES[self.language]
        return f"{folder}/{self.area}/{self.module}.{ending}"

    @cached_property
    def directory(self) -> str:
        """The folder of that file."""
        return self.file.rpartition("/")[0]

    @cached_property
    def test(self) -> str:
        """The file of its tests."""
        return words.LANGUAGES[self.language][2].format(module=self.module, area=self.area)

    @cached_property
    def slug(self) -> str:
        """What is worked on, as a key."""
        return slug(f"{self.thing} {self.aspect}")

    @cached_property
    def slots(self) -> dict[str, object]:
        """What texts may name."""
        return {
            "area": self.area, "thing": self.thing, "aspect": self.aspect, "symptom": self.symptom, "file": self.file,
            "module": self.module, "other": self.other, "symbol": self.symbol, "person": self.person, "n": self.number,
            "test": self.test, "dir": self.directory, "project": self.project, "slug": self.slug,
        }  # fmt: skip

    def fill(self, text: str) -> str:
        """The text with its slots filled."""
        return text.format_map(self.slots) if "{" in text else text


def slug(text: str) -> str:
    """`card-token-retries` of `card token retries`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def scene_of(rng: random.Random) -> Scene:
    """A scene drawn at random."""
    area, thing = rng.choice(words.SUBJECTS)
    verb, aspect = rng.choice(words.VERBS_IN_CODE), rng.choice(words.ASPECTS)
    noun = slug(thing).replace("-", "_")
    project = f"{rng.choice((area, rng.choice(words.ANIMALS), slug(thing)))}-{rng.choice(words.PROJECT_ENDS)}"
    return Scene(
        area=area, thing=thing, aspect=aspect, symptom=rng.choice(words.SYMPTOMS),
        language=rng.choice(tuple(words.LANGUAGES)), project=project,
        module=rng.choice((noun, f"{area}_{rng.choice(words.DOERS)}",
        *[f"{noun}_{slug(aspect).replace('-', '_')}"] * 4)),
        other=f"{rng.choice(words.DOMAINS)}_{rng.choice(words.DOERS)}", symbol=f"{verb}_{noun}",
        person=rng.choice(words.PEOPLE), number=rng.randrange(2, 60),
    )  # fmt: skip
