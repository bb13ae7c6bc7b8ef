"""One request of a client and all that is decided about it before a model is asked. Values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import msgspec

from hive_integration.errors import HiveError
from hive_integration.gateway.choice import Choice
from hive_integration.gateway.headers import marks
from hive_integration.gateway.reply import Reply
from hive_integration.gateway.server import Asked
from hive_integration.registry.cards import Card
from hive_integration.registry.configuration import Configuration
from hive_integration.wire.messages import MessagesRequest, decode_messages


class _Peek(msgspec.Struct):
    model: str = ""
    stream: bool = False


_PEEK = msgspec.json.Decoder(_Peek)


@dataclass
class Exchange:
    """A request, pinned to the configuration with which it began."""

    id: str
    asked: Asked
    reply: Reply
    config: Configuration
    choice: Choice
    started: float
    """Seconds, of the monotonic clock."""
    why: str = ""
    """Why another arm was needed, one of the ledger's REASONS."""
    fallback: str = ""
    """The same in words, once the full profile answers although the fine-tuned one was asked."""
    first_byte: float | None = None
    estimated: int = 0
    """Input tokens as they were reckoned before the upstream counted them."""
    weighed: bool = True
    """Whether every text in that was counted before, not weighed by its bytes."""
    expected: int = 0
    """The same, calibrated: what `message_start` says."""

    @cached_property
    def peek(self) -> _Peek:
        """The model and whether a stream is wanted; defaults where the body is no request."""
        try:
            if self.choice.profile == "finetuned":  # the rest is needed, too
                return _Peek(self.request.model, self.request.stream)
            return _PEEK.decode(self.asked.body)
        except (HiveError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return _Peek()

    @cached_property
    def request(self) -> MessagesRequest:
        """The body, decoded. Raises HiveError where it is not a request."""
        return decode_messages(self.asked.body)

    @property
    def full(self) -> Card:
        """The card of the full profile."""
        card = self.config.card("full")
        assert card is not None, "a configuration without a full card does not load"  # noqa: S101
        return card

    def marks(self, card: Card) -> list[tuple[str, str]]:
        """The headers by which every answer says who gave it."""
        return marks("full" if self.fallback else self.choice.profile, card.id, self.config.version, self.fallback)
