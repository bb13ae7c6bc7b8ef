"""What usage costs and what stripping saves, in USD, by a card's prices. Pure."""

from __future__ import annotations

from hive_integration.registry.cards import Price
from hive_integration.wire.events import Usage

CACHE_WRITE = 1.25
"""What a token costs that is put into a cache, in prices of an input token: Anthropic's five-minute write, as for every
Claude model in configs/prices.toml. Other providers report none."""
MILLION = 1e6


def cost(price: Price, usage: Usage) -> float:
    """What an arm's usage costs."""
    fresh = (usage.input or 0) + CACHE_WRITE * (usage.cache_write or 0)
    spent = fresh * price.input + (usage.cache_read or 0) * _cached(price) + (usage.output or 0) * price.output
    return spent / MILLION


def saving(price: Price, stripped: int) -> float:
    """What stripped tokens would have cost at this card, as a cached read: a fixed prompt comes from the cache from the
    second turn on, so a claim at the full price would be too high."""
    return stripped * _cached(price) / MILLION


def _cached(price: Price) -> float:
    """A card without a price for cached input pays the full one."""
    return price.cached_input or price.input
