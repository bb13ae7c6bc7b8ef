"""Facts about what a chat upstream has no word for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hive_integration.gateway import omitted
from hive_integration.gateway.omitted import Omitted
from hive_integration.wire.messages import decode_messages


def asked(**fields: Any) -> Any:
    return decode_messages(
        json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}], **fields}).encode()
    )


def test_what_is_left_out_is_counted_by_its_place() -> None:
    """An unknown field and a server tool, however often and wherever they stand, are one place each."""
    seen, tool = Omitted(), {"type": "web_search_20250305", "name": "web_search"}
    for _ in range(3):
        seen.see(asked(novelty=1, tools=[tool]))
    assert seen.state() == {"novelty": 3, "tools.* (web_search_20250305)": 3}


def test_what_is_translated_or_means_nothing_there_is_not_counted() -> None:
    """The fields that the table knows are no news."""
    seen = Omitted()
    seen.see(asked(temperature=1, metadata={"user_id": "u"}, thinking={"type": "adaptive"}, system="s"))
    assert seen.state() == {}


def test_an_old_turn_is_not_looked_at_again() -> None:
    """It was seen when it was the newest."""
    seen = Omitted()
    odd = {"role": "user", "content": [{"type": "text", "text": "a", "novelty": 1}]}
    plain = [{"role": "assistant", "content": "b"}, {"role": "user", "content": "c"}]
    seen.see(asked(messages=[odd]))
    seen.see(asked(messages=[odd, *plain]))
    assert seen.state() == {"messages.*.content.*.novelty": 1}


def test_the_places_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that makes up names does not fill the memory."""
    monkeypatch.setattr(omitted, "MOST", 2)
    seen = Omitted()
    for i in range(5):
        seen.see(asked(**{f"odd_{'x' * i}": 1}))
    assert len(seen.state()) == 2
