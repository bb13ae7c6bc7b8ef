"""Does a text hold a secret? Pure; a table of shapes.

What a text says may end in weights, and weights cannot be made to forget: one secret keeps a whole unit or example out.
Examples and placeholders (`sk-your-key`, `AKIAIOSFODNN7EXAMPLE`, `${TOKEN}`) are none. A secret is never repeated.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

_EDGE = r"(?<![A-Za-z0-9])"
MAKERS: Sequence[tuple[str, str]] = (
    ("sk-", r"sk-[\w-]{20,200}"),  # Anthropic, OpenAI, OpenRouter, DeepSeek
    ("AKIA", r"AKIA[A-Z0-9]{16}"), ("ASIA", r"ASIA[A-Z0-9]{16}"),  # AWS
    ("AIza", r"AIza[\w-]{35}"), ("GOCSPX-", r"GOCSPX-[\w-]{24,40}"), ("ya29.", r"ya29\.[\w-]{20,300}"),  # Google
    ("ghp_", r"ghp_\w{30,100}"), ("gho_", r"gho_\w{30,100}"), ("ghu_", r"ghu_\w{30,100}"),
    ("ghs_", r"ghs_\w{30,100}"), ("ghr_", r"ghr_\w{30,100}"), ("github_pat_", r"github_pat_\w{50,100}"),
    ("glpat-", r"glpat-[\w-]{20,60}"),
    ("xox", r"xox[abeoprs]-[\w-]{20,200}"),
    ("hooks.slack.com", r"hooks\.slack\.com/services/T\w{6,12}/B\w{6,12}/\w{20,30}"),
    ("k_live_", r"[rsp]k_live_[A-Za-z0-9]{16,99}"), ("k_test_", r"[rs]k_test_[A-Za-z0-9]{16,99}"),
    ("whsec_", r"whsec_[\w+/=]{24,80}"),
    ("hf_", r"hf_[A-Za-z0-9]{30,60}"), ("r8_", r"r8_[A-Za-z0-9]{30,50}"), ("gsk_", r"gsk_[A-Za-z0-9]{40,60}"),
    ("xai-", r"xai-[A-Za-z0-9]{60,100}"), ("pplx-", r"pplx-[A-Za-z0-9]{40,60}"),
    ("npm_", r"npm_[A-Za-z0-9]{36}"), ("pypi-", r"pypi-[\w-]{40,250}"), ("dapi", r"dapi[0-9a-f]{32}"),
    ("dop_v1_", r"dop_v1_[0-9a-f]{64}"), ("SG.", r"SG\.[\w-]{20,24}\.[\w-]{39,50}"), ("hvs.", r"hvs\.[\w-]{24,120}"),
    ("shpat_", r"shpat_[0-9a-fA-F]{32}"), ("lin_api_", r"lin_api_[A-Za-z0-9]{30,60}"),
    ("ntn_", r"ntn_[A-Za-z0-9]{40,60}"), ("figd_", r"figd_[\w-]{30,60}"), ("sntrys_", r"sntrys_[\w+/=-]{40,250}"),
    ("AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{40,70}"), ("hive-", r"hive-[\w-]{40,90}"),
    ("eyJ", r"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}"),  # JSON Web Tokens
)  # fmt: skip
"""(what to look for first, the key): as the makers document them. Most texts hold none of the beginnings."""
_PATTERNS = tuple((begin, re.compile(_EDGE + pattern)) for begin, pattern in MAKERS)
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----")
_ADDRESS = re.compile(r"://[^\s:/@'\"`]{0,80}:([^\s:/@'\"`]{3,120})@")
_BEARER = re.compile(r"\b(?:[Bb]earer|BEARER|Basic)\s+([A-Za-z0-9+/_.~=-]{20,2000})")
_ASSIGNED = re.compile(r"[:=]\s{0,3}\\?['\"`]?(?=([^\s'\"`,;<>{}()\\:=][^\s'\"`,;<>{}()\\]{11,199}))")
_NAME = re.compile(
    r"(?i)(?:api[_-]?key|secret(?:[_-]?(?:access[_-]?)?key)?|passw(?:or)?d|pwd|passphrase|credentials?|token"
    r"|(?:access|account|auth|encryption|master|private|session|signing|storage)[_-]?key)"
    r"\\?['\"`]?\s{0,3}$"
)
_VARIABLE = re.compile(
    r"(?:^|[\s\"'`])(?!\w*(?:SHA|HASH|DIGEST|CHECKSUM|COMMIT|INTEGRITY))[A-Z][A-Z0-9_]{2,60}\s{0,3}$"
)
_BEFORE = 70
"""Characters before a value in which its name is looked for."""


def secret_in(text: str) -> str:
    """What kind of secret a text holds; empty for none."""
    if "PRIVATE KEY" in text and _PRIVATE.search(text):
        return "a private key"
    for begin, pattern in _PATTERNS:
        if begin in text and any(not _made_up(match[0]) for match in pattern.finditer(text)):
            return "a token" if begin == "eyJ" else "an API key"
    if "://" in text and any(not _named_only(match[1]) for match in _ADDRESS.finditer(text)):
        return "a password in an address"
    if any(_random(match[1]) for match in _BEARER.finditer(text)):
        return "a token"
    return _assigned(text)


def _assigned(text: str) -> str:
    for match in _ASSIGNED.finditer(text):
        value = match[1].rstrip(".!?")
        if not _random(value):
            continue
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if _NAME.search(before):
            return "a value under a secret's name"
        if len(value) >= 32 and _entropy(value) >= _DENSE and value.isascii() and _VARIABLE.search(before):
            return "a random value in a variable"
    return ""


# Real, or made up to show the form.

_ENTROPY, _DENSE = 3.0, 4.3
"""Bits a character: random letters and digits have over four, words and numbered names less than three."""
_SHOWN = re.compile(
    r"(?i)example|placeholder|redacted|change[_-]?me|dummy|x{4}|\*{3}|\.{3}|…|1234567|abcdefg|0{8}"
    r"|secure|strong|wrong|correct|pass(?:word|wd)?\d{0,4}[!@#]?$"
)
_WORD = re.compile(
    r"(?i)(?:^|[-_./+])(?:your|my|sample|fake|test|testing|demo|here|insert|replace|some|mock|todo|foo)(?:$|[-_./+])"
)
_REFERENCE = re.compile(r"[$<{]|%[A-Z_]+%|process\.env|environ|getenv|(?:^|\.)(?:config|secrets?|settings|vault)\.")
_NAMES = re.compile(r"(?:[A-Za-z]+\d{0,2}|\d{1,4})(?:[-_./:@+](?:[A-Za-z]+\d{0,2}|v?\d{1,4}))*")
_SETTING = re.compile(r"(?:https?|file|wss?|s3|redis|postgres\w*)://|/[a-z][a-z0-9_.-]{0,30}/|\.{1,2}/|~/")
_PLAIN_PASSWORDS = re.compile(
    r"(?i)(?:pass(?:word|wd)?|pwd|secret|user(?:name)?|admin|root|postgres|changeme|test|token)\d{0,4}|x+"
)


def _made_up(key: str) -> bool:
    """Whether a value in a maker's form only shows the form."""
    return bool(_SHOWN.search(key) or _WORD.search(key)) or _entropy(key) < _ENTROPY


def _named_only(password: str) -> bool:
    """Whether what stands in a password's place is a name for one."""
    return bool(_SHOWN.search(password) or _REFERENCE.search(password) or _PLAIN_PASSWORDS.fullmatch(password)
                or _WORD.search(password) or password.isdigit())  # fmt: skip


def _random(value: str) -> bool:
    """Whether nobody would write this by hand."""
    digit, letter = any(map(str.isdigit, value)), any(map(str.isalpha, value))
    return (
        digit and letter and _entropy(value) >= _ENTROPY and not _NAMES.fullmatch(value)
        and not _SETTING.match(value) and not _REFERENCE.search(value) and not _made_up(value)
    )  # fmt: skip


def _entropy(text: str) -> float:
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)
