"""From a name to its counter."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.errors import UsageError
from hive_integration.tokens import claude, counter_for
from hive_integration.tokens.choose import TOKENIZERS
from hive_integration.tokens.openai import OpenAICounter


@pytest.mark.parametrize("name", TOKENIZERS)
def test_a_tokenizers_name_is_its_counters_name(name: str) -> None:
    """Every listed tokenizer can be named, and reports print the same name."""
    assert counter_for(name).name == name


@pytest.mark.parametrize(
    ("name", "tokenizer"),
    [("ft:gpt-4.1:acme::x", "o200k_base"), ("gpt-4", "cl100k_base"), ("claude-opus-4-7", "claude-4.7")],
)
def test_a_model_picks_its_tokenizer(name: str, tokenizer: str) -> None:
    """A model's name stands for its tokenizer."""
    assert counter_for(name).name == tokenizer


@pytest.mark.parametrize(
    ("model", "tokenizer"), [("claude-opus-5-5", "claude-4.8"), ("gpt-5", "o200k_base"), ("", "o200k_base")]
)
def test_auto_follows_the_audited_model(model: str, tokenizer: str) -> None:
    """`auto` is the tokenizer of the request's model, and o200k where none is named."""
    assert counter_for("auto", model=model).name == tokenizer


def test_auto_says_when_it_does_not_know_the_model() -> None:
    """An unknown model is counted with o200k, which is then no exact figure, and the note says why."""
    counter = counter_for("auto", model="qwen3-8b")
    assert (counter.name, counter.exact) == ("o200k_base", False)
    assert counter.note.startswith("the tokenizer of 'qwen3-8b' is not known; counted by tiktoken")
    assert counter_for("auto").exact


def test_an_unknown_name_is_wrong_usage_with_a_hint() -> None:
    """The error lists what is known and suggests the nearest."""
    with pytest.raises(
        UsageError, match=r"unknown tokenizer 'o200k'; known: o200k_base, cl100k_base, claude-3"
    ) as caught:
        counter_for("o200k")
    assert caught.value.hint == "did you mean o200k_base?"
    with pytest.raises(UsageError) as caught:
        counter_for("zzzzzz")
    assert caught.value.hint.startswith("name one of them")


def test_the_api_is_made_by_the_caller() -> None:
    """`anthropic-api:MODEL` is the given factory's counter; without a factory or a model it is wrong usage."""
    made: list[str] = []

    def api(model: str) -> OpenAICounter:
        made.append(model)
        return OpenAICounter("o200k_base")

    counter_for("anthropic-api:claude-opus-5-5", api=api)
    assert made == ["claude-opus-5-5"]
    with pytest.raises(UsageError, match="needs a key"):
        counter_for("anthropic-api:claude-opus-5-5")
    with pytest.raises(UsageError, match="no model"):
        counter_for("anthropic-api:", api=api)


def test_without_ctok_claude_is_estimated_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a Python without ctok the same name gives an estimate with its error bound."""
    monkeypatch.setattr(claude, "available", lambda: False)
    counter = counter_for("claude-opus-5-5")
    assert (counter.name, counter.exact) == ("claude-4.8", False)
    assert "off by" in counter.note


def test_counts_are_kept_in_the_cache_folder(tmp_path: Path) -> None:
    """With a cache folder a count leaves a file there; naming a tokenizer alone leaves none."""
    counter = counter_for("cl100k_base", cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert counter.count(["hello world"]) == [2]
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.sqlite3"]
