"""Counting what is sent to a model: rightly, for `count_tokens`, and at once, for `message_start`.

The counters are the audit's. What is heavy is counted in a thread, one batch at a time, so that the event loop goes on
and forty requests for slices of one prompt cost what one does. An estimate never counts: what is not known yet is taken
by its bytes, and how wrong that is in the end is learned from the upstream's own usage.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_integration.gateway.calibration import Calibration
from hive_integration.gateway.content import content_of
from hive_integration.gateway.scale import Scale, Weight, size_of, total
from hive_integration.tokens import Counter, counter_for, framing
from hive_integration.tokens.choose import AUTO, DEFAULT
from hive_integration.tokens.models import tokenizer_of
from hive_integration.tokens.openai import OpenAICounter
from hive_integration.wire.messages import MessagesRequest, Turn

INLINE, INLINE_SLOW = 32 * 1024, 2 * 1024
"""Bytes that are counted on the event loop, by tiktoken and by a counter written in Python: some 4 ms each."""
BATCH, BATCH_SLOW = 1024 * 1024, 64 * 1024
"""Bytes that the thread counts in one go, some 0.1 s; then somebody else's may come."""
LONGEST = 128 * 1024
"""Characters of a text that a counter in Python is given at once: its patterns hold the interpreter while they run, 50
ms for three times as much. A longer one is counted in parts cut at line ends, which costs a token a cut at most."""

PER_BYTE, PER_BYTE_CLAUDE = 0.22, 0.36
"""Tokens a byte of Claude Code's requests, o200k_base and claude-4.8, until something was counted (recorded bodies of
2.1.197 and 2.1.329)."""


@dataclass(slots=True)
class _Tokenizer:
    counter: Counter
    stored: Counter
    """The same, with the counts of earlier runs: for the thread, since it reads a file."""
    scale: Scale
    loaded: bool = False

    @property
    def fast(self) -> bool:
        return isinstance(self.counter, OpenAICounter)


class Counts:
    """All counting of one gateway. `tokenizer` is a card's: a tokenizer, a model, or `auto` for the request's own.

    `declared`: the texts of the tool declarations as they are sent; None where they are the request's own.
    """

    def __init__(self, cache_dir: Path | None = None) -> None:
        self._cache_dir = cache_dir
        self._tokenizers: dict[str, _Tokenizer] = {}
        self._calibrations: dict[str, Calibration] = {}
        self._thread = asyncio.Lock()

    async def count(
        self, request: MessagesRequest, tokenizer: str, model: str = "", declared: Sequence[str] | None = None
    ) -> int:
        """Tokens of a request as the audit counts them, framing of `model` included. Raises `HiveError` where the
        tokenizer is not known."""
        one = self._tokenizer(tokenizer, model)
        missing: list[str] = []
        weight = _weigh(one, request, declared, missing)
        if missing:
            await self._learn(one, missing)
            weight = _weigh(one, request, declared, [])
        return one.scale.tokens(weight) + _framing(one, request, model, declared)

    def estimate(
        self, request: MessagesRequest, tokenizer: str, model: str = "", declared: Sequence[str] | None = None
    ) -> tuple[int, bool]:
        """The same without counting anything, for `Calibration.expected`; and whether every text was counted before."""
        one = self._tokenizer(tokenizer, model)
        weight = _weigh(one, request, declared, None)
        return one.scale.tokens(weight) + _framing(one, request, model, declared), not weight.bytes

    def texts(self, texts: Iterable[str], tokenizer: str, model: str = "") -> int:
        """Tokens of texts alone, without counting anything: of the units that went."""
        scale = self._tokenizer(tokenizer, model).scale
        return scale.tokens(scale.texts(texts))

    async def learn(self, texts: Iterable[str], tokenizer: str, model: str = "") -> None:
        """Count texts, so that from now on they are known."""
        one = self._tokenizer(tokenizer, model)
        await self._learn(one, [text for text in texts if not one.scale.knows(text)])

    async def ready(self, tokenizers: Iterable[str]) -> None:
        """Load vocabularies beforehand: tiktoken's takes 0.3 s, and half of that nothing else runs, thread or not."""
        for name in tokenizers:
            one = self._tokenizer(name, "")
            async with self._thread:
                await asyncio.to_thread(_load, one)

    def calibration(self, card: str) -> Calibration:
        """What was learned about a card."""
        return self._calibrations.setdefault(card, Calibration())

    def state(self) -> dict[str, dict[str, float | int | None]]:
        """The calibration of each card, for `/hive/status`."""
        return {card: calibration.state() for card, calibration in sorted(self._calibrations.items())}

    async def _learn(self, one: _Tokenizer, texts: Sequence[str]) -> None:
        if one.loaded and sum(map(size_of, texts)) <= (INLINE if one.fast else INLINE_SLOW):
            one.scale.learn(texts, one.counter.count(texts))
            return
        for batch in _batches(dict.fromkeys(texts), BATCH if one.fast else BATCH_SLOW):
            async with self._thread:
                # Whoever waited here before may have counted the same.
                left = [text for text in batch if not one.scale.knows(text)]
                if left:
                    one.scale.learn(left, await asyncio.to_thread(_count, one, left))

    def _tokenizer(self, name: str, model: str) -> _Tokenizer:
        if name == AUTO:
            name = tokenizer_of(model) or DEFAULT
        one = self._tokenizers.get(name)
        if one is None:
            counter = counter_for(name)
            scale = Scale(PER_BYTE_CLAUDE if counter.name.startswith("claude") else PER_BYTE)
            one = self._tokenizers[name] = _Tokenizer(counter, counter_for(name, self._cache_dir), scale)
        return one


def _weigh(
    one: _Tokenizer, request: MessagesRequest, declared: Sequence[str] | None, missing: list[str] | None
) -> Weight:
    messages = [one.scale.message(turn, missing) for turn in request.turns]
    shown = frozenset(name for message in messages if message.references for name in message.references)
    if declared is None:
        key = (tuple(request.tools), shown)
        declared_weight = one.scale.group(key, lambda: _declared(request, shown), missing)
    else:
        declared_weight = one.scale.group(tuple(declared), lambda: declared, missing)
    thought = messages[_since_the_user_spoke(request.turns) :] if one.counter.name.startswith("claude") else ()
    return total(
        [
            one.scale.texts(content_of(request.system).texts, missing),
            declared_weight,
            *(message.said for message in messages),
            *(message.thought for message in thought),
        ]
    )


def _declared(request: MessagesRequest, shown: frozenset[str]) -> Iterator[str]:
    """The wire texts of the tools that are in the model's window."""
    return (tool.raw.decode(errors="replace") for tool in request.tools if not tool.deferred or tool.name in shown)


def _since_the_user_spoke(turns: Sequence[Turn]) -> int:
    """The first turn of the answer under way: the API forgets the thinking of those before it, and no other model than
    Claude is sent any."""
    for i in range(len(turns) - 1, -1, -1):
        turn = turns[i]
        if turn.role == "user" and any(block.get("type") != "tool_result" for block in turn.blocks):
            return i
    return 0


def _framing(one: _Tokenizer, request: MessagesRequest, model: str, declared: Sequence[str] | None) -> int:
    tools = len(declared) if declared is not None else sum(not tool.deferred for tool in request.tools)
    blocks = len(request.system)
    return framing(one.counter.name, model, messages=len(request.turns), tools=tools, system_blocks=blocks)


def _batches(texts: Iterable[str], most: int) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and size + len(text) > most:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


# In the thread.


def _load(one: _Tokenizer) -> None:
    one.counter.count(["x"])
    one.loaded = True


def _count(one: _Tokenizer, texts: Sequence[str]) -> list[int]:
    if not one.loaded:
        _load(one)
    if one.fast:
        return one.stored.count(texts)
    parts = [list(_parts(text)) for text in texts]
    counts = iter(one.stored.count([part for cut in parts for part in cut]))
    return [sum(next(counts) for _ in cut) for cut in parts]


def _parts(text: str) -> Iterator[str]:
    while len(text) > LONGEST:
        end = text.rfind("\n", LONGEST // 2, LONGEST) + 1 or LONGEST
        yield text[:end]
        text = text[end:]
    yield text
