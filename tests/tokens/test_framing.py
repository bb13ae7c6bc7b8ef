"""What providers add around the text."""

from __future__ import annotations

import pytest

from hive_integration.tokens import framing, framing_note


def test_openai_messages_cost_three_each_and_three_for_the_reply() -> None:
    """Two messages and a system prompt: 3 * 3 + 3, as OpenAI's cookbook reckons."""
    assert framing("o200k_base", "gpt-4o", messages=2, tools=0, system_blocks=1) == 12
    assert framing("o200k_base", "", messages=0, tools=0, system_blocks=0) == 0


def test_openai_tools_cost_seven_or_ten_each_and_twelve_together() -> None:
    """GPT-4o and later 7, before 10; 12 once."""
    assert framing("o200k_base", "gpt-4.1", messages=1, tools=5, system_blocks=0) == 6 + 35 + 12
    assert framing("cl100k_base", "gpt-4", messages=1, tools=5, system_blocks=0) == 6 + 50 + 12


@pytest.mark.parametrize(
    ("model", "preamble", "message"),
    [
        ("claude-opus-5", 286, 6),
        ("claude-opus-4-8", 290, 6),
        ("claude-sonnet-5", 354, 6),
        ("claude-opus-4-7", 675, 11),
        ("claude-opus-4-6", 497, 7),
        ("claude-haiku-4-5-20251001", 496, 7),
        ("claude-3-opus-20240229", 530, 7),
    ],
)
def test_claude_adds_its_preamble_once(model: str, preamble: int, message: int) -> None:
    """One tool costs the preamble of the documentation's table, and a hundred no more; without tools there is none."""
    without = framing("claude-4.8", model, messages=1, tools=0, system_blocks=3)
    assert without == message
    assert framing("claude-4.8", model, messages=1, tools=1, system_blocks=3) == without + preamble
    assert framing("claude-4.8", model, messages=1, tools=100, system_blocks=3) == without + preamble
    assert "nearest" not in framing_note("claude-4.8", model)


@pytest.mark.parametrize(
    ("model", "preamble", "said"),
    [
        ("claude-opus-5-5", 286, "as for Opus 5 (nearest known to claude-opus-5-5)"),
        ("claude-sonnet-5-5", 354, "as for Sonnet 5 (nearest"),
        ("claude-haiku-5-5", 286, "as for Opus 5 (nearest"),
        ("claude-sonnet-4-5", 497, "as for Sonnet 4.6 (nearest"),
    ],
)
def test_an_unknown_claude_takes_the_nearest_and_says_so(model: str, preamble: int, said: str) -> None:
    """The nearest model shares the tokenizer first, then the tier, then the version; the note names it."""
    alone = framing("claude-4.8", model, messages=0, tools=1, system_blocks=0)
    assert alone == preamble
    assert said in framing_note("claude-4.8", model)


def test_the_model_decides_and_then_the_tokenizer() -> None:
    """A Claude request measured in o200k still has Claude's frame; an unnamed model has its tokenizer's."""
    by_model = framing("o200k_base", "claude-opus-5", messages=1, tools=1, system_blocks=0)
    assert by_model == 292
    assert framing("claude-4.7", "", messages=1, tools=0, system_blocks=0) == 11
    assert framing("anthropic-api:claude-opus-4-7", "", messages=1, tools=0, system_blocks=0) == 11
    assert framing("o200k_base", "qwen3-8b", messages=1, tools=0, system_blocks=0) == 6
    assert framing("something", "", messages=1, tools=0, system_blocks=0) == 6
    assert "OpenAI's cookbook" in framing_note("something", "")
