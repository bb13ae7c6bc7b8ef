"""Which headers go on, to a model and back to the client. Pure; names are compared without case, order is kept.

To a model of the Messages API goes what that API and its clients use, known or not: `anthropic-*` and `x-*` are open
lists. A credential goes only to the card that it belongs to, the gateway's own key to none. What concerns one
connection, or says who asked from where, stays here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from hive_integration import __version__
from hive_integration.gateway.reply import Headers
from hive_integration.registry.cards import Card

AGENT = f"hive-ctx/{__version__}"
LONGEST = 200
"""Characters of a header that we write."""

_HOP = frozenset({
    "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
_PASSED = frozenset({
    "accept", "accept-encoding", "accept-language", "content-encoding", "content-type", "idempotency-key",
    "traceparent", "tracestate", "user-agent",
})  # fmt: skip
_PASSED_FAMILIES = ("anthropic-", "x-")
_STAYING_FAMILIES = ("x-hive-", "x-forwarded-")
_STAYING = frozenset({"x-forwarded", "x-real-ip"})
_CREDENTIALS = frozenset({"authorization", "x-api-key"})
_SECRET_WORDS = ("auth", "credential", "key", "password", "secret", "token")
_NOT_RETURNED = frozenset({"set-cookie", "set-cookie2", "alt-svc", "location", "strict-transport-security"})
"""They speak for the upstream's own address: here they would send the client, and its key, elsewhere."""
_NOT_RETURNED_FAMILIES = ("x-hive-", "access-control-")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}")
_UNCLEAN = re.compile("[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_ANTHROPIC_KEY = "sk-ant-"
_SHORT = 16
"""A key shorter than this is looked for as a word only: as a part it would be found everywhere."""

Way = Literal["passes", "credential", "stays"]


def forwarded(
    headers: Headers, card: Card, own_key: str, key: str | None, *, tuned: bool = False
) -> list[tuple[str, str]]:
    """The headers of a request to a card's model. `key` is the value of the card's `api_key_env`. `tuned`: the model is
    a fine-tuned one, so an Anthropic key or login does not belong to it."""
    if card.protocol == "openai-chat":
        return _to_chat(headers, card, own_key, key)
    named = _named(headers)
    sent = [
        (name, value)
        for name, value in headers
        if (way := _way(name)) != "stays"
        and not (way == "credential" and card.api_key_env)
        and not (named and name.lower() in named)
        and _clean(value)
        and not _holds(value, own_key)
        and not _holds(name, own_key)
        and not (tuned and _ANTHROPIC_KEY in value)
    ]
    if card.api_key_env and (own := _sendable(key, own_key)):
        sent.append(("x-api-key", own))
    return sent


def _to_chat(headers: Headers, card: Card, own_key: str, key: str | None) -> list[tuple[str, str]]:
    sent = [("content-type", "application/json"), ("accept", "application/json"), ("user-agent", AGENT)]
    if card.api_key_env:
        if own := _sendable(key, own_key):
            sent.append(("authorization", f"Bearer {own}"))
        return sent
    # An Anthropic key or login can only have strayed here: a Chat Completions server is never its maker's.
    sent += [
        ("authorization", value)
        for name, value in headers
        if name.lower() == "authorization"
        and _clean(value)
        and not _holds(value, own_key)
        and _ANTHROPIC_KEY not in value
    ]
    return sent


def passed(headers: Headers) -> list[tuple[str, str]]:
    """The headers of a model's answer that go on to the client, for an answer whose bytes are passed as they are."""
    named = _named(headers)
    return [
        (name, value)
        for name, value in headers
        if _returns(name) and not (named and name.lower() in named) and _clean(value)
    ]


def marks(profile: str, card: str, config: str, fallback: str = "") -> list[tuple[str, str]]:
    """The headers by which every answer says who gave it."""
    said = [("x-hive-profile", profile), ("x-hive-model", card), ("x-hive-config", config)]
    if fallback:
        said.append(("x-hive-fallback", fallback))
    return [(name, one_line(value)) for name, value in said]


def one_line(text: str) -> str:
    """Text as a header's value: visible ASCII on one line, at most LONGEST characters."""
    if len(text) <= LONGEST and text.isascii() and text.isprintable():
        return text
    line = " ".join(text[: 4 * LONGEST].split())
    plain = "".join(sign if " " <= sign <= "~" else "?" for sign in line)
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 3] + "..."


@lru_cache(maxsize=1024)
def _way(name: str) -> Way:
    """What becomes of a request's header, by its name. Remembered: a client sends the same names every time."""
    lower = name.lower()
    if lower in _CREDENTIALS:
        return "credential"
    if lower in _HOP or lower in _STAYING or lower.startswith(_STAYING_FAMILIES) or not _NAME.fullmatch(name):
        return "stays"
    if lower.startswith("x-") and any(word in lower for word in _SECRET_WORDS):
        return "credential"
    return "passes" if lower in _PASSED or lower.startswith(_PASSED_FAMILIES) else "stays"


@lru_cache(maxsize=1024)
def _returns(name: str) -> bool:
    lower = name.lower()
    kept_back = lower in _HOP or lower in _NOT_RETURNED or lower.startswith(_NOT_RETURNED_FAMILIES)
    return not kept_back and _NAME.fullmatch(name) is not None


def _named(headers: Headers) -> frozenset[str]:
    """The names that a Connection header lists: they concern one connection only."""
    lists = [value for name, value in headers if len(name) == 10 and name.lower() == "connection"]
    return frozenset(part.strip().lower() for value in lists for part in value.split(","))


def _clean(value: str) -> bool:
    """Whether a value can be sent as one header: no line breaks, no bytes that are no text."""
    return value.isprintable() or _UNCLEAN.search(value) is None


def _holds(text: str, own_key: str) -> bool:
    """Whether a header holds the gateway's key."""
    if len(own_key) >= _SHORT:
        return own_key in text
    return bool(own_key) and own_key in text.replace(",", " ").replace("=", " ").split()


def _sendable(key: str | None, own_key: str) -> str:
    """A card's key as it can be sent; empty where there is none, or where it is the gateway's own by mistake."""
    key = (key or "").strip()
    return key if _clean(key) and not _holds(key, own_key) else ""
