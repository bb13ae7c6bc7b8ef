"""Claude's tokenizers, offline: `ctok`'s reconstruction of what Anthropic's `count_tokens` answers.

`ctok` (MIT, Sander Land) needs Python 3.12 and counts 0.3 MB a second, so it is imported at the first count and its
figures are worth caching. Where it is missing, `calibrated` estimates. Its counts are validated by its author against
recorded answers of the API (v3: 962,053 of 962,054 texts equal; 4.7 and later: all); its token boundaries are not, so
pieces of a text share the text's count out by their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from hive_integration.tokens.counter import split_by_share

FAMILIES = {"claude-3": "3.0", "claude-4.7": "4.7", "claude-4.8": "4.8"}
"""Our name of each tokenizer, with the version that ctok knows it by: Claude 3 to Opus 4.6 and Haiku 4.5; Opus 4.7;
Opus 4.8, the 5 family and later."""

_FRAME = "⟨pad⟩"  # ctok's mark for the tokens of the message around the text; a text cannot contain it


@dataclass(frozen=True, slots=True)
class ClaudeCounter:
    """Counts as the Claude models of one family do. A text is counted without the frame of its message."""

    name: str

    @property
    def exact(self) -> bool:
        """Yes: equal to the API's answer wherever it was recorded, with the one exception above."""
        return True

    @property
    def version(self) -> str:
        """What the figures depend on: ctok's release."""
        return _release()

    @property
    def note(self) -> str:
        """Who counts."""
        return f"exact: {self.version}, an offline reconstruction of Claude's tokenizer {FAMILIES[self.name]}"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, in order."""
        return [_count(text, FAMILIES[self.name]) for text in texts]

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Tokens of each piece between the character offsets `cuts`, shared out by the pieces' own counts."""
        return split_by_share(self, text, cuts)


def available() -> bool:
    """Whether ctok is installed. Looks, does not import."""
    return find_spec("ctok") is not None


@cache
def _release() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"ctok {version('ctok')}"
    except PackageNotFoundError:
        return "ctok"


def _count(text: str, family: str) -> int:
    if not text:
        return 0
    from ctok import tokenize

    return len(tokenize(text, family)) - _frame(family)


@cache
def _frame(family: str) -> int:
    from ctok import tokenize

    frame: int = tokenize("", family).count(_FRAME)
    return frame
