"""How far counting here is from the upstream's own count, card by card: learned from each answer's usage. Pure."""

from __future__ import annotations

from collections import deque

REMEMBERED = 200
"""Answers over which the error is stated."""
WEIGHT = 0.1
"""Of one answer in the ratio: some twenty answers tell it."""
_PLAUSIBLE = (0.1, 10.0)
"""An upstream whose count is farther off counts something else (some report 0 or 1), and teaches nothing."""


class Calibration:
    """The ratio of the upstream's count to ours, as a moving average, and how wrong the estimates made with it were."""

    def __init__(self) -> None:
        self._ratio = 1.0
        self._samples = 0
        self._errors: deque[float] = deque(maxlen=REMEMBERED)

    def expected(self, counted: int) -> int:
        """What the upstream will say, where we count `counted`."""
        return round(counted * self._ratio)

    def learn(self, counted: int, actual: int) -> None:
        """An answer's usage: `actual` input tokens, cached ones included, where we counted `counted`."""
        if counted <= 0 or not _PLAUSIBLE[0] <= actual / counted <= _PLAUSIBLE[1]:
            return
        self._errors.append(abs(self.expected(counted) - actual) / actual)  # before it is learned from
        weight = max(WEIGHT, 1 / (self._samples + 1))  # the plain mean at first: one sample is not yet a habit
        self._ratio += weight * (actual / counted - self._ratio)
        self._samples += 1

    def state(self) -> dict[str, float | int | None]:
        """Samples, ratio, and median and 95th percentile of the relative error of the last estimates."""
        errors = sorted(self._errors)
        return {
            "samples": self._samples,
            "ratio": round(self._ratio, 4),
            "median_error": _quantile(errors, 0.5),
            "p95_error": _quantile(errors, 0.95),
        }


def _quantile(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)], 4)
