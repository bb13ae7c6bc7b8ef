"""Does a text hold a secret? Pure; a table of shapes.

What a unit's text says may end in weights, and weights cannot be made to forget: one secret keeps the whole unit out.
Examples and placeholders (`sk-...`, `YOUR_KEY`, `${TOKEN}`) are none.
"""

from __future__ import annotations

import math
import re
from collections import Counter

SHAPES: dict[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----"),
    "an API key": re.compile(
        r"\b(?:sk-(?:ant-|proj-|or-)?[\w-]{20,200}|AKIA[A-Z0-9]{16}|AIza[\w-]{35}|hf_[A-Za-z]{30,60}"
        r"|npm_[A-Za-z0-9]{36}|pypi-[\w-]{40,200}|[rs]k_live_[A-Za-z0-9]{20,99}|hive-[\w-]{40,90})"
    ),
    "a token": re.compile(
        r"\b(?:gh[opsu]_[A-Za-z0-9]{30,100}|github_pat_\w{50,100}|glpat-[\w-]{20,60}|xox[abprs]-[\w-]{20,200}"
        r"|eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000})"
    ),
    "a password in an address": re.compile(r"\b[a-z][a-z+]{1,20}://[^\s:/@'\"`]{1,80}:([^\s:/@'\"`]{3,120})@"),
    "a value under a secret's name": re.compile(
        r"(?i)\b(?:[\w-]{0,30}(?:api[_-]?key|secret|password|passwd|access[_-]?token|auth[_-]?token|private[_-]?key))"
        r"['\"`]?\s{0,3}[:=]\s{0,3}['\"`]?([^\s'\"`,;<>{}()]{12,200})"
    ),
}
"""What a secret looks like. A group, where there is one, is the secret itself."""
_PLACEHOLDER = re.compile(
    r"(?i)your|example|sample|placeholder|secure|strong|wrong|correct|change[_-]?me|dummy|fake|test|demo|xxx|\*\*\*"
    r"|\.\.\.|…|\$|process\.env|environ"
    r"|getenv|config\.|secrets?\.|<|\{|1234567|abcdef|_key$|^[a-z_.]+$|^[A-Z_]+$|pass(?:word)?\d{0,4}$"
)
_ENTROPY = 3.0
"""Bits a character: random letters and digits have over four, words and numbered names less than three."""


def secret_in(text: str) -> str:
    """What kind of secret a text holds; empty for none. The secret itself is never repeated."""
    for what, shape in SHAPES.items():
        for match in shape.finditer(text):
            value = match[1] if match.lastindex else match[0]
            if what == "a private key" or _looks_real(value, named=match.lastindex is not None):
                return what
    return ""


def _looks_real(value: str, *, named: bool) -> bool:
    if _PLACEHOLDER.search(value):
        return False
    mixed = bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z]", value))
    return _entropy(value) >= _ENTROPY and (mixed or not named)


def _entropy(text: str) -> float:
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
