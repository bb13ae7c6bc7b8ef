"""Facts about length: what fits is not even counted, and what does not is refused with its count."""

from __future__ import annotations

import pytest

from hive_integration.dataset.gates import length
from hive_integration.dataset.gates.limits import Limits
from hive_integration.units.dialogue import Message
from tests.dataset.gates.made import BOOK, GOOD, but, calling, with_text


def test_what_surely_fits_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer bytes than tokens are allowed: no tokenizer is loaded."""
    monkeypatch.setattr(length, "_counter", lambda: pytest.fail("counted"))
    assert length.check(GOOD, BOOK, Limits()) == ""


def test_more_bytes_than_tokens_may_fit() -> None:
    """Words have several letters, so the tokenizer decides."""
    assert length.check(with_text("hello world " * 500, "tool"), BOOK, Limits(tokens=2000)) == ""


@pytest.mark.parametrize(
    "example",
    [
        with_text("hello world " * 1500, "tool"),
        calling({"text": "hello world " * 1500}),
        but(rejected=(Message("assistant", "hello world " * 1500),)),
    ],
)
def test_what_is_too_long_is_refused(example: object) -> None:
    """Whether it is said, handed over, or the wrong way; the reason has both figures."""
    reason = length.check(example, BOOK, Limits(tokens=2000))  # type: ignore[arg-type]
    assert reason.startswith("is too long: 30")
    assert reason.endswith("at most 2000")
