"""What every form of export is: an example in, one line or several out, or why it cannot be shown. Values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hive_integration.dataset.example import Declared, Example

Line = Mapping[str, Any]
"""One line's object."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to export."""

    tools: str = "none"
    """As `declare.choice_of` takes it."""
    shape: str = "messages"
    """TRL and text: `messages`, a row a conversation; `prompt`, a row for each message that is learned."""
    template: Path | None = None
    special: Mapping[str, str] | None = None
    """Special tokens that the user names: `bos_token`, `eos_token`."""


class Form(Protocol):
    """One form. What it cannot show, it refuses by `HiveError`; what it changes, it counts in `changes`."""

    changes: Counter[str]

    def lines(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """The example's lines."""

    def pairs(self, example: Example, tools: Sequence[Declared]) -> Sequence[Line]:
        """The preference between its way and a wrong one; nothing where there is none, or this form has no such."""

    def about(self) -> Mapping[str, Any]:
        """What the manifest says of the form."""

    def beside(self, names: Sequence[str]) -> Mapping[str, str]:
        """Texts of further files, by name; `names` are the data files written."""


@dataclass(frozen=True, slots=True)
class Preference:
    """Where the right way and the wrong one part."""

    before: Sequence[Any]
    chosen: Sequence[Any]
    rejected: Sequence[Any]


def parted(example: Example) -> Preference:
    """The conversation to where the ways part, and both from there on; neither is left empty."""
    last = max((i for i, m in enumerate(example.messages) if m.role == "user"), default=-1)
    before, right = list(example.messages[: last + 1]), list(example.messages[last + 1 :])
    wrong = list(example.rejected)
    while len(right) > 1 and len(wrong) > 1 and right[0] == wrong[0]:
        before.append(right.pop(0))
        wrong.pop(0)
    return Preference(before, right, wrong)
