"""A script's values: what is sent, how fast, and where it ends."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hive_integration.providers.fake.script import Answer, Recorded, stream, whole

PIECES = st.lists(st.binary(min_size=1, max_size=5) | st.floats(0, 1), max_size=6)


@given(PIECES, st.integers(0, 40))
def test_a_cut_keeps_the_first_bytes(pieces: list[bytes | float], after: int) -> None:
    """What is left of a cut answer is a prefix of its body, of that length where it is long enough."""
    answer = stream(*pieces)
    assert answer.cut(after).body == answer.body[:after]
    assert answer.cut(after).ends == "cut"
    assert answer.hang(after).body == answer.body[:after]


@given(PIECES, st.integers(1, 7))
def test_a_dripped_answer_has_the_same_body(pieces: list[bytes | float], size: int) -> None:
    """Dripping changes the pieces, never the bytes."""
    dripped = stream(*pieces).dripped(size, 0.5)
    assert dripped.body == stream(*pieces).body
    assert all(isinstance(piece, float) or len(piece) <= size for piece in dripped.pieces)


def test_pauses_stand_between_pieces() -> None:
    """`slowly` pauses before each piece but the first, `after` before the first."""
    assert stream(b"a", b"b").slowly(2).pieces == (b"a", 2, b"b")
    assert stream(b"a").after(1).pieces == (1, b"a")


def test_a_whole_answer_is_json() -> None:
    """Its body is the value, its head says so, and more headers may be added."""
    answer = whole({"a": "é"}, 418).with_headers(retry_after="3")
    assert json.loads(answer.body) == {"a": "é"}
    assert (answer.status, answer.headers) == (418, {"content-type": "application/json", "retry-after": "3"})


def test_a_request_knows_its_protocol() -> None:
    """Any prefix may stand before the path, and a query after it."""

    def protocol(method: str, target: str) -> str:
        return Recorded(method, target, (), b"").protocol

    assert protocol("POST", "/x/v1/chat/completions") == "chat"
    assert protocol("POST", "/v1/messages?beta=true") == "messages"
    assert protocol("POST", "/v1/messages/count_tokens") == "count_tokens"
    assert protocol("GET", "/v1/messages") == "other"


def test_a_body_that_is_no_object_is_empty() -> None:
    """`json` never raises."""
    for body in (b"", b"[1]", b"{", b"[" * 100_000):
        assert Recorded("POST", "/", (), body).json == {}
    assert Recorded("POST", "/", (("a", "1"), ("a", "2")), b'{"x": 1}').header("a") == "1"
    assert Answer().body == b""
