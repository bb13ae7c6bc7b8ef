"""What every way of counting offers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol


class Counter(Protocol):
    """Counts tokens of texts. A text is counted alone: no message, tool or system framing (see `framing`)."""

    @property
    def name(self) -> str:
        """The tokenizer's name as reports print it: `o200k_base`, `claude-4.8`, `anthropic-api:claude-opus-5-5`."""

    @property
    def exact(self) -> bool:
        """Whether the figures are the tokenizer's own, not an estimate."""

    @property
    def note(self) -> str:
        """How this counts, with its measured error bound where it is an estimate. One sentence."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, in order."""

    def split(self, text: str, cuts: Sequence[int]) -> list[int]:
        """Tokens of each piece of `text` between the rising character offsets `cuts` (0 and the end excluded).

        The sum is exactly `count([text])[0]`. A token belongs to the piece in which it begins.
        """


_WORD = "x"  # short and plain, so that it seldom changes the tokens before it


def split_by_share(counter: Counter, text: str, cuts: Sequence[int]) -> list[int]:
    """A `split` for tokenizers that give counts but no offsets: the pieces' own counts share the text's count out.

    Claude charges a line's end inside a text, but not at the end of one, so each piece is weighed with a word after it.
    """
    pieces = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    total, word, last, *more = counter.count([text, _WORD, pieces[-1], *(piece + _WORD for piece in pieces[:-1])])
    return apportion(total, [*(max(tokens - word, 0) for tokens in more), last])


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` out in proportion to `weights`, whole numbers, by largest remainder; the sum is `total`."""
    weight = sum(weights)
    if weight == 0:
        return [total if i == 0 else 0 for i in range(len(weights))]
    shares = [total * w // weight for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % weight), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares
