"""What a model's answer says, piece by piece, in no provider's words. Pure values.

Readers (`chat.answer`, `messages_answer`) turn an upstream's bytes into these; the gate looks at the tool calls;
writers (`answer`, `whole`) turn them into a legal Messages stream or body. An answer is any number of `Text`,
`Thinking`, `Signature`, `Opaque` and tool pieces, then `Finish`; or it breaks off with `Failure`. `Seen` may stand
anywhere before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

StopReason = Literal[
    "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"
]


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Tokens as the upstream counted them. None: it did not say. `input` excludes what came from or went to a cache."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None

    def merged(self, later: Usage) -> Usage:
        """This, with what `later` says in its place: an upstream's counts are cumulative."""
        return Usage(
            self.input if later.input is None else later.input,
            self.output if later.output is None else later.output,
            self.cache_read if later.cache_read is None else later.cache_read,
            self.cache_write if later.cache_write is None else later.cache_write,
        )

    def added(self, other: Usage) -> Usage:
        """The sum of two arms' usage."""
        return Usage(
            *(None if a is None and b is None else (a or 0) + (b or 0)
              for a, b in zip(self._all(), other._all(), strict=True))
        )  # fmt: skip

    def _all(self) -> tuple[int | None, ...]:
        return (self.input, self.output, self.cache_read, self.cache_write)


class Text(msgspec.Struct, frozen=True, gc=False):
    """More of the answer's text."""

    text: str


class Thinking(msgspec.Struct, frozen=True, gc=False):
    """More of the model's reasoning."""

    text: str


class Signature(msgspec.Struct, frozen=True, gc=False):
    """The end of a thinking block: what its maker signed it with (empty where the maker does not sign)."""

    signature: str


class Opaque(msgspec.Struct, frozen=True):
    """A whole content block that is passed on as it is: redacted thinking, a server tool's use or result."""

    block: Mapping[str, Any]


class ToolStart(msgspec.Struct, frozen=True, gc=False):
    """A tool call begins. `key` tells the calls of one answer apart; it is not the block's index. `id` may be empty."""

    key: int
    id: str
    name: str


class ToolPart(msgspec.Struct, frozen=True, gc=False):
    """More of the JSON text of a call's arguments."""

    key: int
    json: str


class ToolEnd(msgspec.Struct, frozen=True, gc=False):
    """A call is complete."""

    key: int


class ToolCall(msgspec.Struct, frozen=True, gc=False):
    """A complete call: what the gate makes of start, parts and end. `arguments` is the JSON text of an object."""

    id: str
    name: str
    arguments: str


class Seen(msgspec.Struct, frozen=True, gc=False):
    """Usage, as far as the upstream has told it."""

    usage: Usage


class Finish(msgspec.Struct, frozen=True, gc=False):
    """The answer is complete."""

    reason: StopReason
    sequence: str | None = None


class Failure(msgspec.Struct, frozen=True, gc=False):
    """The answer broke off. `kind` is an error type of the Messages API (`overloaded_error`); `message` one line."""

    kind: str
    message: str
    status: int = 0
    """The HTTP status that the upstream gave; 0 where the stream had begun."""
    retry_after: float | None = None


Event = Text | Thinking | Signature | Opaque | ToolStart | ToolPart | ToolEnd | ToolCall | Seen | Finish | Failure
