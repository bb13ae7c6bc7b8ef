"""A conversation while it is made: messages in the legal order, ids of its own, what was said so far. A local value."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hive_integration.units.dialogue import Call, Message


@dataclass(slots=True)
class Talk:
    """One conversation. `stem`: what its call ids are made of."""

    system: str
    stem: str
    messages: list[Message] = field(default_factory=list)
    calls: int = 0

    def __post_init__(self) -> None:
        self.messages.append(Message("system", self.system))

    def user(self, text: str) -> None:
        """The user says something."""
        self.messages.append(Message("user", text.strip()))

    def say(self, text: str) -> None:
        """The assistant answers in words."""
        self.messages.append(Message("assistant", text.strip()))

    def call(self, text: str, *uses: tuple[str, Mapping[str, Any]]) -> Sequence[str]:
        """The assistant calls tools, with a few words or none; the calls' ids."""
        made = []
        for name, arguments in uses:
            self.calls += 1
            made.append(Call(f"call_{self.stem}{self.calls:02d}", name, arguments))
        self.messages.append(Message("assistant", text.strip(), tuple(made)))
        return [call.id for call in made]

    def result(self, call: str, text: str) -> None:
        """What a tool answered."""
        self.messages.append(Message("tool", text, answers=call))

    def use(self, text: str, name: str, arguments: Mapping[str, Any], result: str) -> None:
        """One call and its result."""
        [call] = self.call(text, (name, arguments))
        self.result(call, result)

    @property
    def last_user(self) -> int:
        """The index after the last user's message."""
        return max(i for i, message in enumerate(self.messages) if message.role == "user") + 1

    def tools(self) -> list[str]:
        """The tools called so far, each once."""
        return list(dict.fromkeys(call.name for message in self.messages for call in message.calls))


def as_text(value: object, rng: random.Random) -> str:
    """A result as tools write it: compact or indented JSON, wrapped, or line by line."""
    form = rng.random()
    if form < 0.5 or not isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, separators=rng.choice(((", ", ": "), (",", ":"))))
    if form < 0.75:
        return json.dumps(value, ensure_ascii=False, indent=2)
    if form < 0.85:
        return json.dumps({rng.choice(("result", "data", "output")): value}, ensure_ascii=False)
    return "\n".join(
        f"{key}: {each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)}"
        for key, each in value.items()
    )
