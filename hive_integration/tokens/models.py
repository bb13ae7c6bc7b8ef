"""Which tokenizer a model's name means. Pure; it knows names, not files."""

from __future__ import annotations

import re

NEWEST_CLAUDE = (5, 5)
"""What a Claude name without a version is taken for (`opus`, `claude-mythos-preview`)."""

CLAUDE_ALIASES = frozenset({"opus", "sonnet", "haiku", "fable", "mythos", "opusplan"})
"""What Claude Code takes as `--model` beside full names."""

# First match wins: `gpt-4o` before `gpt-4`. tiktoken's own table of names is the source for the older ones.
_OPENAI = (
    (re.compile(r"(gpt-4o|gpt-4\.[1-9]|gpt-[5-9]|gpt-oss|chatgpt|codex|o[1-9]\b)"), "o200k_base"),
    (re.compile(r"(gpt-4|gpt-3\.5|gpt-35|text-embedding)"), "cl100k_base"),
)
_VERSION = re.compile(r"(?<!\d)(\d{1,2})(?:[-.](\d{1,2})(?!\d))?(?!\d)")
_TIER = re.compile("opus|sonnet|haiku|fable|mythos")


def tokenizer_of(model: str) -> str:
    """The tokenizer of `model`: `claude-3`, `claude-4.7`, `claude-4.8`, `o200k_base`, `cl100k_base`; else empty.

    Providers' prefixes (`openai/`, `us.anthropic.`), fine-tunes (`ft:gpt-4.1-mini:acme::abc`), dates and the window
    mark (`[1m]`) may stand around the name.
    """
    if version := claude_version(model):
        return claude_tokenizer(version)
    name = model.lower().removeprefix("ft:").rpartition("/")[2]
    return next((tokenizer for pattern, tokenizer in _OPENAI if pattern.match(name)), "")


def claude_tokenizer(version: tuple[int, int]) -> str:
    """The tokenizer of Claude models of that version."""
    return "claude-3" if version < (4, 7) else "claude-4.7" if version < (4, 8) else "claude-4.8"


def claude_version(model: str) -> tuple[int, int] | None:
    """A Claude model's (major, minor); None for any other model. `claude-opus-4-20250514` is (4, 0)."""
    name = model.lower()
    if "claude" not in name and name.partition("[")[0] not in CLAUDE_ALIASES:
        return None
    found = _VERSION.search(name.partition("claude")[2].partition("[")[0])
    return (int(found[1]), int(found[2] or 0)) if found else NEWEST_CLAUDE


def claude_tier(model: str) -> str:
    """`opus`, `sonnet`, `haiku`, `fable` or `mythos`; empty where the name says none."""
    found = _TIER.search(model.lower())
    return found[0] if found else ""
