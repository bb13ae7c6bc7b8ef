"""Who is let in: the gateway's key, a Host that names us, no foreign web page. Pure.

A browser on this machine is the one stranger who reaches a loopback address: by a page that posts to it (Origin,
Sec-Fetch-Site) or by a name that was made to point here (DNS rebinding: Host). The key stops everybody else.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from hive_integration.gateway.keys import FILE, VARIABLE
from hive_integration.gateway.reply import JSON, Headers
from hive_integration.registry.configuration import Listen
from hive_integration.registry.load import is_loopback
from hive_integration.wire.events import Failure
from hive_integration.wire.failures import error_body

MAX_LINE = 16 * 1024
"""Bytes of the request line, and of one header."""
MAX_HEADERS = 200
MAX_HEAD = 64 * 1024
"""Characters of all headers together."""
_MISSING = "no gateway key: send it as x-api-key, as authorization: Bearer, or as x-hive-key"
_WRONG = "no gateway key: what was sent is another; beside a credential for the model, send the gateway's as x-hive-key"
_WHERE = (
    f"it is the value of {VARIABLE} where the gateway was started, else the text of {FILE} in $HIVE_DATA_DIR, which is "
    "~/.local/share/hive-ctx where it is not set (macOS: ~/Library/Application Support/hive-ctx); "
    "`hive-ctx run -- claude` sends it by itself"
)
_KEYS = ("authorization", "x-api-key", "x-hive-key")
_LOOKED_AT = frozenset({*_KEYS, "host", "origin", "sec-fetch-site"})
_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared, not bound


class Refusal(NamedTuple):
    """The whole answer to a request that is not let in: an error as the Messages API words one."""

    status: int
    headers: Headers
    body: bytes


def check(method: str, path: str, headers: Headers, listen: Listen, key: str, port: int) -> Refusal | None:
    """None where the request may come in. `port` is the one that it came to."""
    if len(headers) > MAX_HEADERS or sum(len(name) + len(value) for name, value in headers) > MAX_HEAD:
        return _refusal(431, "invalid_request_error", f"over {MAX_HEADERS} headers, or {MAX_HEAD // 1024} KB of them")
    seen = _seen(headers)
    if refusal := _host(seen.get("host", ()), listen, port) or _page(seen, listen, port):
        return refusal
    if _open(method, path, listen):
        return None
    return _key(seen, key)


def _seen(headers: Headers) -> Mapping[str, Sequence[str]]:
    seen: dict[str, list[str]] = {}
    for name, value in headers:
        if (lower := name.lower()) in _LOOKED_AT:
            seen.setdefault(lower, []).append(value.strip())
    return seen


def _host(values: Sequence[str], listen: Listen, port: int) -> Refusal | None:
    if len(values) != 1 or not values[0]:
        return _refusal(
            400, "invalid_request_error", f"{len(values)} Host headers, expected one that names the gateway"
        )
    host = values[0].lower()
    if host in _hosts(listen.host, port) or (listen.host in _EVERYWHERE and _is_address(host, port)):
        return None
    expected = f"expected {listen.host or 'localhost'}:{port} or localhost:{port}"
    message = f"Host is {_shown(host)}, {expected}: a name that only points here is not let in"
    return _refusal(403, "permission_error", message)


def _page(seen: Mapping[str, Sequence[str]], listen: Listen, port: int) -> Refusal | None:
    """Refuse what a web page of another origin sends."""
    hosts = _hosts(listen.host, port)
    for origin in seen.get("origin", ()):
        scheme, _, host = origin.lower().partition("://")
        if scheme not in {"http", "https"} or host not in hosts:
            message = f"Origin is {_shown(origin)}: web pages of other origins are not let in"
            return _refusal(403, "permission_error", message)
    if any(site.lower() == "cross-site" for site in seen.get("sec-fetch-site", ())):
        return _refusal(
            403, "permission_error", "Sec-Fetch-Site is cross-site: web pages of other sites are not let in"
        )
    return None


def _open(method: str, path: str, listen: Listen) -> bool:
    """Whether no key is needed."""
    if not listen.require_key and is_loopback(listen.host):
        return True
    where = path.partition("?")[0]
    return (where == "/healthz" and method in {"GET", "HEAD"}) or (where == "/" and method == "HEAD")


def _key(seen: Mapping[str, Sequence[str]], key: str) -> Refusal | None:
    presented = [given for name in _KEYS for value in seen.get(name, ()) if (given := _given(name, value))]
    expected = key.encode("utf-8", "surrogatepass")
    right = False
    for given in presented:
        # Every one is compared, whole and in constant time: neither the count nor the time says which was near.
        right |= hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected)
    if right and key:
        return None
    what = _WRONG if presented else _MISSING
    return _refusal(401, "authentication_error", f"{what}; {_WHERE}")


def _given(name: str, value: str) -> str:
    if name != "authorization":
        return value
    scheme, _, given = value.partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


@lru_cache(maxsize=16)
def _hosts(host: str, port: int) -> frozenset[str]:
    """Every Host that names us. Whole texts: there is nothing to parse, so nothing to parse differently."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host not in _EVERYWHERE:
        names.add(f"[{host}]".lower() if ":" in host and not host.startswith("[") else host.lower())
    return frozenset(names | {f"{name}:{port}" for name in names})


def _is_address(host: str, port: int) -> bool:
    """Whether a Host is a numeric address, which no foreign name can be: enough where we listen everywhere."""
    bare = host.removesuffix(f":{port}")
    if bare.startswith("[") != bare.endswith("]") or (":" in bare and not bare.startswith("[")):
        return False
    try:
        ip_address(bare.strip("[]"))
    except ValueError:
        return False
    return True


def _refusal(status: int, kind: str, message: str) -> Refusal:
    return Refusal(status, JSON, error_body(Failure(kind, message, status)))


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 100 else text[:100] + "…")
