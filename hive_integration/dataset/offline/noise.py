"""Slips of the fingers in what a user types; what stands in marks or holds digits is copied, so it stays. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Collection

_KEPT = re.compile(r"```.*?```|`[^`]*`|\"[^\"]*\"|\S*[\d_/.=:{}\[\]\\@#-]\S*", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]{4,}")
_NEAR = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "s": "d", "r": "t", "l": "k", "u": "i"}


def with_typos(text: str, rng: random.Random, kept_words: Collection[str] = (), share: float = 0.14) -> str:
    """The text with some of its plain words mistyped; never those that somebody will copy."""
    out, at = [], 0
    for kept in _KEPT.finditer(text):
        out += [
            _WORD.sub(
                lambda match: match[0] if match[0] in kept_words else _slip(match[0], rng, share),
                text[at : kept.start()],
            ),
            kept[0],
        ]
        at = kept.end()
    out.append(_WORD.sub(lambda match: match[0] if match[0] in kept_words else _slip(match[0], rng, share), text[at:]))
    return "".join(out)


def _slip(word: str, rng: random.Random, share: float) -> str:
    if rng.random() >= share:
        return word
    at = rng.randrange(1, len(word) - 1)
    form = rng.randrange(4)
    if form == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if form == 1:
        return word[:at] + word[at + 1 :]
    if form == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + _NEAR.get(word[at], word[at]) + word[at + 1 :]
