"""Facts about the waits between tries."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.gateway.patience import FIRST, LONGEST, waits


@given(st.integers(0, 10_000), st.integers())
def test_the_wait_is_drawn_below_a_limit_that_doubles(attempt: int, seed: int) -> None:
    """From 0 to 0.25 s, 0.5 s, 1 s and so on, up to the longest."""
    wait = waits(attempt, None, 1000, Random(seed))
    assert wait is not None
    assert 0 <= wait <= min(LONGEST, FIRST * 2 ** min(attempt, 100))


def test_the_whole_range_is_used() -> None:
    """Full jitter: half of the waits are in the lower half."""
    dice = Random(1)
    drawn = [waits(2, None, 1000, dice) or 0.0 for _ in range(2000)]
    assert 0.48 < sum(drawn) / len(drawn) < 0.52
    assert min(drawn) < 0.01
    assert max(drawn) > 0.99


def test_the_same_dice_give_the_same_waits() -> None:
    """A test can foretell them."""
    assert [waits(i, None, 100, Random(3)) for i in range(5)] == [waits(i, None, 100, Random(3)) for i in range(5)]


@given(st.floats(0, 100), st.floats(0.001, 100), st.integers(0, 20), st.integers())
def test_retry_after_is_honoured_where_it_fits(told: float, budget: float, attempt: int, seed: int) -> None:
    """No try before it and none after the budget; where it does not fit there is none at all."""
    wait = waits(attempt, told, budget, Random(seed))
    if told > budget:
        assert wait is None
    else:
        assert wait is not None
        assert told <= wait <= budget


@pytest.mark.parametrize("budget", [0.0, -1.0, -math.inf])
def test_an_empty_budget_is_the_end(budget: float) -> None:
    """Even for a wait of nothing."""
    assert waits(0, None, budget, Random(1)) is None
    assert waits(0, 0.0, budget, Random(1)) is None


@pytest.mark.parametrize(("told", "gives_up"), [(-5.0, False), (math.nan, False), (math.inf, True), (1e300, True)])
def test_a_strange_retry_after_is_no_trap(told: float, gives_up: bool) -> None:
    """It comes from outside."""
    assert (waits(0, told, 10, Random(1)) is None) is gives_up


@given(st.integers())
def test_a_budget_comes_to_its_end(seed: int) -> None:
    """Waits that are taken off it use it up in a bounded number of tries."""
    dice, left = Random(seed), 30.0
    for attempt in range(100):
        wait = waits(attempt, None, left, dice)
        if wait is None:
            break
        left -= wait
    assert attempt < 99
    assert left >= 0
