"""Sharing a total out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hive_integration.tokens import apportion, split_by_share
from hive_integration.tokens.openai import OpenAICounter


@given(total=st.integers(0, 10**9), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_shares_add_up_and_follow_the_weights(total: int, weights: list[int]) -> None:
    """Shares are whole, add up to the total, and differ from the exact proportion by less than one."""
    shares = apportion(total, weights)
    assert sum(shares) == total
    if sum(weights):
        assert all(
            abs(share - total * w / sum(weights)) < 1 + 1e-6 * total for share, w in zip(shares, weights, strict=True)
        )


def test_nothing_to_go_by_goes_to_the_first() -> None:
    """With weights of zero the first share is the total."""
    assert apportion(5, [0, 0]) == [5, 0]
    assert apportion(0, []) == []


def test_pieces_share_the_count_of_the_whole() -> None:
    """A split by share adds up to the count, with nothing for an empty piece."""
    counter = OpenAICounter("o200k_base")
    text = "one two three four"
    pieces = split_by_share(counter, text, [7, 7])
    assert pieces == [2, 0, 2]
    assert sum(pieces) == counter.count([text])[0]
