"""Is it told already? Exactly, by its words and calls, or nearly, by MinHash over runs of three words.

The words are those of the whole conversation but the system prompt, which all share: what the user and the assistant
say, the calls with the values of their arguments, the results; case, punctuation and ids of calls count for nothing.
Nearly means that of all runs of both conversations at least SHARED are in both, as MinHash estimates it from 128
permutations (standard error 0.03). The first one stays. One pass; some 1.5 KB of memory an example.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from rensa import RMinHash, RMinHashDeduplicator  # type: ignore[import-untyped]

from hive_integration.dataset.openai_format import text_of
from hive_integration.units.dialogue import Message

SHARED = 0.85
RUN = 3
"""Words."""
_PERMUTATIONS, _BANDS, _SEED = 128, 32, 42
"""32 bands of 4 rows: a pair that shares 0.85 is compared but for once in 10^10."""
ALGORITHM = f"rensa-{RMinHash.ALGORITHM_VERSION}"
"""What the estimates follow from, beside the words."""
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|\w+")
"""A word, or one character of a script that does not part its words."""


class Seen:
    """The conversations so far."""

    def __init__(self) -> None:
        self._exact: set[bytes] = set()
        self._near = RMinHashDeduplicator(SHARED, _PERMUTATIONS, True, _BANDS, _SEED)

    def reason(self, messages: Sequence[Message], key: str) -> str:
        """Why a conversation is told already; empty where it is new, and then it is remembered."""
        words = words_of(messages)
        exact = hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=12).digest()
        if exact in self._exact:
            return "is told already"
        signature = RMinHash(_PERMUTATIONS, _SEED)
        signature.update(runs(words))
        if not self._near.add(key, signature):
            return "is nearly told already"
        self._exact.add(exact)
        return ""


def words_of(messages: Sequence[Message]) -> list[str]:
    """The words that are compared, in order."""
    return _WORDS.findall(" ".join(_texts(messages)).casefold())


def _texts(messages: Sequence[Message]) -> Iterator[str]:
    for message in messages:
        if message.role != "system":
            yield message.text
            for call in message.calls:
                yield call.name
                yield text_of(call.arguments)


def runs(words: Sequence[str]) -> list[str]:
    """Every run of three words once; fewer words are one run."""
    if len(words) <= RUN:
        return [" ".join(words)]
    return [*dict.fromkeys(map(" ".join, zip(words, words[1:], words[2:], strict=False)))]
