"""Text from strangers, made safe to show: what would steer a terminal or reorder a line is made visible. Pure.

Names, paths and warnings come from other people's files. No control character, no invisible format character
(bidirectional overrides among them) and no lone surrogate ever passes through.
"""

from __future__ import annotations

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that print nothing, or something else than themselves."""


LONGEST = 1000
"""Characters of one name or sentence that a report for people shows; nobody reads a longer one."""


def visible(text: str) -> str:
    """`text` on one line with every hidden character spelled out: ESC as `\\x1b`, a line end as `\\n`."""
    if text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def readable(text: str) -> str:
    """`visible(text)`, cut in the middle to `LONGEST` characters."""
    return folded(text, LONGEST)


def folded(text: str, width: int) -> str:
    """`visible(text)`, cut in the middle to at most `width` characters: both ends of a path say something."""
    text = visible(text)
    if len(text) <= width:
        return text
    if width < 2:
        return text[:width]
    head = (width - 1) // 2
    return f"{text[:head]}…{text[len(text) - (width - 1 - head) :]}"


def _shown(char: str) -> str:
    return char.encode("unicode_escape").decode() if unicodedata.category(char) in HIDDEN else char
