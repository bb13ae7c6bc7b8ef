"""One tokenizer at work: a text is counted once and remembered by its hash. Pure but for what it remembers.

A weight has two parts: tokens that are known, and bytes of texts that were not counted yet. Weighing never counts; it
says what is missing, and `learn` takes the counts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from hive_integration.gateway.content import content_of
from hive_integration.gateway.memo import Memo
from hive_integration.wire.messages import Turn

TEXTS, TURNS, GROUPS = 32_768, 8_192, 16
"""What is remembered; some 200 bytes each."""
_FADES = 8_000_000
"""Bytes after which what was counted first counts half for the tokens a byte."""

Key = tuple[int, int]
"""Hash and length. Python's hash is keyed at random, so nobody can make two texts that meet."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Tokens that are known, and bytes of what was not counted yet."""

    tokens: int = 0
    bytes: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(self.tokens + other.tokens, self.bytes + other.bytes)


@dataclass(frozen=True, slots=True)
class Message:
    """What one message weighs, thinking apart, and the deferred tools that it shows to the model."""

    said: Weight
    thought: Weight
    references: tuple[str, ...] = ()


class Scale:
    """Weighs texts, messages and groups of texts. `missing`, where given, gets the texts that were not counted yet."""

    def __init__(self, tokens_per_byte: float = 0.25) -> None:
        self._tokens: Memo[Key, int] = Memo(TEXTS)
        self._messages: Memo[Key, Message] = Memo(TURNS)
        self._groups: Memo[Hashable, Weight] = Memo(GROUPS)
        self._seen_tokens, self._seen_bytes = 4_000 * tokens_per_byte, 4_000.0  # until something was counted

    def learn(self, texts: Sequence[str], counts: Sequence[int]) -> None:
        """Take the counts of texts."""
        for text, count in zip(texts, counts, strict=True):
            self._tokens.put(_key(text), count)
            self._seen_tokens += count
            self._seen_bytes += size_of(text)
        if self._seen_bytes > _FADES:
            self._seen_tokens, self._seen_bytes = self._seen_tokens / 2, self._seen_bytes / 2

    def knows(self, text: str) -> bool:
        """Whether the text was counted."""
        return self._tokens.get(_key(text)) is not None

    def tokens(self, weight: Weight) -> int:
        """One figure: what is known, and the rest by the tokens that a byte had so far."""
        return weight.tokens + round(weight.bytes * self._seen_tokens / self._seen_bytes)

    def texts(self, texts: Iterable[str], missing: list[str] | None = None) -> Weight:
        """What some texts weigh."""
        tokens = size = 0
        for text in texts:
            count = self._tokens.get(_key(text))
            if count is not None:
                tokens += count
            else:
                size += size_of(text)
                if missing is not None:
                    missing.append(text)
        return Weight(tokens, size)

    def group(self, key: Hashable, texts: Callable[[], Iterable[str]], missing: list[str] | None = None) -> Weight:
        """What texts weigh that come together again and again, such as a declaration of tools."""
        weight = self._groups.get(key)
        if weight is None or (weight.bytes and missing is not None):
            weight = self._groups.put(key, self.texts(texts(), missing))
        return weight

    def message(self, turn: Turn, missing: list[str] | None = None) -> Message:
        """What a message weighs. One that came as it is is remembered by its bytes."""
        key = (hash(turn.raw), len(turn.raw)) if turn.raw is not None else None
        known = self._messages.get(key) if key else None
        if known is not None and (missing is None or not known.said.bytes + known.thought.bytes):
            return known
        content = content_of(turn.blocks)
        said = self.texts(content.texts, missing) + Weight(content.fixed)
        message = Message(said, self.texts(content.thinking, missing), content.references)
        return self._messages.put(key, message) if key else message


def size_of(text: str) -> int:
    """Bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def total(weights: Iterable[Weight]) -> Weight:
    """The sum."""
    return reduce(add, weights, Weight())


def _key(text: str) -> Key:
    return hash(text), len(text)
