"""A circuit breaker for one card: an upstream that keeps failing is left alone for a while. The clock is handed in.

Only the upstream's own faults count (5xx, timeouts, a lost connection), and the caller knows which those are. Whoever
was allowed a try says how it ended: `succeeded`, `failed`, or `release` where nothing was learned.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

IN_A_ROW = 3
WITHIN = 5
WINDOW = 30.0
"""Seconds in which WITHIN failures open the circuit although some tries succeed; IN_A_ROW failures open it at once."""
REST = 15.0
"""Seconds until one try is let through."""

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Closed: all may try. Open: none. Half-open: one, and its end decides."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds and never runs backwards."""
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=WITHIN)
        self._in_a_row = 0
        self._since: float | None = None
        """When the circuit opened, or last let a try through; None while it is closed."""
        self._trying = False

    @property
    def state(self) -> State:
        """As it is now."""
        if self._since is None:
            return "closed"
        return "half-open" if self._trying or self._rested() else "open"

    def allow(self) -> bool:
        """Whether a try may be made now. One that says nothing for REST seconds no longer holds back the next."""
        if self._since is None:
            return True
        if not self._rested():
            return False
        self._since, self._trying = self._clock(), True
        return True

    def succeeded(self) -> None:
        """A try had its answer. While the circuit is open it must be an old one, and proves nothing about now."""
        self._in_a_row = 0
        if self._trying:
            self._since, self._trying = None, False
            self._failures.clear()

    def failed(self) -> None:
        """A try met a fault of the upstream."""
        now = self._clock()
        self._failures.append(now)
        self._in_a_row += 1
        many = len(self._failures) == WITHIN and now - self._failures[0] <= WINDOW
        if self._trying or (self._since is None and (many or self._in_a_row >= IN_A_ROW)):
            self._since, self._trying = now, False

    def release(self) -> None:
        """A try was cancelled: its place is free at once."""
        if self._trying:
            self._since, self._trying = self._clock() - REST, False

    def _rested(self) -> bool:
        return self._since is not None and self._clock() - self._since >= REST
