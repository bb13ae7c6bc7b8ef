"""A conversation as training and evaluation see it: messages, calls and results, bound to no protocol. Pure values.

The order is that of every chat API: a call is answered by one `tool` message with its id before anybody else speaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a tool. `arguments` are JSON values."""

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `calls` are an assistant's; `answers` is the id of the call that a `tool` message answers."""

    role: Role
    text: str = ""
    calls: Sequence[Call] = ()
    answers: str = ""
    learn: bool = True
    """Whether an assistant's message is trained on (OpenAI's `weight`); of no meaning for the others."""


def calls_of(messages: Sequence[Message]) -> Sequence[Call]:
    """Every call, in order."""
    return [call for message in messages for call in message.calls]


def spoken(messages: Sequence[Message]) -> str:
    """Everything the assistant says, in order."""
    return "\n".join(message.text for message in messages if message.role == "assistant" and message.text)
