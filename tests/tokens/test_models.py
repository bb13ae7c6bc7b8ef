"""Which tokenizer a model's name means."""

from __future__ import annotations

import pytest

from hive_integration.tokens.models import claude_tier, claude_version, tokenizer_of


@pytest.mark.parametrize(
    ("model", "tokenizer"),
    [
        ("gpt-4o", "o200k_base"),
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("gpt-4.1-mini", "o200k_base"),
        ("gpt-5", "o200k_base"),
        ("gpt-6.1-sol", "o200k_base"),
        ("openai/gpt-5-codex", "o200k_base"),
        ("gpt-oss-20b", "o200k_base"),
        ("o1", "o200k_base"),
        ("o4-mini", "o200k_base"),
        ("ft:gpt-4.1-mini:acme::abc", "o200k_base"),
        ("ft:gpt-4o-2024-08-06:acme:hive:x1", "o200k_base"),
        ("ft:gpt-3.5-turbo:acme::abc", "cl100k_base"),
        ("gpt-4", "cl100k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-3.5-turbo", "cl100k_base"),
        ("claude-3-5-sonnet-20241022", "claude-3"),
        ("claude-3-opus-20240229", "claude-3"),
        ("claude-opus-4-20250514", "claude-3"),
        ("claude-sonnet-4-5-20250929", "claude-3"),
        ("claude-haiku-4-5-20251001", "claude-3"),
        ("claude-opus-4-6", "claude-3"),
        ("claude-2.1", "claude-3"),
        ("claude-opus-4-7", "claude-4.7"),
        ("claude-opus-4-8", "claude-4.8"),
        ("claude-opus-4-8[1m]", "claude-4.8"),
        ("claude-sonnet-5", "claude-4.8"),
        ("claude-opus-5-5", "claude-4.8"),
        ("claude-mythos-preview", "claude-4.8"),
        ("anthropic/claude-opus-4.7", "claude-4.7"),
        ("us.anthropic.claude-opus-4-8-v1:0", "claude-4.8"),
        ("claude-opus-4-5@20251101", "claude-3"),
        ("opus", "claude-4.8"),
        ("sonnet[1m]", "claude-4.8"),
        ("qwen3-8b", ""),
        ("olmo-2", ""),
        ("ft:davinci-002:acme", ""),
        ("", ""),
    ],
)
def test_a_model_names_its_tokenizer(model: str, tokenizer: str) -> None:
    """Versions, dates, prefixes, fine-tunes and window marks are read; an unknown name means none."""
    assert tokenizer_of(model) == tokenizer


def test_a_date_is_no_version() -> None:
    """`claude-opus-4-20250514` is 4.0, and Claude without a number is the newest."""
    assert claude_version("claude-opus-4-20250514") == (4, 0)
    assert claude_version("claude-opus-4-1-20250805") == (4, 1)
    assert claude_version("claude") == (5, 5)
    assert claude_version("gpt-5") is None


def test_the_tier_is_read_from_the_name() -> None:
    """Opus, Sonnet, Haiku, Fable, Mythos; empty where there is none."""
    assert claude_tier("claude-3-5-Sonnet") == "sonnet"
    assert claude_tier("claude-2.1") == ""
