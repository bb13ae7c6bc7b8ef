"""What an example may be at most. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one example. `permission`: sha256 of a teacher's written permission to train; empty for none."""

    tokens: int = 16_384
    messages: int = 64
    permission: str = ""

    def as_list(self) -> Sequence[int | bool]:
        """What verdicts follow from, as JSON values. Which permission it is changes none."""
        return [self.tokens, self.messages, bool(self.permission)]
