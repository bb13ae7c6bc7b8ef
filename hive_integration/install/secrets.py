"""What looks like a credential in a text, by its key's name or by its own looks, and the text without it. Pure."""

from __future__ import annotations

import re

VALUE = re.compile(r"(sk-[\w-]{16,}|gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16})")
_NAMED = re.compile(r'(?i)("[^"]*(?:key|token|secret|password|auth|credential|header)[^"]*"\s*:\s*")(?:[^"\\]|\\.)+')
_IN_URL = re.compile(r"(://[^/\s:@\"]*:)[^/\s@\"]+(?=@)")


def masked(text: str) -> str:
    """The text with `…` for every value of a JSON key that sounds like a secret, every known form of a credential, and
    every password in a URL."""
    return _IN_URL.sub(r"\1…", VALUE.sub("…", _NAMED.sub(r"\1…", text)))
