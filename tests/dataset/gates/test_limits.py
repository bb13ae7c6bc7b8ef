"""Facts about limits: what verdicts follow from stands in a part's name."""

from __future__ import annotations

from hive_integration.dataset.gates.limits import Limits


def test_each_limit_is_told_apart() -> None:
    """Another limit is another list; another permission is not."""
    assert Limits().as_list() != Limits(tokens=1).as_list()
    assert Limits().as_list() != Limits(messages=1).as_list()
    assert Limits().as_list() != Limits(permission="a").as_list() == Limits(permission="b").as_list()
