"""What was not sent, unit by unit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hive_integration.gateway import savings
from hive_integration.gateway.counting import Counts
from hive_integration.gateway.savings import Savings
from hive_integration.gateway.strip import Removed
from hive_integration.tokens import counter_for
from hive_integration.units import Component

TEXT = "Mind the bees, and water the roses in the evening. " * 20


def unit(name: str, text: str = TEXT) -> Removed:
    return Removed(f"sha256:{name}", Component.SYSTEM_PROMPT, name, text)


async def _counted(saved: Savings) -> None:
    async with asyncio.timeout(10):
        while any(group.tokens is None for group in saved._groups.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_was_not_sent_is_estimated_and_then_counted(tmp_path: Path) -> None:
    """The first request gets an estimate at once, later ones the count; both are near."""
    saved = Savings(Counts(tmp_path))
    group = (unit("a"), unit("b", "Short."))
    first = saved.book(group, "o200k_base")
    await _counted(saved)
    exact = sum(counter_for("o200k_base").count([each.text for each in group]))
    assert saved.book(group, "o200k_base") == exact
    assert 0.5 * exact < first < 2 * exact
    assert {each.name: each.times for each in saved.state()} == {"a": 2, "b": 2}
    assert saved.state() == saved.state()  # looking changes nothing
    assert saved.book((), "o200k_base") == 0


async def test_units_in_several_groups_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those of groups that are no longer kept apart."""
    monkeypatch.setattr(savings, "GROUPS", 2)
    saved = Savings(Counts(tmp_path))
    groups = [(unit("a"), unit(f"b{i}")) for i in range(5)]
    for group in groups:
        saved.book(group, "o200k_base")
    await _counted(saved)
    assert len(saved._groups) == 2
    times = {each.name: each.times for each in saved.state()}
    assert times == {"a": 5, **{f"b{i}": 1 for i in range(5)}}


async def test_units_beyond_number_are_not_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their tokens are still counted."""
    monkeypatch.setattr(savings, "UNITS", 3)
    saved = Savings(Counts(tmp_path))
    assert saved.book(tuple(unit(f"u{i}") for i in range(9)), "o200k_base") > 0
    assert len(saved.state()) == 3
