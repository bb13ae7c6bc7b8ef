"""What the newer clients do to a description before they list it. Pure.

Terminal escapes go, each run of invisible characters becomes one space, angle brackets become entities. Seen with
2.1.329; no such thing is done by 2.1.197 or to agents.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby


def sanitised(text: str) -> str:
    """`text` as the client would list it."""
    text = _ODD.sub(lambda match: _spaced(match[0]), _ESCAPES.sub("", text))
    return text.replace("<", "&lt;").replace(">", "&gt;")


_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]"
)
_ODD = re.compile(r"[^ -~]+")


def _spaced(text: str) -> str:
    """A run that is not plain ASCII: what makes or joins emoji, or joins letters of scripts that join, stays."""
    parts = _KEPT.split(text)
    return "".join(part if i % 2 else _blanked(part) for i, part in enumerate(parts))


def _blanked(text: str) -> str:
    return "".join(" " if odd else "".join(chars) for odd, chars in groupby(text, _invisible))


def _invisible(char: str) -> bool:
    kind = unicodedata.category(char)
    newer = kind == "Cn" and "\U0001f000" <= char <= "\U0001faff"  # an emoji that this Python does not know yet
    return (kind in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"} and not newer) or _BLANK.match(char) is not None


_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_TEXT_BY_DEFAULT = (
    "a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 2328 23cf 23ed-23ef 23f1-23f2 23f8-23fa 24c2 25aa-25ab 25b6 "
    "25c0 25fb-25fc 2600-2604 260e 2611 2618 261d 2620 2622-2623 2626 262a 262e-262f 2638-263a 2640 2642 "
    "265f-2660 2663 2665-2666 2668 267b 267e 2692 2694-2697 2699 269b-269c 26a0 26a7 26b0-26b1 26c8 26cf 26d1 "
    "26d3 26e9 26f0-26f1 26f4 26f7-26f9 2702 2708-2709 270c-270d 270f 2712 2714 2716 271d 2721 2733-2734 2744 "
    "2747 2763-2764 27a1 2934-2935 2b05-2b07 3030 303d 3297 3299 1f170-1f171 1f17e-1f17f 1f202 1f237 1f321 "
    "1f324-1f32c 1f336 1f37d 1f396-1f397 1f399-1f39b 1f39e-1f39f 1f3cb-1f3ce 1f3d4-1f3df 1f3f3 1f3f5 1f3f7 1f43f "
    "1f441 1f4fd 1f549-1f54a 1f56f-1f570 1f573-1f579 1f587 1f58a-1f58d 1f590 1f5a5 1f5a8 1f5b1-1f5b2 1f5bc "
    "1f5c2-1f5c4 1f5d1-1f5d3 1f5dc-1f5de 1f5e1 1f5e3 1f5e8 1f5ef 1f5f3 1f5fa 1f6cb 1f6cd-1f6cf 1f6e0-1f6e5 1f6e9 "
    "1f6f0 1f6f3 "
)
"""Emoji that U+FE0F turns from text into a picture (Unicode, emoji-data); after any other it is invisible."""


def _class_of(ranges: str) -> str:
    bounds = ([chr(int(end, 16)) for end in part.split("-")] for part in ranges.split())
    return "[" + "".join("-".join(bound) for bound in bounds) + "]"


_PICTURE = "[\u2600-\u27bf\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?"
_KEPT = re.compile(
    f"({_PICTURE}(?:\u200d{_PICTURE})+|{_class_of(_TEXT_BY_DEFAULT)}\ufe0f|\ufe0f\u20e3"
    "|(?<=[\u0590-\u1fff])[\u200c\u200d](?=[\u0590-\u1fff]))"
)
