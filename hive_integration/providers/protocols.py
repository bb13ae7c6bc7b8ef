"""How each protocol is spoken to a model: where, with which body, and how its answer is read. A table, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from hive_integration.registry.cards import Card
from hive_integration.wire.chat.answer import ChatStream, read_chat
from hive_integration.wire.chat.request import ChatOptions, render_chat
from hive_integration.wire.events import Event
from hive_integration.wire.messages import MessagesRequest
from hive_integration.wire.messages_answer import MessagesStream, read_message
from hive_integration.wire.messages_out import render_messages


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


PROTOCOLS: Mapping[str, Spoken] = {
    "openai-chat": Spoken(
        "/chat/completions",
        render_chat,
        lambda text_calls: ChatStream(text_calls=text_calls),
        lambda body, text_calls: read_chat(body, text_calls=text_calls),
    ),
    "anthropic-messages": Spoken(
        "/v1/messages", render_messages, lambda _: MessagesStream(), lambda body, _: read_message(body)
    ),
}


def address(card: Card, query: str = "") -> str:
    """Where a card's model answers. A base URL may end in `/v1` or not, as the provider's own page writes it."""
    base, path = card.base_url.rstrip("/"), PROTOCOLS[card.protocol].path
    if card.protocol == "anthropic-messages" and base.endswith("/v1"):
        path = path.removeprefix("/v1")
    return base + path + (f"?{query}" if query else "")
