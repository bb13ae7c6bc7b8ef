"""Facts about which headers go on."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hive_integration.gateway.headers import AGENT, LONGEST, forwarded, marks, one_line, passed
from hive_integration.registry.cards import Card

OWN = "hive-0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
CLAUDE = Card("claude", "anthropic-messages", "https://api.anthropic.com")
KEYED = Card("keyed", "anthropic-messages", "https://api.example", api_key_env="KEYED_KEY")
CHAT = Card("tuned", "openai-chat", "http://127.0.0.1:9100/v1", api_key_env="TUNED_KEY")
LOCAL = Card("local", "openai-chat", "http://127.0.0.1:9100/v1")
CARDS = (CLAUDE, KEYED, CHAT, LOCAL)


def sent(*headers: tuple[str, str], card: Card = CLAUDE, key: str | None = None) -> list[tuple[str, str]]:
    """What goes to a card's model."""
    return forwarded(headers, card, OWN, key)


@pytest.mark.parametrize(
    "header",
    [
        ("anthropic-version", "2023-06-01"),
        ("Anthropic-Beta", "one-2025-01-01,two-2025-02-02"),
        ("anthropic-a-header-of-tomorrow", "any=thing; at all"),
        ("anthropic-dangerous-direct-browser-access", "true"),
        ("accept", "application/json"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("User-Agent", "claude-cli/2.1.329 (external, cli)"),
        ("x-app", "cli"),
        ("X-Stainless-Retry-Count", "0"),
        ("x-claude-code-session-id", "0f1e"),
        ("x-claude-code-of-tomorrow", "1"),
        ("x-company-tenant", "blue"),
        ("traceparent", "00-ab-cd-01"),
        ("x-tab", "a\tb"),
        ("x-text", "naïve – ok"),
    ],
)
def test_what_the_api_and_its_clients_use_passes_as_it_is(header: tuple[str, str]) -> None:
    """Name and value unchanged, known or not, for a card with and without a key of its own."""
    assert sent(header) == [header]
    assert sent(header, card=KEYED) == [header]


def test_a_repeated_header_keeps_its_order() -> None:
    """Nothing is merged or sorted."""
    headers = [("anthropic-beta", "b"), ("x-app", "cli"), ("Anthropic-Beta", "a"), ("anthropic-beta", "b")]
    assert sent(*headers) == headers


@pytest.mark.parametrize(
    "name",
    [
        "Host", "content-length", "Transfer-Encoding", "connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
        "Proxy-Authorization", "proxy-connection", "Cookie", "x-hive-key", "X-Hive-Use-Finetuned", "x-hive-anything",
        "x-forwarded-for", "X-Forwarded-Host", "x-real-ip", "Forwarded", "via", "origin", "referer", "sec-fetch-site",
        "authorization2", "unknown", "", "x-bad name", "x-bad:name", "x-bad\r\nevil", "x-ümlaut", "x-" + "y" * 300,
    ],
)  # fmt: skip
def test_what_concerns_this_connection_or_this_machine_stays(name: str) -> None:
    """In any case; a name that is no name stays too."""
    for card in CARDS:
        assert name.lower() not in {each.lower() for each, _ in sent((name, "v"), card=card, key="k")}


def test_what_connection_names_stays() -> None:
    """Headers of one hop only (RFC 9110, 7.6.1), in every Connection header."""
    headers = [("Connection", "close, X-One"), ("connection", " x-TWO"), ("x-one", "1"), ("X-Two", "2"), ("x-3", "3")]
    assert sent(*headers) == [("x-3", "3")]
    assert passed(headers) == [("x-3", "3")]


@pytest.mark.parametrize(
    "value", ["a\r\nx-evil: 1", "a\nb", "a\rb", "a\x00b", "\x1b[31m", "a\x7f", "\udc80", "ok\ud800"]
)
def test_a_value_that_is_no_value_stays(value: str) -> None:
    """No line can be smuggled in, in either direction."""
    headers = [("anthropic-beta", value), ("authorization", value), ("x-any", value)]
    for card in (CLAUDE, LOCAL):
        assert all(value not in each for _, each in sent(*headers, card=card))
    assert passed(headers) == []
    assert not any(value in each for card in (KEYED, CHAT) for _, each in sent(card=card, key=value))


def test_the_clients_credential_goes_to_a_card_without_one() -> None:
    """Both of its forms, as they are."""
    headers = [("Authorization", "Bearer sk-ant-oat-1"), ("x-api-key", "sk-ant-api-2"), ("x-goog-api-key", "3")]
    assert sent(*headers) == headers


def test_the_gateways_key_makes_room_for_the_clients_credential() -> None:
    """The one that is ours is taken out, in whichever header; the other goes on."""
    login = ("authorization", "Bearer sk-ant-oat-1")
    assert sent(login, ("x-hive-key", OWN)) == [login]
    assert sent(login, ("x-api-key", OWN)) == [login]
    assert sent(("authorization", f"Bearer {OWN}"), ("x-api-key", "sk-ant-api-2")) == [("x-api-key", "sk-ant-api-2")]


def test_a_card_with_a_key_gets_that_one_alone() -> None:
    """In its protocol's header; the client's own never goes there, whatever its header is called."""
    headers = [
        ("authorization", "Bearer sk-ant-oat-1"), ("x-api-key", "sk-ant-2"), ("x-auth-token", "3"),
        ("X-Goog-Api-Key", "4"), ("x-client-secret", "5"), ("x-app", "cli"),
    ]  # fmt: skip
    assert sent(*headers, card=KEYED, key=" card-key\n") == [("x-app", "cli"), ("x-api-key", "card-key")]
    assert sent(*headers, card=CHAT, key="card-key")[-1] == ("authorization", "Bearer card-key")
    for card in (KEYED, CHAT):
        for key in (None, "", "card-key"):
            gone = [value for _, value in sent(*headers, card=card, key=key)]
            assert not {"Bearer sk-ant-oat-1", "sk-ant-2", "3", "4", "5"} & set(gone)


def test_a_card_whose_key_is_not_set_gets_none() -> None:
    """Rather no credential than another's."""
    for card in (KEYED, CHAT):
        assert not {"authorization", "x-api-key"} & {name for name, _ in sent(card=card, key=None)}


def test_the_gateways_key_is_not_sent_as_a_cards_key() -> None:
    """Also where somebody put it into that variable."""
    for card in (KEYED, CHAT):
        assert OWN not in str(sent(card=card, key=OWN))


def test_a_chat_server_gets_four_headers() -> None:
    """Nothing of the client's but a credential that is meant for it."""
    headers = [("anthropic-beta", "a"), ("x-app", "cli"), ("user-agent", "claude-cli"), ("accept", "text/plain")]
    common = [("content-type", "application/json"), ("accept", "application/json"), ("user-agent", AGENT)]
    assert sent(*headers, card=CHAT, key="k") == [*common, ("authorization", "Bearer k")]
    assert sent(*headers, ("Authorization", "Bearer mine"), card=LOCAL) == [*common, ("authorization", "Bearer mine")]
    assert sent(*headers, ("x-api-key", "mine"), ("authorization", f"Bearer {OWN}"), card=LOCAL) == common


def test_an_anthropic_credential_never_goes_to_a_chat_server() -> None:
    """It can only have strayed there."""
    assert "sk-ant" not in str(sent(("authorization", "Bearer sk-ant-oat01-x"), card=LOCAL))


def test_a_short_key_is_known_as_a_word() -> None:
    """A gateway's key that somebody chose badly does not empty the headers that happen to contain it."""
    headers = [("anthropic-beta", "my-test-1"), ("x-one", "test"), ("authorization", "Bearer test"), ("x-2", "a,test")]
    assert forwarded(headers, CLAUDE, "test", None) == [("anthropic-beta", "my-test-1")]
    assert forwarded(headers, CLAUDE, "", None) == headers


def test_an_answers_headers_pass_as_they_are() -> None:
    """Known or not, repeated or not."""
    headers = [
        ("Content-Type", "text/event-stream"), ("request-id", "req_1"), ("anthropic-ratelimit-requests-limit", "1"),
        ("retry-after", "7"), ("content-encoding", "gzip"), ("x-anything", "1"), ("x-anything", "2"), ("cf-ray", "z"),
        ("content-length", "12"),
    ]  # fmt: skip
    assert passed(headers) == headers


@pytest.mark.parametrize(
    "name",
    [
        "Set-Cookie", "set-cookie2", "Connection", "transfer-encoding", "keep-alive", "trailer", "upgrade", "Location",
        "proxy-authenticate", "alt-svc", "strict-transport-security", "access-control-allow-origin", "X-Hive-Profile",
        "x-hive-fallback", "bad name", "",
    ],
)  # fmt: skip
def test_what_an_upstream_may_not_say_for_us_stays(name: str) -> None:
    """Cookies, hops, addresses, cross-origin permissions, and our own marks."""
    assert passed([(name, "v")]) == []


def test_an_answer_says_who_gave_it() -> None:
    """The contract's headers; the fallback only where there was one."""
    said = [("x-hive-profile", "full"), ("x-hive-model", "claude"), ("x-hive-config", "0123456789ab")]
    assert marks("full", "claude", "0123456789ab") == said
    assert marks("full", "claude", "0123456789ab", "it broke") == [*said, ("x-hive-fallback", "it broke")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("a\r\nx-evil: 1\n\n b", "a x-evil: 1 b"),
        ("\x00\x1b[31mred", "??[31mred"),
        ("größe – \ud800", "gr??e ? ?"),
        ("", ""),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 197 + "..."),
        ("é" * 100_000, "?" * 197 + "..."),
    ],
)
def test_a_value_of_ours_is_one_short_line(text: str, line: str) -> None:
    """Whatever an upstream's error said."""
    assert one_line(text) == line


NAMES = st.one_of(
    st.sampled_from([
        "authorization", "x-api-key", "x-hive-key", "X-Hive-Use-Finetuned", "anthropic-beta", "anthropic-new", "x-app",
        "cookie", "connection", "host", "X-Forwarded-For", "user-agent", "x-auth", "Proxy-Authorization",
    ]),
    st.from_regex(r"(?i)(x-|anthropic-|x-hive-)?[a-z-]{0,12}", fullmatch=True),
    st.text(max_size=20),
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from([OWN, f"Bearer {OWN}", f"a,{OWN};b", f"{OWN}{OWN}", "sk-ant-x", "Bearer client"]),
    st.text(max_size=5).map(lambda text: f"{text}{OWN}{text}"),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=12), st.sampled_from(CARDS), st.one_of(st.none(), VALUES))
@example([(f"x-{OWN}", "1")], CLAUDE, None)
def test_nothing_of_ours_ever_leaves(headers: list[tuple[str, str]], card: Card, key: str | None) -> None:
    """No x-hive header, no key of the gateway, no line break, whatever a client sends."""
    for name, value in forwarded(headers, card, OWN, key):
        assert not name.lower().startswith("x-hive-")
        assert OWN not in name + value
        assert not set("\r\n\0") & set(name + value)
        (name + value).encode()
    if card.api_key_env:
        clients = {value for name, value in headers if name.lower() in {"authorization", "x-api-key"}}
        out = [
            (n, v) for n, v in forwarded(headers, card, OWN, "card's") if n.lower() in {"authorization", "x-api-key"}
        ]
        assert len(out) == 1
        assert out[0][1] not in clients


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"(?i)anthropic-[a-z0-9-]{1,20}", fullmatch=True),
            st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=50),
        ),
        max_size=10,
    ),
    st.lists(st.tuples(NAMES.filter(lambda name: name.lower() != "connection"), VALUES), max_size=6),
)
def test_every_anthropic_header_passes(headers: list[tuple[str, str]], others: list[tuple[str, str]]) -> None:
    """Each of them, verbatim and in order, whatever stands around it."""
    mixed = [*headers[:3], *others, *headers[3:]]
    expected = [each for each in mixed if each in headers]
    for card in (CLAUDE, KEYED):
        assert [each for each in forwarded(mixed, card, OWN, "k") if each in headers] == expected


@given(st.text())
def test_one_line_is_always_one_short_line(text: str) -> None:
    """Visible ASCII, never longer than the limit."""
    line = one_line(text)
    assert len(line) <= LONGEST
    assert line.isascii()
    assert line == "" or line.isprintable()


def test_an_anthropic_login_stays_away_from_a_fine_tuned_model() -> None:
    """Also behind a Messages endpoint: it belongs to Anthropic alone; any other credential of the client's goes on."""
    headers = [("authorization", "Bearer sk-ant-oat-1"), ("x-api-key", "mine"), ("anthropic-version", "2023-06-01")]
    card = Card("tuned", "anthropic-messages", "http://127.0.0.1:9")
    assert forwarded(headers, card, OWN, None, tuned=True) == headers[1:]
    assert forwarded(headers, card, OWN, None) == headers
