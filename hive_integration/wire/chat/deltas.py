"""Chunks of a Chat Completions answer become events, in whatever order their parts come. Pure.

Nothing ends before the upstream says that all has come: usage may follow the finish reason, and so may content. Counts
are cumulative, whether they come once or with every chunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count as counter
from typing import Any

from hive_integration.wire.chat.chunk import Choice, Chunk, Delta, Fragment
from hive_integration.wire.chat.fragments import Call, Calls
from hive_integration.wire.events import (
    Event,
    Failure,
    Finish,
    Seen,
    Signature,
    StopReason,
    Text,
    ToolEnd,
    ToolStart,
    Usage,
)  # fmt: skip
from hive_integration.wire.failures import read_error
from hive_integration.wire.foreign import count, line, whole
from hive_integration.wire.pieces import TEXT, THINKING, Pieces
from hive_integration.wire.text_calls import TextCalls

REASONS: Mapping[str, StopReason] = {
    "stop": "end_turn", "eos": "end_turn", "end_turn": "end_turn", "stop_sequence": "stop_sequence",
    "tool_calls": "tool_use", "function_call": "tool_use", "tool_use": "tool_use",
    "length": "max_tokens", "max_tokens": "max_tokens", "model_length": "max_tokens",
    "content_filter": "refusal", "refusal": "refusal", "safety": "refusal",
}  # fmt: skip
BROKEN: Mapping[str, str] = {
    "error": "api_error", "abort": "api_error", "insufficient_system_resource": "overloaded_error",
}  # fmt: skip
"""Finish reasons of an answer that is not complete: OpenRouter's, vLLM's and DeepSeek's."""


class Deltas:
    """Takes chunks, gives events. `ignored` names what was not passed on; `reason` is the upstream's finish reason."""

    __slots__ = (
        "_calls",
        "_out",
        "_parser",
        "_pieces",
        "_sequence",
        "_thinking",
        "_tokens",
        "_told",
        "ended",
        "ignored",
        "reason",
        "refused",
    )  # fmt: skip

    def __init__(self, *, text_calls: bool) -> None:
        keys = counter()
        self._calls, self._parser = Calls(keys), TextCalls(keys) if text_calls else None
        self._pieces = Pieces()
        self._out: list[Event] = []
        self._thinking = False  # a thinking block is open
        self._tokens: dict[str, int] = {}
        self._told = Usage()
        self._sequence: str | None = None
        self.ignored: set[str] = set()
        self.ended = self.refused = False
        self.reason = ""

    def take(self) -> list[Event]:
        """What has come since the last time."""
        if not self.ended:
            self._drain()
            self._tell()
        out, self._out = self._out, []
        return out

    def chunk(self, chunk: Chunk) -> None:
        """One chunk of a stream, or a whole completion."""
        if self.ended:
            return None
        if chunk.error:
            return self.fail(read_error(chunk.error))
        if chunk.usage is not None:
            self._count(chunk.usage)
        for choice in chunk.choices or ():
            if choice.index:
                self.ignored.add("choices after the first")
            else:
                self._choice(choice)
        return None

    def finish(self) -> None:
        """The upstream has said all."""
        if self.ended:
            return None
        if self.reason in BROKEN:
            return self.fail(Failure(BROKEN[self.reason], f"the upstream ended its answer with {self.reason!r}"))
        self._sign()
        self._drain(last=True)
        if self._parser:
            self._out += self._parser.close()
        for call in self._calls.all:
            self._start(call)
            self._pieces.put(ToolEnd(call.key))
        self._drain(last=True)
        self._tell()
        reason = self._stop_reason()
        self._out.append(Finish(reason, self._sequence if reason == "stop_sequence" else None))
        self.ended = True
        return None

    def fail(self, failure: Failure) -> None:
        """The answer breaks off."""
        if not self.ended:
            self._drain(last=True)
            self._tell()
            self._out.append(failure)
            self.ended = True

    def _choice(self, choice: Choice) -> None:
        if choice.usage is not None:
            self._count(choice.usage)
        delta = choice.delta if choice.delta is not None else choice.message
        if delta is not None:
            self._delta(delta)
        if choice.finish_reason:
            self.reason = choice.finish_reason.lower()
            stop = choice.stop_reason  # vLLM: the stop sequence that ended the answer
            if isinstance(stop, str) and stop.lower() not in REASONS:
                self._sequence = whole(stop)

    def _delta(self, delta: Delta) -> None:
        if thinking := delta.reasoning_content or delta.reasoning:
            self._add(THINKING, thinking)
        if delta.content:
            self._add(TEXT, delta.content)
        if delta.refusal:
            self.refused = True
            self._add(TEXT, delta.refusal)
        if calls := delta.tool_calls:
            for position, fragment in enumerate(calls):
                self._fragment(fragment, position if len(calls) > 1 else None)
        if delta.function_call is not None:
            self._fragment(Fragment(function=delta.function_call), None)
        if delta.audio is not None or delta.images is not None or delta.annotations is not None:
            parts = {"audio": delta.audio, "images": delta.images, "annotations": delta.annotations}
            self.ignored.update(name for name, value in parts.items() if value)

    def _fragment(self, fragment: Fragment, position: int | None) -> None:
        call = self._calls.place(fragment, position)
        arguments = fragment.function.arguments if fragment.function else None
        if not arguments:
            return
        call.parts.append(arguments)
        if call.started:
            self._add(call.key, arguments)
        elif call.name:
            for earlier in self._calls.all:
                if earlier is call or (earlier.name and not earlier.started):
                    self._start(earlier)
                if earlier is call:
                    break

    def _start(self, call: Call) -> None:
        if not call.started:
            call.started = True
            self._sign()
            self._pieces.put(ToolStart(call.key, call.id, call.name))
            for part in call.parts:
                self._pieces.add(call.key, part)

    def _add(self, kind: int, piece: str) -> None:
        if kind == THINKING:
            self._thinking = True
        elif self._thinking:
            self._sign()
        self._pieces.add(kind, piece)

    def _sign(self) -> None:
        """Thinking is over where something else begins. Nobody signed it."""
        if self._thinking:
            self._pieces.put(Signature(""))
            self._thinking = False

    def _drain(self, *, last: bool = False) -> None:
        for event in self._pieces.take(last=last):
            if self._parser and isinstance(event, Text):
                self._out += self._parser.feed(event.text)
            else:
                self._out.append(event)

    def _count(self, usage: Any) -> None:  # noqa: ANN401 - any JSON value
        """Counts are cumulative, so the greatest of each is the last."""
        if not isinstance(usage, dict):
            return
        details = usage.get("prompt_tokens_details")
        cached = details.get("cached_tokens") if isinstance(details, dict) else usage.get("prompt_cache_hit_tokens")
        prompt = usage.get("prompt_tokens", usage.get("input_tokens"))
        answer = usage.get("completion_tokens", usage.get("output_tokens"))
        for name, value in (("prompt", prompt), ("answer", answer), ("cached", cached)):
            if (number := count(value)) is not None:
                self._tokens[name] = max(number, self._tokens.get(name, 0))

    def _tell(self) -> None:
        if not self._tokens:
            return
        prompt, cached = self._tokens.get("prompt"), self._tokens.get("cached")
        if prompt is not None and cached is not None:
            cached = min(prompt, cached)
            prompt -= cached
        usage = Usage(prompt, self._tokens.get("answer"), cached)
        if usage != self._told:
            self._told = usage
            self._out.append(Seen(usage))

    def _stop_reason(self) -> StopReason:
        called = bool(self._calls.all or (self._parser and self._parser.count))
        reason = REASONS.get(self.reason or "stop")
        if reason is None:
            self.ignored.add(f"finish_reason {line(self.reason, 80)}")
        if self.refused or reason == "refusal":
            return "refusal"
        if reason == "max_tokens":
            return reason
        if called:
            return "tool_use"
        return "stop_sequence" if self._sequence is not None or reason == "stop_sequence" else "end_turn"
