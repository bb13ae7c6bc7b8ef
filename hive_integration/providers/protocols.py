"""How each protocol is spoken to a model: where, with which body, and how its answer is read. A table, no I/O."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from hive_integration.registry.cards import Card
from hive_integration.wire.chat.answer import ChatStream, read_chat
from hive_integration.wire.chat.request import ChatOptions, render_chat
from hive_integration.wire.events import Event, Failure, Finish, Text
from hive_integration.wire.messages import MessagesRequest
from hive_integration.wire.messages_answer import MessagesStream, read_message
from hive_integration.wire.messages_out import render_messages
from hive_integration.wire.text_calls import TextCalls


class Reader(Protocol):
    """Bytes of an answer in, events out. The last event is Finish or Failure."""

    def feed(self, data: bytes) -> list[Event]:
        """What one read brought."""

    def close(self) -> list[Event]:
        """The connection ended."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One protocol. `text_calls`: tool calls come as text, as for a card with `tools = "none"`."""

    path: str
    render: Callable[[MessagesRequest, ChatOptions], bytes]
    stream: Callable[[bool], Reader]
    whole: Callable[[bytes, bool], list[Event]]


class _CallsInText:
    """A reader of a protocol that knows tool calls of its own, for a model that writes them in its text."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._calls = TextCalls(itertools.count(_FIRST_KEY))

    def feed(self, data: bytes) -> list[Event]:
        return self.told(self._reader.feed(data))

    def close(self) -> list[Event]:
        return self.told(self._reader.close())

    def told(self, events: list[Event]) -> list[Event]:
        """The events, with the calls taken out of their text."""
        told: list[Event] = []
        for event in events:
            if type(event) is Text:
                told += self._calls.feed(event.text)
                continue
            if type(event) in {Finish, Failure}:
                told += self._calls.close()
            told.append(event)
        return told


_FIRST_KEY = 2**32
"""Above the index of any block."""


def _messages(text_calls: bool) -> Reader:
    return _CallsInText(MessagesStream()) if text_calls else MessagesStream()


def _whole_message(body: bytes, text_calls: bool) -> list[Event]:
    events = read_message(body)
    return _CallsInText(MessagesStream()).told(events) if text_calls else events


PROTOCOLS: Mapping[str, Spoken] = {
    "openai-chat": Spoken(
        "/chat/completions",
        render_chat,
        lambda text_calls: ChatStream(text_calls=text_calls),
        lambda body, text_calls: read_chat(body, text_calls=text_calls),
    ),
    "anthropic-messages": Spoken("/v1/messages", render_messages, _messages, _whole_message),
}


def address(card: Card, query: str = "") -> str:
    """Where a card's model answers. A base URL may end in `/v1` or not, as the provider's own page writes it."""
    base, path = card.base_url.rstrip("/"), PROTOCOLS[card.protocol].path
    if card.protocol == "anthropic-messages" and base.endswith("/v1"):
        path = path.removeprefix("/v1")
    return base + path + (f"?{query}" if query else "")
