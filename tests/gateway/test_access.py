"""Facts about who is let in."""

from __future__ import annotations

import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.gateway import access
from hive_integration.gateway.access import MAX_HEAD, MAX_HEADERS, Refusal, check
from hive_integration.registry.configuration import Listen

KEY = "hive-0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
PORT = 8787
HOST = ("Host", f"127.0.0.1:{PORT}")
RIGHT = ("x-api-key", KEY)
LOOPBACK = Listen()
OPEN = Listen(require_key=False)


def asked(*headers: tuple[str, str], listen: Listen = LOOPBACK, key: str = KEY, path: str = "/v1/messages") -> int:
    """The status of a POST with these headers; 200 where it may come in."""
    refusal = check("POST", path, headers, listen, key, PORT)
    return refusal.status if refusal else 200


def error(refusal: Refusal | None) -> Any:
    """The error of a refusal."""
    assert refusal is not None
    return json.loads(refusal.body)["error"]


@pytest.mark.parametrize(
    "headers",
    [
        [RIGHT],
        [("X-API-KEY", KEY)],
        [("x-hive-key", KEY)],
        [("Authorization", f"Bearer {KEY}")],
        [("authorization", f"bearer   {KEY} ")],
        [("authorization", "Bearer sk-ant-somebody"), ("x-hive-key", KEY)],
        [("x-api-key", "wrong"), ("x-api-key", KEY)],
        [("x-hive-key", KEY), ("x-hive-key", "wrong")],
        [("authorization", "Basic abc"), RIGHT],
    ],
)
def test_the_key_opens_wherever_it_is_presented(headers: list[tuple[str, str]]) -> None:
    """Three headers carry it, in any case; of several keys one right one is enough."""
    assert asked(HOST, *headers) == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("x-api-key", "")],
        [("x-api-key", KEY[:-1])],
        [("x-api-key", KEY + "x")],
        [("x-api-key", KEY.upper())],
        [("x-api-key", KEY + "\udc80")],
        [("x-api-key", "\ud800")],
        [("x-api-key", "ключ")],
        [("authorization", KEY)],
        [("authorization", f"Basic {KEY}")],
        [("authorization", f"BearerX {KEY}")],
        [("authorization", "Bearer ")],
        [("authorization", f"Bearer{KEY}")],
        [("x-hive-keys", KEY)],
        [("cookie", f"x-api-key={KEY}")],
        [("x-api-key", f"Bearer {KEY}")],
        [("x-api-key", f"{KEY},{KEY}")],
    ],
)
def test_anything_else_is_no_key(headers: list[tuple[str, str]]) -> None:
    """401, without a traceback for odd bytes."""
    assert asked(HOST, *headers) == 401


@pytest.mark.parametrize("given", ["", " ", "x"])
def test_a_gateway_without_a_key_lets_nobody_in(given: str) -> None:
    """An empty key fails closed."""
    assert asked(HOST, ("x-api-key", given), key="") == 401


def test_every_presented_key_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """hmac.compare_digest sees each of them, also after the right one, as bytes."""
    seen = []

    def compare(one: bytes, other: bytes) -> bool:
        seen.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    headers = [HOST, RIGHT, ("x-hive-key", "wrong"), ("authorization", "Bearer other")]
    assert asked(*headers) == 200
    assert {one for one, _ in seen} == {KEY.encode(), b"wrong", b"other"}
    assert {other for _, other in seen} == {KEY.encode()}


def test_a_refusal_is_an_error_of_the_messages_api_and_never_shows_the_key() -> None:
    """It says what to send and where the key is found."""
    for headers in ([HOST], [HOST, ("x-api-key", KEY[:-1])]):
        refusal = check("POST", "/v1/messages", headers, LOOPBACK, KEY, PORT)
        assert refusal is not None
        assert dict(refusal.headers)["content-type"] == "application/json"
        assert json.loads(refusal.body)["type"] == "error"
        assert error(refusal)["type"] == "authentication_error"
        assert all(word in error(refusal)["message"] for word in ("x-hive-key", "HIVE_GATEWAY_KEY", "gateway.key"))
        assert KEY[:-1].encode() not in refusal.body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("GET", "/healthz?x=1", 200),
        ("HEAD", "/", 200),
        ("POST", "/healthz", 401),
        ("GET", "/", 401),
        ("GET", "/healthz/", 401),
        ("GET", "/healthz/../hive/status", 401),
        ("GET", "//healthz", 401),
        ("GET", "/hive/status", 401),
        ("GET", "/metrics", 401),
        ("GET", "/v1/models", 401),
        ("OPTIONS", "/v1/messages", 401),
        ("HEAD", "/v1/messages", 401),
    ],
)
def test_without_a_key_one_learns_only_that_the_gateway_lives(method: str, path: str, status: int) -> None:
    """`/healthz` and `HEAD /` need none; everything else does."""
    refusal = check(method, path, [HOST], LOOPBACK, KEY, PORT)
    assert (refusal.status if refusal else 200) == status


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_a_loopback_gateway_may_go_without_a_key(host: str) -> None:
    """`require_key = false` counts on a loopback host."""
    assert asked(HOST, listen=Listen(host, require_key=False)) == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.5", "gateway.local", "localhost.evil.example"])
def test_a_gateway_that_others_reach_needs_a_key_whatever_the_file_says(host: str) -> None:
    """`require_key = false` does not count elsewhere."""
    assert asked(HOST, listen=Listen(host, require_key=False)) == 401


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8787", "localhost", "LocalHost:8787", "[::1]", "[::1]:8787", " 127.0.0.1:8787 "],
)
def test_a_host_that_names_us_is_let_in(host: str) -> None:
    """Our addresses, with our port or none."""
    assert asked(("Host", host), RIGHT) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8787", "127.0.0.1.evil.example", "localhost.evil.example:8787", "127.0.0.1:80",
        "localhost:8788", "127.0.0.1:08787", "127.0.0.1:", "127.0.0.1:8787:8787", "127.0.0.1@evil.example",
        "evil.example@127.0.0.1:8787", "127.0.0.1:8787@evil.example", "127.0.0.1/evil", "127.0.0.1#", "localhost.",
        "0.0.0.0:8787", "2130706433:8787", "0x7f000001", "127.1", "::1", "::1:8787", "[::1", "[::ffff:127.0.0.1]:8787",
        "127.0.0.1, evil.example", "127.0.0.1\tevil", "ⓛocalhost:8787", "192.168.1.5:8787", "*", "null", "http://localhost",
    ],
)  # fmt: skip
def test_any_other_host_is_refused(host: str) -> None:
    """DNS rebinding ends here: 403 even with the right key, and also where no key is needed."""
    assert asked(("Host", host), RIGHT) == 403
    assert asked(("Host", host), listen=OPEN) == 403
    assert asked(("Host", host), path="/healthz") == 403


@pytest.mark.parametrize("headers", [[], [("Host", "")], [("Host", " ")], [HOST, HOST], [HOST, ("host", "evil")]])
def test_a_request_names_its_host_once(headers: list[tuple[str, str]]) -> None:
    """None, an empty one or two are 400."""
    assert asked(*headers, RIGHT) == 400


@pytest.mark.parametrize(
    ("configured", "host", "status"),
    [
        ("gateway.local", "gateway.local:8787", 200),
        ("gateway.local", "GATEWAY.local", 200),
        ("gateway.local", "localhost:8787", 200),
        ("gateway.local", "192.168.1.5:8787", 403),
        ("192.168.1.5", "192.168.1.5:8787", 200),
        ("fd00::5", "[fd00::5]:8787", 200),
        ("0.0.0.0", "192.168.1.5:8787", 200),
        ("0.0.0.0", "192.168.1.5", 200),
        ("::", "[fd00::5]:8787", 200),
        ("::", "[fd00::5]", 200),
        ("0.0.0.0", "192.168.1.5:9999", 403),
        ("0.0.0.0", "gateway.local:8787", 403),
        ("0.0.0.0", "evil.example", 403),
        ("::", "fd00::5", 403),
        ("::", "[fd00::5:8787", 403),
        ("0.0.0.0", "[192.168.1.5:8787", 403),
    ],
)
def test_the_configured_host_names_us_too(configured: str, host: str, status: int) -> None:
    """A gateway that listens everywhere is called by number only: no foreign name can be one."""
    assert asked(("Host", host), RIGHT, listen=Listen(configured)) == status


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Origin", "http://127.0.0.1:8787", 200),
        ("Origin", "https://localhost:8787", 200),
        ("Origin", "HTTP://LOCALHOST", 200),
        ("Origin", "http://[::1]:8787", 200),
        ("Origin", "null", 403),
        ("Origin", "", 403),
        ("Origin", "https://evil.example", 403),
        ("Origin", "http://localhost:3000", 403),
        ("Origin", "http://localhost:8787.evil.example", 403),
        ("Origin", "http://localhost:8787/", 403),
        ("Origin", "http://evil@localhost:8787", 403),
        ("Origin", "file://", 403),
        ("Origin", "vscode-webview://localhost:8787", 403),
        ("Origin", "localhost:8787", 403),
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "Cross-Site", 403),
        ("Sec-Fetch-Site", "same-origin", 200),
        ("Sec-Fetch-Site", "none", 200),
    ],
)
def test_a_foreign_web_page_is_refused(header: str, value: str, status: int) -> None:
    """Even with the right key; and where none is needed this is what keeps pages out."""
    assert asked(HOST, RIGHT, (header, value)) == status
    assert asked(HOST, (header, value), listen=OPEN) == status


def test_one_foreign_origin_among_ours_is_foreign() -> None:
    """Each value of a repeated header counts."""
    assert asked(HOST, RIGHT, ("origin", f"http://localhost:{PORT}"), ("origin", "https://evil.example")) == 403
    assert asked(HOST, RIGHT, ("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")) == 403


def test_where_we_listen_everywhere_a_page_on_an_address_is_still_foreign() -> None:
    """A Host may be any number there, an Origin may not."""
    listen = Listen("0.0.0.0")
    assert asked(("Host", f"10.0.0.2:{PORT}"), ("Origin", f"http://10.0.0.2:{PORT}"), RIGHT, listen=listen) == 403


def test_headers_have_a_limit() -> None:
    """In number and in size; a request at the limit is let in."""
    many = [(f"x-{number}", "") for number in range(MAX_HEADERS)]
    assert asked(HOST, RIGHT, *many[:-2]) == 200
    assert asked(HOST, RIGHT, *many) == 431
    used = sum(map(len, HOST + RIGHT))
    assert asked(HOST, RIGHT, ("x", "y" * (MAX_HEAD - used - 1))) == 200
    assert asked(HOST, RIGHT, ("x", "y" * (MAX_HEAD - used))) == 431


def test_a_refusal_quotes_a_hostile_host_safely() -> None:
    """Cut, on one line, in ASCII."""
    refusal = check("GET", "/", [("Host", "evil\r\nSet-Cookie: a=b\u2028" + "x" * 5000)], LOOPBACK, KEY, PORT)
    message = error(refusal)["message"]
    assert message.isprintable()
    assert message.isascii()
    assert len(message) < 400


@given(st.lists(st.tuples(st.sampled_from(sorted(access._LOOKED_AT)), st.text()), max_size=6))
def test_no_headers_raise_or_open_by_chance(headers: list[tuple[str, str]]) -> None:
    """Whatever is sent, who does not present the key stays out."""
    assert asked(*headers) in {400, 401, 403}
