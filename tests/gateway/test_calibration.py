"""Facts about learning from an upstream's own counts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.gateway.calibration import REMEMBERED, Calibration


def test_before_the_first_answer_the_count_stands() -> None:
    """Nothing is known, and nothing is claimed."""
    assert Calibration().expected(1_000) == 1_000
    assert Calibration().state() == {"samples": 0, "ratio": 1.0, "median_error": None, "p95_error": None}


def test_the_ratio_is_learned() -> None:
    """And the error is that of the estimates as they were made, so the first one counts too."""
    calibration = Calibration()
    for _ in range(10):
        calibration.learn(1_000, 1_200)
    assert calibration.expected(500) == 600
    state = calibration.state()
    assert (state["samples"], state["ratio"], state["median_error"]) == (10, 1.2, 0.0)
    assert state["p95_error"] == round(200 / 1_200, 4)


def test_it_follows_a_change() -> None:
    """The last answers say more than those before."""
    calibration = Calibration()
    for actual in [1_000] * 100 + [1_500] * 40:
        calibration.learn(1_000, actual)
    assert 1_480 <= calibration.expected(1_000) <= 1_500


def test_only_the_last_answers_state_the_error() -> None:
    """So it is of today."""
    calibration = Calibration()
    calibration.learn(1_000, 3_000)
    for _ in range(REMEMBERED):
        calibration.learn(1_000, 3_000)
    assert calibration.state()["p95_error"] == 0.0


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-10, 10**9), st.integers(-10, 10**9))))
def test_nonsense_teaches_nothing(usage: list[tuple[int, int]]) -> None:
    """Whatever an upstream reports, the ratio stays within reason."""
    calibration = Calibration()
    for counted, actual in usage:
        calibration.learn(counted, actual)
    assert 90 <= calibration.expected(1_000) <= 10_010
