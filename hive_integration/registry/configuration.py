"""The whole configuration as one value: the switch, the cards, what to listen on. Values, and how yes and no are read.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hive_integration.errors import HiveError
from hive_integration.registry.cards import Card

Profile = Literal["full", "finetuned"]
VARIABLE = "USE_FINETUNED"
"""The variable that overrules `[switch] default`."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Which profile runs where nothing else speaks, and the card of each. An empty `finetuned`: there is none yet."""

    default: Profile = "full"
    full: str = "claude"
    finetuned: str = ""
    fallback: bool = True


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the gateway listens."""

    host: str = "127.0.0.1"
    port: int = 8787
    require_key: bool = True


@dataclass(frozen=True, slots=True)
class Configuration:
    """One consistent state of every file. `version` is 12 hex digits of the sha256 of all that was read."""

    version: str
    switch: Switch
    listen: Listen
    cards: Mapping[str, Card]

    def card(self, profile: Profile) -> Card | None:
        """The card that serves a profile; None where no fine-tuned model is configured."""
        return self.cards.get(self.switch.full if profile == "full" else self.switch.finetuned)


def truth(text: str, name: str = VARIABLE) -> bool:
    """Whether `text` says yes; case and the space around it do not matter. Raises `HiveError` that names `name`."""
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    raise HiveError(
        f"{name} is {shown!r}: expected 1, true, yes or on, or 0, false, no, off or nothing",
        hint=f"1 runs the fine-tuned model, 0 the full prompt; without {name}, hive.toml decides",
    )
