"""Facts about what usage costs."""

from __future__ import annotations

import pytest

from hive_integration.gateway.costs import cost, saving
from hive_integration.registry.cards import Price
from hive_integration.wire.events import Usage

PRICE = Price(input=4.0, cached_input=0.2, output=20.0)


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (Usage(), 0.0),
        (Usage(input=1_000_000), 4.0),
        (Usage(output=1_000_000), 20.0),
        (Usage(cache_read=1_000_000), 0.2),
        (Usage(cache_write=1_000_000), 5.0),
        (Usage(input=1000, output=100, cache_read=50_000, cache_write=2000), 0.004 + 0.002 + 0.01 + 0.01),
    ],
)
def test_each_kind_of_token_has_its_price(usage: Usage, usd: float) -> None:
    """USD per million; writing a cache costs a quarter more than input."""
    assert cost(PRICE, usage) == pytest.approx(usd)


def test_a_card_without_a_price_costs_nothing() -> None:
    """A model on one's own machine."""
    assert cost(Price(), Usage(input=1, output=1, cache_read=1, cache_write=1)) == 0.0
    assert saving(Price(), 1_000_000) == 0.0


def test_a_card_without_a_cached_price_pays_the_full_one() -> None:
    """What is not said is not free."""
    assert cost(Price(input=4.0), Usage(cache_read=1_000_000)) == pytest.approx(4.0)


def test_a_saving_is_claimed_at_the_cached_price() -> None:
    """The full prompt would have come from the cache, too."""
    assert saving(PRICE, 1_000_000) == pytest.approx(0.2)
