"""What a scenario is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.conformance.stage import Stage


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing that must hold.

    `complaints` are numbers of `complaints.COMPLAINTS`; `page` names a section of the gateway protocol reference or
    another public document. `phase` says when it runs: `slow` ones take long and run beside all others, `faults` break
    the upstream and run last, one by one.
    """

    id: str
    must: str
    run: Callable[[Stage], None]
    complaints: tuple[int, ...] = ()
    page: str = ""
    phase: Literal["plain", "slow", "faults"] = "plain"
