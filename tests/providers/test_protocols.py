"""How each protocol is spoken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hive_integration.providers.fake import Call, messages_body, messages_stream
from hive_integration.providers.protocols import PROTOCOLS, address
from hive_integration.registry.cards import Card
from hive_integration.wire.events import Event, Failure, Finish, Text, ToolEnd, ToolPart, ToolStart

CALL = '<tool_call>{"name": "Bash", "arguments": {"command": "ls"}}</tool_call>'
SAID = f"Look: {CALL} and {CALL} done"


@pytest.mark.parametrize(
    ("protocol", "base", "expected"),
    [("openai-chat", "http://h/v1", "http://h/v1/chat/completions"),
     ("openai-chat", "http://h/v1/", "http://h/v1/chat/completions"),
     ("openai-chat", "http://h", "http://h/chat/completions"),
     ("anthropic-messages", "https://h", "https://h/v1/messages?beta=true"),
     ("anthropic-messages", "https://h/", "https://h/v1/messages?beta=true"),
     ("anthropic-messages", "https://h/v1", "https://h/v1/messages?beta=true"),
     ("anthropic-messages", "https://h/apps/anthropic/v1/", "https://h/apps/anthropic/v1/messages?beta=true")],
)  # fmt: skip
def test_where_a_model_answers(protocol: str, base: str, expected: str) -> None:
    """A base URL may be written with or without a slash, and with or without `/v1` where the page has it so."""
    card = replace(Card("x", "openai-chat", base), protocol=protocol)  # type: ignore[type-var]
    query = "beta=true" if protocol == "anthropic-messages" else ""
    assert address(card, query) == expected


def _events(body: bytes, size: int, *, text_calls: bool) -> list[Event]:
    reader = PROTOCOLS["anthropic-messages"].stream(text_calls)
    events: list[Event] = []
    for at in range(0, len(body), size):
        events += reader.feed(body[at : at + size])
    return events + reader.close()


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_messages_model_may_call_in_its_text(size: int) -> None:
    """The calls are taken out of the text, each with a key of its own, however the bytes are cut."""
    events = _events(messages_stream(SAID).body, size, text_calls=True)
    starts = [each for each in events if isinstance(each, ToolStart)]
    assert "".join(each.text for each in events if isinstance(each, Text)) == "Look:  and  done"
    assert [each.name for each in starts] == ["Bash", "Bash"]
    assert len({each.key for each in starts}) == 2
    assert sum(isinstance(each, ToolEnd) for each in events) == 2
    assert isinstance(events[-1], Finish)


def test_calls_of_both_kinds_are_told_apart() -> None:
    """A model that makes one call each way has made two."""
    events = _events(messages_stream(CALL, [Call("Read", {"file": "x"})]).body, 50, text_calls=True)
    keys = {each.key: each.name for each in events if isinstance(each, ToolStart)}
    assert sorted(keys.values()) == ["Bash", "Read"]
    parts = {
        name: "".join(e.json for e in events if isinstance(e, ToolPart) and e.key == key) for key, name in keys.items()
    }
    assert parts["Bash"] == '{"command": "ls"}'


def test_a_call_that_is_cut_is_not_lost() -> None:
    """At the end, and where the stream breaks off, what was held comes before the last event."""
    for body in (messages_stream("Hi <tool_call>{").body, messages_stream("Hi <tool_call>{" + "x" * 90).body[:-300]):
        events = _events(body, 20, text_calls=True)
        assert isinstance(events[-1], Finish | Failure)
        assert any(isinstance(each, ToolStart) for each in events)


def test_without_the_cards_word_text_is_text() -> None:
    """Whole and streamed."""
    for text_calls, calls in ((False, 0), (True, 2)):
        whole = PROTOCOLS["anthropic-messages"].whole(messages_body(SAID).body, text_calls)
        for events in (whole, _events(messages_stream(SAID).body, 99, text_calls=text_calls)):
            assert sum(isinstance(each, ToolStart) for each in events) == calls
