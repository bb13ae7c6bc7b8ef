"""Facts about reading strangers' values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.wire.foreign import LARGEST, count, decode, encode, line, whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), (5, 5), (5.0, 5), (-1, None), (5.5, None), (True, None), ("5", None), (None, None), ([], None),
     (LARGEST, LARGEST), (LARGEST + 1, None), (float("inf"), None), (float("nan"), None), (10**400, None)],
)  # fmt: skip
def test_a_count_is_a_number_that_can_be_one(value: Any, expected: int | None) -> None:
    """Whole, not negative, not absurd; anything else counts for nothing."""
    assert count(value) == expected


def test_json_is_decoded_with_every_allowance() -> None:
    """Odd bytes are replaced, NaN is read, halves of a pair stay until they can be joined."""
    assert decode(b'{"a": "\xff", "b": NaN}')["a"] == "\ufffd"
    assert decode(b'"\\ud83d"') == "\ud83d"
    assert decode(b'"\\ud83d\\ude00"') == "😀"
    for broken in (b"", b"{", b"x", b"[" * 200_000, b'{"a": 1}}'):
        with pytest.raises(ValueError):  # noqa: PT011 - the words are the parser's
            decode(broken)


def test_what_is_encoded_is_always_valid() -> None:
    """Halves become U+FFFD, numbers of any size are written, what is too deep is refused."""
    value = {"a\ud800": ["\udc00", 10**30, None, True, {"b": "é"}]}
    assert json.loads(encode(value).decode()) == {"a\ufffd": ["\ufffd", 10**30, None, True, {"b": "é"}]}
    deep: Any = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deeply"):
        encode(deep)
    with pytest.raises(ValueError, match="deeply"):
        encode(["\ud800", deep])
    while deep:
        deep = deep.pop()  # taken apart by hand: freeing it at once is as deep


def test_halves_are_joined_or_replaced() -> None:
    """Two that stand together are a character."""
    assert whole("a\ud83d\ude00b\ud83dc\ude00") == "a😀b\ufffdc\ufffd"


def test_a_line_is_printable_and_short() -> None:
    """Line breaks and blanks are one space, what steers a terminal is replaced, what is long is cut."""
    assert line(" a\n\n\tb\x1b[2J\ud800 ") == "a b\ufffd[2J\ufffd"
    assert len(line("x" * 10_000)) == 500
    assert line("x" * 10_000, 10) == "x" * 9 + "…"
