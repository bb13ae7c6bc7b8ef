"""How long to wait before an upstream is asked again, or that it is time to give up. Pure; the dice are handed in.

Exponential backoff with full jitter: clients that failed together do not come back together.
"""

from __future__ import annotations

import math
from random import Random

FIRST = 0.25
"""Seconds: the longest first wait. Each further one may be twice as long."""
LONGEST = 8.0


def waits(attempt: int, retry_after: float | None, budget_left: float, dice: Random) -> float | None:
    """Seconds to wait before the next try, at most `budget_left`; None where it is time to give up.

    `attempt` counts the tries that were repeated already, from 0. `retry_after` is the upstream's own word in seconds:
    no try is made before it, so where it does not fit into the budget, none is made at all.
    """
    told = max(0.0, retry_after) if retry_after is not None and not math.isnan(retry_after) else 0.0
    if budget_left <= 0 or told > budget_left:
        return None
    jitter = dice.uniform(0, min(LONGEST, FIRST * 2 ** min(attempt, 16)))
    return min(told + jitter, budget_left)
