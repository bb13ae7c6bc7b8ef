"""Facts about the circuit breaker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.gateway.breaker import IN_A_ROW, REST, WINDOW, WITHIN, Breaker


class Clock:
    """A clock that the test turns."""

    now = 0.0

    def read(self) -> float:
        """As the breaker is given it."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock.read)


def opened(breaker: Breaker) -> Breaker:
    for _ in range(IN_A_ROW):
        breaker.failed()
    return breaker


def test_a_new_circuit_is_closed(breaker: Breaker) -> None:
    """Everyone may try."""
    assert breaker.state == "closed"
    assert all(breaker.allow() for _ in range(100))


def test_failures_in_a_row_open_it(breaker: Breaker, clock: Clock) -> None:
    """At the third, and however far apart; a success between them begins the count anew."""
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    clock.now += 100 * WINDOW
    breaker.failed()
    clock.now += 100 * WINDOW
    breaker.failed()
    assert breaker.allow()
    breaker.failed()
    assert (breaker.state, breaker.allow()) == ("open", False)


def test_many_failures_in_a_short_time_open_it(breaker: Breaker, clock: Clock) -> None:
    """Five within thirty seconds, with successes between them."""
    for _ in range(WITHIN):
        assert breaker.allow()
        breaker.failed()
        breaker.succeeded()
        clock.now += WINDOW / WITHIN
    assert not breaker.allow()


def test_as_many_failures_in_a_long_time_do_not(breaker: Breaker, clock: Clock) -> None:
    """Errors happen."""
    for _ in range(10 * WITHIN):
        breaker.failed()
        breaker.succeeded()
        clock.now += WINDOW / (WITHIN - 1) + 1
    assert breaker.state == "closed"


def test_after_a_rest_one_try_is_let_through(breaker: Breaker, clock: Clock) -> None:
    """One, and no other before its end."""
    opened(breaker)
    clock.now += REST - 0.01
    assert not breaker.allow()
    clock.now += 0.01
    assert breaker.state == "half-open"
    assert breaker.allow()
    assert not breaker.allow()
    assert breaker.state == "half-open"


def test_its_success_closes_the_circuit(breaker: Breaker, clock: Clock) -> None:
    """And the old failures are forgotten."""
    opened(breaker)
    clock.now += REST
    assert breaker.allow()
    breaker.succeeded()
    assert breaker.state == "closed"
    breaker.failed()
    breaker.failed()
    assert breaker.allow()


def test_its_failure_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    """For another rest."""
    opened(breaker)
    clock.now += REST
    assert breaker.allow()
    breaker.failed()
    assert breaker.state == "open"
    clock.now += REST - 0.01
    assert not breaker.allow()


def test_a_cancelled_try_frees_the_place(breaker: Breaker, clock: Clock) -> None:
    """The next may try at once."""
    opened(breaker)
    clock.now += REST
    assert breaker.allow()
    breaker.release()
    assert breaker.state == "half-open"
    assert breaker.allow()
    assert not breaker.allow()


def test_a_cancelled_try_of_a_closed_circuit_changes_nothing(breaker: Breaker) -> None:
    """Nothing was learned."""
    breaker.failed()
    breaker.failed()
    breaker.release()
    assert breaker.allow()
    breaker.failed()
    assert not breaker.allow()


def test_a_try_of_which_nothing_is_heard_does_not_block(breaker: Breaker, clock: Clock) -> None:
    """A long answer, or a caller that broke: after another rest the next one is let through."""
    opened(breaker)
    clock.now += REST
    assert breaker.allow()
    clock.now += REST
    assert breaker.allow()
    assert not breaker.allow()


def test_an_old_try_neither_closes_an_open_circuit_nor_prolongs_it(breaker: Breaker, clock: Clock) -> None:
    """What began before it opened may end after."""
    opened(breaker)
    clock.now += REST - 1
    breaker.succeeded()
    assert breaker.state == "open"
    breaker.failed()
    clock.now += 1
    assert breaker.allow()


@given(st.lists(st.sampled_from(["allow", "succeeded", "failed", "release", "wait"]), max_size=60))
def test_it_never_stays_shut(steps: list[str]) -> None:
    """Whatever is reported, after a rest someone may try."""
    clock = Clock()
    breaker = Breaker(clock.read)
    for step in steps:
        if step == "wait":
            clock.now += REST / 2
        else:
            getattr(breaker, step)()
    clock.now += REST
    assert breaker.allow()
