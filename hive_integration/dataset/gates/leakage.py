"""Does the training split give the evaluation away? Splits are parted by family; this looks for words in common.

What counts is what the user and the assistant say, not results, which tools repeat. Runs of the evaluation's words are
remembered by a hash that is the same everywhere; a training example that holds one of them is refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

from hive_integration.units.dialogue import Message

RUNS = {"user": 8, "assistant": 13}
"""Words in a run, by who speaks: 8 and 13 are the usual lengths (PaLM, section 8; GPT-3, appendix C)."""
LEAST = 4
"""A first request of fewer words than a run counts as a whole, if it has so many: shorter ones anybody says."""
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|\w+")
_BASE, _PRIME = 1_000_003, 2**61 - 1


class Sealed:
    """What the evaluation says."""

    def __init__(self) -> None:
        self._held: set[int] = set()

    def add(self, messages: Sequence[Message]) -> None:
        """Seal one example of the evaluation."""
        self._held.update(_runs(messages))

    def leaks(self, messages: Sequence[Message]) -> bool:
        """Whether a training example repeats what is sealed."""
        held = self._held
        return any(run in held for run in _runs(messages))


def _runs(messages: Sequence[Message]) -> Iterator[int]:
    first = True
    for message in messages:
        size = RUNS.get(message.role)
        if size is None or not message.text:
            continue
        words = [zlib.crc32(word.encode("utf-8", "replace")) for word in _WORDS.findall(message.text.casefold())]
        if len(words) >= size:
            yield from _rolled(words, size)
        elif first and message.role == "user" and len(words) >= LEAST:
            yield from _rolled(words, len(words))
        first = first and message.role != "user"


def _rolled(words: Sequence[int], size: int) -> Iterator[int]:
    """One number for each run, of the words in their order."""
    lead = pow(_BASE, size, _PRIME)
    value = 0
    for i, word in enumerate(words):
        value = value * _BASE + word
        if i >= size:
            value -= words[i - size] * lead
        value %= _PRIME
        if i >= size - 1:
            yield value * 128 + size
