"""Facts about what training costs: dated prices, tokens times epochs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from hive_integration.dataset import costs as module
from hive_integration.dataset.costs import costs, epochs_for, rates
from hive_integration.errors import HiveError
from hive_integration.files import Text, bundled


@pytest.mark.parametrize(
    ("examples", "epochs"), [(0, 25), (1, 25), (10, 10), (34, 3), (8_333, 3), (10_000, 2), (100_000, 1)]
)
def test_epochs_follow_from_the_number_of_examples(examples: int, epochs: int) -> None:
    """As OpenAI's cookbook has it: three, within 100 and 25,000 examples seen, at most 25."""
    assert epochs_for(examples) == epochs


def test_a_cost_is_tokens_times_epochs_times_the_price() -> None:
    """For every base that has a price."""
    found = costs(2_000_000, 3)
    assert [cost.usd for cost in found] == pytest.approx([6 * rate.usd for rate in rates()])
    assert {"openai", "together", "fireworks", "tinker"} <= {cost.rate.backend for cost in found}


def test_every_price_has_its_date_and_source() -> None:
    """And the prices of asking models are what they were: both stand in one file."""
    assert all(rate.source and rate.dated.year >= 2026 and rate.usd > 0 for rate in rates())
    assert len(tomllib.loads(bundled("prices.toml").read_text())["price"]) > 20


@pytest.mark.parametrize("text", ["", "[training.x]\ndate = 1\n", "[training.x]\nmodels = 3\n", "training = 1", "= 1"])
def test_a_broken_table_is_said(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """With the file's name."""
    monkeypatch.setattr(module, "read_text", lambda path: Text(Path(path), text))
    with pytest.raises(HiveError, match=r"prices\.toml is broken"):
        rates.__wrapped__()
