"""Facts about what is remembered."""

from __future__ import annotations

from hive_integration.gateway.memo import Memo


def test_the_longest_unused_goes_first() -> None:
    """A look counts as use."""
    memo: Memo[str, int] = Memo(2)
    memo.put("a", 1)
    memo.put("b", 2)
    assert memo.get("a") == 1
    memo.put("c", 3)
    assert (memo.get("a"), memo.get("b"), memo.get("c")) == (1, None, 3)
    assert len(memo) == 2


def test_weight_is_a_limit_of_its_own() -> None:
    """What alone is too heavy is not kept, and pushes nothing out; replacing a value frees its weight."""
    memo: Memo[str, int] = Memo(10, weight=10)
    assert memo.put("huge", 1, 11) == 1
    assert memo.get("huge") is None
    memo.put("a", 1, 6)
    memo.put("a", 2, 5)
    memo.put("b", 3, 5)
    assert (memo.get("a"), memo.get("b")) == (2, 3)
    memo.put("c", 4, 1)
    assert memo.get("a") is None
