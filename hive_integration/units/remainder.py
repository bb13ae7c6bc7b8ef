"""What is left of a text when some of its pieces go. Pure.

Words go, tags stay: a reminder's opening tag lies in its first piece and the closing one in its last, and what stays of
the reminder needs both. Tags with nothing left between them go too. Only blanks at a seam are changed: what stood apart
by a blank line still does, and no blank line is left before a closing tag.
"""

from __future__ import annotations

import re
from collections.abc import Container

from hive_integration.units.cut import CutText

_OPENING = re.compile(r"\s*<system-reminder>\n?")
_CLOSING = "</system-reminder>"
_APART = "\n\n"


def remainder(cut: CutText, gone: Container[int]) -> str:
    """The text without the pieces whose indexes are in `gone`; empty where only blanks are left."""
    kept: list[str] = []
    open_tag = False  # whether the last thing kept is an opening tag of a piece that went
    apart = False  # whether the last piece that went ended with a blank line
    for i, piece in enumerate(cut.pieces):
        text = cut.text[piece.start : piece.end]
        if i not in gone:
            if apart and not open_tag and kept and not kept[-1].endswith(_APART):
                kept.append("\n" if kept[-1].endswith("\n") else _APART)
            kept.append(text)
            open_tag = apart = False
            continue
        apart |= text.endswith(_APART)
        if opening := _OPENING.match(text):
            kept.append(opening[0])
            open_tag = True
        if closing := _closing(text):
            if open_tag:
                kept.pop()
            else:
                _trim(kept)
                kept.append(closing)
            open_tag, apart = False, False
    left = "".join(kept)
    return left if left.strip() else ""


def _trim(kept: list[str]) -> None:
    if kept:
        kept[-1] = kept[-1].rstrip()


def _closing(text: str) -> str:
    """The closing tag that ends a piece, with the blanks around it."""
    at = text.rfind(_CLOSING)
    if at < 0 or text[at + len(_CLOSING) :].strip():
        return ""
    return text[at - 1 :] if text.startswith("\n", at - 1) and at else text[at:]
