"""Who speaks how: the same moments of a conversation in English, from `replies`, or in another language. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from hive_integration.dataset.offline import replies
from hive_integration.dataset.offline.languages import LANGUAGES
from hive_integration.dataset.offline.purpose import Purpose
from hive_integration.dataset.offline.results import Fact, Result, shown
from hive_integration.dataset.values.draw import Argument
from hive_integration.dataset.values.kinds import words_of
from hive_integration.dataset.values.say import joined
from hive_integration.dataset.values.scene import Scene


@dataclass(frozen=True, slots=True)
class Voice:
    """The texts of one conversation."""

    language: str
    rng: random.Random
    scene: Scene

    def before(self, purpose: Purpose) -> str:
        """The assistant, before a call."""
        if self.language == "en":
            return replies.before(purpose, self.rng, self.scene)
        return self.rng.choice(LANGUAGES[self.language].before)

    def after(self, purpose: Purpose, result: Result) -> str:
        """The assistant, after a result."""
        if self.language == "en":
            return replies.after(purpose, result, self.rng, self.scene)
        return self.rng.choice(LANGUAGES[self.language].done).format(facts=self._facts(result))

    def _facts(self, result: Result) -> str:
        facts: Sequence[Fact] = result.facts
        said = [f"{fact.label}: {shown(fact.value)}" for fact in facts] + [f"`{name}`" for name in result.items]
        if not said:
            return ""
        return {"ja": "：", "zh": "：", "fr": " : "}.get(self.language, ": ") + joined(said, self.language)

    def report(self, purpose: Purpose, error: str) -> str:
        """The assistant, after a failure that it cannot mend."""
        if self.language == "en":
            return replies.report(purpose, error, self.rng, self.scene)
        return self.rng.choice(LANGUAGES[self.language].failed).format(error=error)

    def again(self, error: str) -> str:
        """The assistant, before it tries the same again."""
        return replies.again(error, self.rng) if self.language == "en" else ""

    def mend(self, part: Argument) -> str:
        """The assistant, before it tries with another argument."""
        if self.language == "en":
            return replies.mend(part, self.rng)
        return self._about(LANGUAGES[self.language].again, part)

    def question(self, part: Argument) -> str:
        """The assistant asks for an argument."""
        if self.language == "en":
            return replies.question(part, self.rng, self.scene)
        return self._about(LANGUAGES[self.language].question, part)

    def given(self, part: Argument) -> str:
        """The user gives it."""
        return (
            replies.given(part, self.rng)
            if self.language == "en"
            else self._about(LANGUAGES[self.language].given, part)
        )

    def change(self, part: Argument) -> str:
        """The user wants it otherwise."""
        return (
            replies.change(part, self.rng)
            if self.language == "en"
            else self._about(LANGUAGES[self.language].change, part)
        )

    def _about(self, templates: Sequence[str], part: Argument) -> str:
        return self.rng.choice(templates).format(label=words_of(part.key), value=replies.quoted(part.value))
