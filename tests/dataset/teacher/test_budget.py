"""Facts about money: exact sums, a bound that nothing passes, and no guess where no price is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hive_integration.dataset.teacher.budget import DOLLAR, Purse, dollars, estimate, price_of, rates_of
from hive_integration.registry.cards import Card, Price
from hive_integration.wire.events import Usage

CARD = Card(id="t", protocol="openai-chat", base_url="http://x/v1", model="m")


def test_a_cost_is_exact() -> None:
    """A million tokens of each kind cost what the price says; a batch its share."""
    rates = rates_of(Price(3.0, 0.3, 15.0))
    assert rates is not None
    million = Usage(input=10**6, output=10**6, cache_read=10**6, cache_write=10**6)
    assert rates.cost(million) == round((3.0 + 15.0 + 0.3 + 3.75) * DOLLAR)
    half = rates_of(Price(3.0, 0.3, 15.0), 0.5)
    assert half is not None
    assert half.cost(million) * 2 == rates.cost(million)


@given(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 10**5), st.integers(0, 10**5))
def test_no_call_costs_more_than_its_worst(size: int, fresh: int, cached: int, out: int) -> None:
    """However its tokens are shared out, as long as there are no more of them than bytes."""
    rates = rates_of(Price(3.0, 0.3, 15.0))
    assert rates is not None
    fresh, cached = min(fresh, size // 2), min(cached, size // 2)
    usage = Usage(input=fresh, cache_write=cached, output=out)
    assert rates.cost(usage) <= rates.worst(size, out)


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100))), st.integers(0, 1000))
def test_a_purse_is_never_overdrawn(calls: list[tuple[int, int]], limit: int) -> None:
    """Whatever is asked, as long as none costs more than its worst."""
    purse = Purse(limit)
    for worst, cost in calls:
        if purse.reserve(worst):
            assert purse.spent + purse.out <= limit
            purse.settle(worst, min(cost, worst))
    assert purse.spent <= limit
    assert purse.out == 0


def test_a_price_is_the_cards_or_the_tables_or_not_known() -> None:
    """Dated snapshots count as their model; nothing is guessed."""
    own = Card(id="t", protocol="openai-chat", base_url="http://x", model="m", price=Price(1, 0, 2))
    assert price_of(own)[1] == "card t"
    claude = Card(id="c", protocol="anthropic-messages", base_url="http://x", model="claude-opus-5-5-20261001")
    price, where = price_of(claude)
    assert price is not None
    assert (price.input, price.output) == (4.0, 20.0)
    assert where.startswith("prices of 20")
    assert price_of(CARD) == (None, "no price is known")
    assert rates_of(None) is None


def test_an_estimate_says_what_it_does_not_know() -> None:
    """With a price two amounts; without one none."""
    rates = rates_of(Price(1.0, 0.1, 10.0))
    said = estimate([(1000, 500, DOLLAR)], 3, rates, "card t").sentence()
    assert said.startswith("1 questions to ask (3 are answered already)")
    assert "$1.00" in said
    assert "not known" in estimate([(1000, 500, 0)], 0, None, "no price is known").sentence()


def test_amounts_are_shown_in_dollars() -> None:
    """Small ones too."""
    assert [dollars(0), dollars(DOLLAR), dollars(1234 * DOLLAR), dollars(DOLLAR // 1000)] == [
        "$0.00", "$1.00", "$1,234.00", "$0.001",
    ]  # fmt: skip
