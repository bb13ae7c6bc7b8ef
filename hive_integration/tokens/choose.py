"""From what the user names, a tokenizer or a model, to the counter that counts so. Makes it, loads nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hive_integration.errors import UsageError
from hive_integration.tokens import claude
from hive_integration.tokens.cache import FILE, Cached, Versioned
from hive_integration.tokens.calibrated import CalibratedCounter
from hive_integration.tokens.claude import ClaudeCounter
from hive_integration.tokens.counter import Counter
from hive_integration.tokens.models import tokenizer_of
from hive_integration.tokens.openai import RANKS_SHA256, OpenAICounter

AUTO = "auto"
BY_API = "anthropic-api:"
DEFAULT = "o200k_base"
TOKENIZERS = (*RANKS_SHA256, *claude.FAMILIES)

ApiCounter = Callable[[str], Counter]
"""Makes the counter that asks a provider about one model. Providers stand above this layer, so the caller brings it."""


def counter_for(
    name: str = AUTO, cache_dir: Path | None = None, *, model: str = "", api: ApiCounter | None = None
) -> Counter:
    """The counter that `name` means: a tokenizer, a model, `auto` or `anthropic-api:MODEL`.

    `auto` takes the tokenizer of `model`, the audited request's, and `o200k_base` where that is empty or not known; its
    note then says so. Counts are kept in `cache_dir`, the API's excepted: they hold for one batch. Raises UsageError
    for a name that is neither, and for the API without `api`.
    """
    if name.startswith(BY_API):
        return _by_api(name.removeprefix(BY_API), api)
    counter = _auto(model) if name == AUTO else _named(name)
    return Cached(counter, cache_dir / FILE) if cache_dir else counter


def _auto(model: str) -> Versioned:
    tokenizer = tokenizer_of(model)
    if tokenizer or not model:
        return _tokenizer(tokenizer or DEFAULT)
    return OpenAICounter(DEFAULT, because=f"the tokenizer of {model!r} is not known")


def _named(name: str) -> Versioned:
    tokenizer = name if name in TOKENIZERS else tokenizer_of(name)
    if not tokenizer:
        import difflib

        known = [*TOKENIZERS, AUTO, f"{BY_API}MODEL"]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        raise UsageError(
            f"unknown tokenizer {name!r}; known: {', '.join(known)}, or the name of a Claude or OpenAI model",
            hint=f"did you mean {near[0]}?" if near else f"name one of them, e.g. --tokenizer {DEFAULT}",
        )
    return _tokenizer(tokenizer)


def _tokenizer(name: str) -> Versioned:
    if name in RANKS_SHA256:
        return OpenAICounter(name)
    return ClaudeCounter(name) if claude.available() else CalibratedCounter(name)


def _by_api(model: str, api: ApiCounter | None) -> Counter:
    if not model:
        raise UsageError("no model to count for", hint=f"name one, e.g. --tokenizer {BY_API}claude-opus-5-5")
    if api is None:
        raise UsageError(
            "counting by the API needs a key", hint="set ANTHROPIC_API_KEY, or use --tokenizer claude-4.8 offline"
        )
    return api(model)
