"""Tokens as money."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.audit import money
from hive_integration.audit.report import Client
from hive_integration.errors import HiveError
from hive_integration.units import Component
from tests.audit.sample import finding, report_of, sample


def idle(tokens: int, model: str = "claude-opus-5-5", **changes: object) -> money.Bill | None:
    """The bill of so many tokens."""
    client = Client("claude-code", "2.1.329", model)
    return money.bill(report_of(finding("a", Component.MEMORY, tokens), client=client, **changes))


def test_a_session_is_one_cold_and_many_warm_requests() -> None:
    """60,000 tokens on claude-opus-5-5, by hand: 0.30 cold + 39 x 0.012 = 0.768; five sessions 3.84, 48.00 uncached."""
    bill = idle(60_000)
    assert bill is not None
    assert bill.cold == pytest.approx(0.30)
    assert bill.warm == pytest.approx(0.012)
    assert bill.session == pytest.approx(0.768)
    assert bill.day == pytest.approx(3.84)
    assert bill.day_uncached == pytest.approx(48.0)
    assert bill.saved_by_cache == pytest.approx(0.92)


def test_habits_change_the_day() -> None:
    """Fewer and shorter sessions cost less, and the assumption says which were counted."""
    report = report_of(finding("a", Component.MEMORY, 1_000_000))
    bill = money.bill(report, money.Habits(requests=2, sessions=1))
    assert bill is not None
    assert bill.day == pytest.approx(5.0 + 0.2)
    assert bill.assumption.startswith("1 session a day of 2 requests")


@pytest.mark.parametrize(
    ("model", "priced", "stands_in"),
    [
        ("claude-opus-5-5", "claude-opus-5-5", False),
        ("claude-opus-5-5-20261001", "claude-opus-5-5", False),
        ("anthropic/claude-sonnet-5[1m]", "claude-sonnet-5", False),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5", False),
        ("claude-opus-4-7", "claude-opus-4-8", True),
        ("claude-opus-9", "claude-opus-5-5", True),
        ("sonnet", "claude-sonnet-5-5", True),
        ("", "claude-opus-5-5", True),
        ("ft:gpt-4.1-mini:acme::abc", "ft:gpt-4.1-mini", False),
        ("gpt-4.1-2025-04-14", "gpt-4.1", False),
        ("gpt-6-luna", "gpt-6-luna", False),
    ],
)
def test_the_nearest_price_is_found_and_said(model: str, priced: str, stands_in: bool) -> None:
    """Snapshots and prefixes are the model itself; another version of the family stands in, with a note."""
    bill = idle(1, model)
    assert bill is not None
    assert bill.price.model == priced
    assert bool(bill.note) is stands_in


@pytest.mark.parametrize("model", ["qwen3-8b", "ft:…", "my-model", "claude-", "gpt-99"])
def test_an_unknown_model_has_no_bill(model: str) -> None:
    """No price is invented for a model of no known family."""
    assert idle(1, model) is None


def test_a_long_prompt_has_its_own_price() -> None:
    """claude-haiku-5-5 costs five times as much over 100,000 tokens."""
    short, long = idle(99_999, "claude-haiku-5-5"), idle(100_000, "claude-haiku-5-5")
    assert short is not None
    assert long is not None
    assert long.price.input == pytest.approx(5 * short.price.input)


def test_without_a_write_price_the_first_request_costs_the_input_price() -> None:
    """OpenAI's older models charge nothing extra for filling the cache."""
    bill = idle(1_000_000, "gpt-4.1")
    assert bill is not None
    assert bill.cold == pytest.approx(2.0)


def test_the_window_is_the_models_or_the_reports() -> None:
    """What the report noted about the window goes before the table; a stand-in's window is not used."""
    unit = finding("a", Component.MEMORY, 1)
    assert money.window(report_of(unit)) == 1_000_000
    assert money.window(report_of(unit, notes={"window": 200_000})) == 200_000
    assert money.window(report_of(unit, notes={"window": "wide"})) == 1_000_000
    assert money.window(report_of(unit, client=Client("claude-code", "", "claude-opus-9"))) == 0
    assert money.window(report_of(unit, client=Client("request", "", "qwen3-8b"))) == 0


@pytest.mark.parametrize(
    ("tokenizer", "model", "warned"),
    [
        ("o200k_base", "claude-opus-5-5", True),
        ("o200k_base", "claude-opus-4-7", True),
        ("o200k_base", "claude-opus-4-6", False),
        ("o200k_base", "claude-sonnet-4-5-20250929", False),
        ("claude-4.8", "claude-opus-5-5", False),
        ("o200k_base", "gpt-6-luna", False),
    ],
)
def test_a_foreign_tokenizer_is_said_not_scaled(tokenizer: str, model: str, warned: bool) -> None:
    """o200k counts of a current Claude model come with a caveat; the figures stay what was counted."""
    report = report_of(finding("a", Component.MEMORY, 7), tokenizer=tokenizer, client=Client("claude-code", "", model))
    assert bool(money.tokenizer_caveat(report)) is warned
    assert report.total_tokens == 7


def test_an_empty_report_costs_nothing() -> None:
    """No tokens, no division by zero."""
    bill = money.bill(report_of())
    assert bill is not None
    assert (bill.day, bill.saved_by_cache) == (0.0, 0.0)


def test_the_table_is_dated_and_plausible() -> None:
    """The table has a date and a source; a cached token is never dearer than a fresh one, an output never cheaper."""
    table = money.prices()
    assert table.date.isoformat() >= "2026-11-12"
    assert table.source
    for row in table.rows:
        assert 0 < row.cached_input < row.input <= row.cache_write <= 1.25 * row.input
        assert row.output >= 4 * row.input
    assert len({(row.model, row.prompt_over) for row in table.rows}) == len(table.rows)


@pytest.mark.parametrize("text", ["", "date = 2026-01-01", "[[price]]\nmodel = 1", "\x00"])
def test_a_broken_table_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    """A price file that someone broke is named, with what to do."""
    path = tmp_path / "prices.toml"
    path.write_text(text)
    monkeypatch.setattr(money, "bundled", lambda _name: path)
    money.prices.cache_clear()
    try:
        with pytest.raises(HiveError, match=r"prices\.toml is broken") as caught:
            money.prices()
    finally:
        money.prices.cache_clear()
    assert caught.value.hint


def test_amounts_reach_scripts_unrounded() -> None:
    """The JSON value holds every amount, the habits and the date of the prices."""
    bill = money.bill(sample())
    assert bill is not None
    value = bill.to_json()
    assert value["usd_day"] == bill.day
    assert (value["requests_per_session"], value["sessions_per_day"]) == (40, 5)
