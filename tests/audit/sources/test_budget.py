"""How many characters the listing may have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hive_integration.audit.setup import Conditions, Setup
from hive_integration.audit.sources.budget import budget, is_older, window_of
from hive_integration.settings import World


@pytest.mark.parametrize(
    ("version", "model", "window"),
    [
        ("2.1.329", "", 1_000_000),
        ("2.1.329", "claude-opus-5-5", 1_000_000),
        ("2.1.329", "ft:gpt-4.1-mini:acme::abc", 1_000_000),
        ("2.1.329", "claude-haiku-4-5", 200_000),
        ("2.1.329", "claude-sonnet-4-20250514", 200_000),
        ("2.1.329", "us.anthropic.claude-sonnet-4-6", 200_000),
        ("2.1.329", "claude-sonnet-4-6[1m]", 1_000_000),
        ("2.1.329", "claude-opus-4-7", 1_000_000),
        ("2.1.329", "claude-opus-4-1", 1_000_000),
        ("2.1.197", "", 1_000_000),
        ("2.1.197", "claude-opus-4-8", 200_000),
        ("2.1.197", "claude-sonnet-5[1m]", 1_000_000),
    ],
)
def test_the_assumed_window(version: str, model: str, window: int) -> None:
    """The window that each client was seen to assume for a model."""
    assert window_of(version, model) == window


def test_older_models_have_the_older_tokenizer() -> None:
    """Up to Opus 4.6, Sonnet 4.6 and Haiku 4.5; not 4.7, not the 5 family, not an unknown name."""
    older = ["claude-3-5-haiku-20241022", "claude-opus-4-5", "Claude-Haiku-4-5-20251001", "claude-opus-4-6"]
    newer = ["claude-opus-4-7", "claude-opus-4-8", "claude-sonnet-5", "claude-haiku-5", "gpt-4o", ""]
    assert [is_older(model) for model in older + newer] == [True] * 4 + [False] * 6


@pytest.mark.parametrize(
    ("conditions", "chars"),
    [
        (Conditions("2.1.329", "claude-opus-5-5", 1_000_000), 30_000),
        (Conditions("2.1.329", "claude-haiku-4-5", 200_000), 8_000),
        (Conditions("2.1.197", "claude-sonnet-5", 200_000), 6_000),
        (Conditions("2.1.197", "claude-sonnet-4-6", 1_000_000), 40_000),
    ],
)
def test_one_per_cent_of_the_window(world: World, conditions: Conditions, chars: int) -> None:
    """Three characters a token for the newer tokenizer, four for the older."""
    assert budget(Setup(world, world.cwd, [], {}), conditions) == chars


def test_the_settings_may_name_the_share(world: World) -> None:
    """A fraction up to one counts; anything else is the default."""
    conditions = Conditions(window=1_000_000)
    shares = [0.02, 1, 0, 2, -1, "0.5", True, None]
    found = [budget(Setup(world, world.cwd, [], {"skillListingBudgetFraction": share}), conditions) for share in shares]
    assert found == [60_000, 3_000_000] + [30_000] * 6


@pytest.mark.parametrize(
    ("value", "chars"),
    [("12000", 12_000), ("12000.7", 12_000), ("abc", 30_000), ("0", 30_000), ("", 30_000), ("nan", 30_000)],
)
def test_the_variable_beats_the_settings(world: World, value: str, chars: int) -> None:
    """A number in the environment or in a settings file's `env` is the budget; what is no number is not."""
    conditions = Conditions(window=1_000_000)
    name = "SLASH_COMMAND_TOOL_CHAR_BUDGET"
    assert budget(Setup(replace(world, env={name: value}), world.cwd, [], {}), conditions) == chars
    assert budget(Setup(world, world.cwd, [], {"env": {name: value}}), conditions) == chars
