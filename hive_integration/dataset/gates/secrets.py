"""Does it hold a secret, or somebody's data? Texts, arguments and results alike. Pure; a table.

Addresses and numbers kept for examples (RFC 2606, 555-01xx), roles (`noreply@`) and made-up users are nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from hive_integration.dataset.book import Book
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates.limits import Limits
from hive_integration.dataset.openai_format import text_of
from hive_integration.units.secrets import secret_in


def check(example: Example, book: Book, limits: Limits) -> str:
    """As the gates' table has it."""
    text = "\n".join(_texts(example))
    if what := secret_in(text):
        return f"holds {what}"
    return next((f"holds {what}" for what, found in PERSONAL.items() if found(text)), "")


def _texts(example: Example) -> Iterator[str]:
    for message in (*example.messages, *example.rejected):
        yield message.text
        for call in message.calls:
            yield text_of(call.arguments)


# Personal data.

_MAIL = re.compile(r"(?<![\w.%+-])([\w.%+-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w-])")
_NOBODYS = re.compile(
    r"(?i)(?:.*\.)?(?:example\.(?:com|net|org|edu)|(?:your|my)?-?(?:domain|company|email|mail)\.com"
    r"|(?:[\w-]+\.)+(?:example|test|invalid|localhost|local|internal)|users\.noreply\.github\.com)"
    r"|[\w-]+\.(?:example|test|invalid|localhost|local|internal)"
)
_ROLES = frozenset(
    {"git", "noreply", "no-reply", "donotreply", "support", "info", "hello", "security", "contact", "press", "legal",
     "privacy", "help", "sales", "team", "admin", "postmaster", "webmaster", "abuse", "notifications"}
)  # fmt: skip
_HOME = re.compile(r"(?:(?<![\w.~$}])/(?:home|Users)/|\b[A-Za-z]:\\{1,2}Users\\{1,2})([A-Za-z][\w.-]{1,40})")
_MADE_UP_USERS = frozenset(
    {"user", "username", "you", "me", "dev", "developer", "alice", "bob", "ada", "app", "node", "ubuntu", "runner",
     "vscode", "coder", "shared", "public", "default", "name", "youruser", "yourname", "your-user", "your-name",
     "project", "test", "demo", "agent", "someone", "linuxbrew", "circleci", "example", "admin"}
)  # fmt: skip
_PHONE = re.compile(
    r"(?<![\w.+/:=#-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{2,5}){1,5}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}-\d{3}-\d{4}|\d{3}\.\d{3}\.\d{4})(?![\w-]|\.\d)"
)
_CARD = re.compile(r"(?<![\w.-])(?=((?:\d{4}[ -]){3}\d{4})(?![\w-]))")


def _mail(text: str) -> bool:
    return "@" in text and any(
        match[1].lower() not in _ROLES and not _NOBODYS.fullmatch(match[2]) for match in _MAIL.finditer(text)
    )


def _phone(text: str) -> bool:
    """A number that is written as one is dialled: 9 to 15 digits (E.164), not one of those kept for stories."""
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 9 <= len(digits) <= 15 and not re.search(r"555(?:01\d\d|\d{4})$", digits) and len(set(digits)) > 3:
            return True
    return False


def _home(text: str) -> bool:
    return any(match[1].lower() not in _MADE_UP_USERS for match in _HOME.finditer(text))


def _card(text: str) -> bool:
    return any(_luhn(re.sub(r"\D", "", match[1])) and len(set(match[1])) > 4 for match in _CARD.finditer(text))


def _luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812)."""
    twice = [sum(divmod(2 * int(each), 10)) for each in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(twice)) % 10 == 0


PERSONAL: Mapping[str, Callable[[str], bool]] = {
    "an e-mail address": _mail,
    "a phone number": _phone,
    "the home folder of a user": _home,
    "a payment card": _card,
}
"""What is somebody's, by name."""
