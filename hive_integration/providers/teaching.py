"""Ask a teacher for one structured text, in the protocol of its card, and ask again where that is allowed. It waits.

A refusal for being asked too often slows everybody down, not only the one that was refused. Nothing is read from an
answer but its text and its usage; whatever else may be wrong with it is for the caller to find.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from hive_integration.errors import HiveError, UpstreamError
from hive_integration.providers.protocols import PROTOCOLS, address
from hive_integration.providers.upstream import Sent, Upstreams
from hive_integration.registry.cards import Card
from hive_integration.settings import now
from hive_integration.wire.events import Event, Failure, Finish, Seen, Text, ToolPart, Usage
from hive_integration.wire.failures import read_failure, retryable

FORM = "conversation"
"""The name of the structured output, as a schema's name and as a tool's."""
PATIENCE = 600.0
"""Seconds for one answer to begin, and for one question to wait for others' limits."""
TRIES = 12
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_FATAL = {"authentication_error", "permission_error", "billing_error", "not_found_error"}
"""Kinds of failure that every other question would meet, too."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `shared` comes first, and is the same for many questions, so that providers cache it.

    `turns` alternate: the user's, the teacher's, the user's. `form` is the JSON schema of the answer.
    """

    shared: str
    turns: tuple[str, ...]
    form: Mapping[str, Any] = field(repr=False)
    max_tokens: int = 4096

    def key(self, card: Card) -> str:
        """64 hex digits over the question and who is asked: the answer's address."""
        said = [card.protocol, card.base_url.rstrip("/"), card.model, self.shared, self.turns, self.form,
                self.max_tokens]  # fmt: skip
        return hashlib.sha256(_json(said)).hexdigest()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `cut`: it ended at `max_tokens`. Usage as the provider told it."""

    text: str
    usage: Usage = field(default_factory=Usage)
    cut: bool = False


class LostError(UpstreamError):
    """The question was sent and no answer came: it may have been paid for."""


class NoAnswerError(UpstreamError):
    """The teacher refused this question, and costs nothing. `fatal`: it would refuse every other one, too."""

    def __init__(self, message: str, *, hint: str = "", fatal: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.fatal = fatal


@dataclass(slots=True)
class Pace:
    """How many are asked at once, and not before when. A limit that is met halves the number; answers raise it."""

    most: int = 8
    allowed: float = field(default=0.0, init=False)
    asking: int = field(default=0, init=False)
    until: float = field(default=0.0, init=False)
    met: int = field(default=0, init=False)
    """How often a limit was met."""

    def __post_init__(self) -> None:
        self.allowed = float(self.most)

    async def enter(self) -> None:
        """Wait for a turn. Raises NoAnswerError where none comes within PATIENCE."""
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        while loop.time() < self.until or self.asking >= max(1, int(self.allowed)):
            if loop.time() > end:
                raise NoAnswerError("the teacher's rate limit left no turn", hint="try later, or with --batch")
            await asyncio.sleep(min(max(self.until - loop.time(), 0.005), 0.5))
        self.asking += 1

    def leave(self) -> None:
        """The turn is over."""
        self.asking -= 1

    def slower(self, seconds: float) -> None:
        """A limit was met: nobody asks for so long, and fewer then."""
        self.met += 1
        self.allowed = max(1.0, self.allowed / 2)
        self.until = max(self.until, asyncio.get_running_loop().time() + seconds)

    def faster(self) -> None:
        """An answer came."""
        self.allowed = min(float(self.most), self.allowed + 1 / max(self.allowed, 1.0))


class Teacher:
    """One card's model. `key` is its API key, empty where it wants none. Close `upstreams` at the end."""

    def __init__(self, upstreams: Upstreams, card: Card, key: str = "", pace: Pace | None = None) -> None:
        idle = max(card.upstream.idle_timeout, PATIENCE)
        self.card = replace(card, upstream=replace(card.upstream, idle_timeout=idle))
        self.pace = pace or Pace()
        self._upstreams, self._key = upstreams, key
        self._without: set[str] = set()
        self._jitter = random.Random(0)  # noqa: S311 - so that those who wait do not all come back at once

    async def ask(self, question: Question) -> Reply:
        """The answer. Raises NoAnswerError where it is refused, LostError where it may have been paid in vain."""
        for tried in range(TRIES):
            await self.pace.enter()
            try:
                outcome = await self._asked(question)
            finally:
                self.pace.leave()
            if isinstance(outcome, Reply):
                self.pace.faster()
                return outcome
            if outcome.status == 400 and self._learns(outcome.message):
                continue
            if not retryable(outcome) or tried == TRIES - 1:
                raise NoAnswerError(f"{self.card.id}: {outcome.message}", fatal=outcome.kind in _FATAL)
            pause = outcome.retry_after
            if pause is None:
                pause = min(_FIRST_PAUSE * 2**tried, _LONGEST_PAUSE) * (0.5 + self._jitter.random())
            if pause > PATIENCE:
                raise NoAnswerError(f"{self.card.id}: asks to be left alone for {pause:,.0f} s", fatal=True)
            self.pace.slower(pause * (1 + 0.1 * self._jitter.random()))
        raise NoAnswerError(f"{self.card.id}: refuses the form of the question")

    async def _asked(self, question: Question) -> Reply | Failure:
        sent = Sent(address(self.card), headers_of(self.card, self._key), _json(self.body(question)))
        try:
            async with self._upstreams.ask(self.card, sent) as answer:
                raw = await answer.read()
                if answer.status != 200:
                    return read_failure(answer.status, answer.header("retry-after"), raw, now=now().timestamp())
        except UpstreamError as error:
            if "cannot be reached" in str(error):
                return Failure("api_error", str(error), 502)
            raise LostError(str(error)) from error
        return read_reply(self.card, raw)

    def body(self, question: Question) -> dict[str, Any]:
        """The request's body, without what this server was found to refuse."""
        made = body_of(self.card, question)
        if "response_format" in self._without:
            made.pop("response_format", None)
        if "max_tokens" in self._without and "max_tokens" in made:
            made["max_completion_tokens"] = made.pop("max_tokens")
        return made

    def _learns(self, message: str) -> bool:
        """Whether a refusal names a field that can be left out, or called otherwise."""
        if self.card.protocol != "openai-chat":
            return False
        new = {name for name, words in _FIELDS.items() if any(word in message for word in words)} - self._without
        self._without |= new
        return bool(new)


_FIELDS = {"response_format": ("response_format", "json_schema"), "max_tokens": ("max_completion_tokens",)}


def headers_of(card: Card, key: str) -> Sequence[tuple[str, str]]:
    """The head of a request to a card's model."""
    head = [("content-type", "application/json")]
    if card.protocol == "anthropic-messages":
        head.append(("anthropic-version", "2023-06-01"))
        return [*head, ("x-api-key", key)] if key else head
    return [*head, ("authorization", f"Bearer {key}")] if key else head


def body_of(card: Card, question: Question) -> dict[str, Any]:
    """A question in a card's protocol. Structured: by a JSON schema, or by a tool that must be called."""
    roles = [("user", "assistant")[i % 2] for i in range(len(question.turns))]
    turns = [{"role": role, "content": text} for role, text in zip(roles, question.turns, strict=True)]
    if card.protocol == "anthropic-messages":
        return {
            "model": card.model,
            "max_tokens": question.max_tokens,
            "system": [{"type": "text", "text": question.shared, "cache_control": {"type": "ephemeral"}}],
            "messages": turns,
            "tools": [{"name": FORM, "description": "Hand in the conversation.", "input_schema": question.form}],
            "tool_choice": {"type": "tool", "name": FORM},
        }
    name = card.upstream.max_tokens_field
    if name == "auto":
        name = "max_completion_tokens" if "://api.openai.com" in card.base_url else "max_tokens"
    return {
        "model": card.model,
        name: question.max_tokens,
        "messages": [{"role": "system", "content": question.shared}, *turns],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": FORM, "strict": True, "schema": question.form},
        },
    }


def read_reply(card: Card, raw: bytes) -> Reply | Failure:
    """What a whole answer says: the arguments of the one tool that may be called, or the text."""
    try:
        events: Sequence[Event] = PROTOCOLS[card.protocol].whole(raw, False)
    except (HiveError, ValueError) as error:
        raise LostError(f"{card.id}: gave an answer that cannot be read ({error})") from error
    usage, said, called, reason = Usage(), "", "", ""
    for event in events:
        if isinstance(event, Seen):
            usage = usage.merged(event.usage)
        elif isinstance(event, Text):
            said += event.text
        elif isinstance(event, ToolPart):
            called += event.json
        elif isinstance(event, Finish):
            reason = event.reason
        elif isinstance(event, Failure):
            return event
    return Reply(called or said, usage, reason in {"max_tokens", "model_context_window_exceeded"})


def size_of(card: Card, question: Question) -> int:
    """Bytes of the request: at least as many as it has tokens."""
    return len(_json(body_of(card, question)))


def _json(value: object) -> bytes:
    """In UTF-8; a lone surrogate, which no server takes, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


async def closed(upstreams: Upstreams) -> None:
    """End every connection, whatever state they are in."""
    with suppress(UpstreamError, OSError):
        await upstreams.close()
