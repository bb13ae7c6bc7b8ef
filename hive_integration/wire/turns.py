"""Calls and results in pairs: a conversation in which each tool call is answered in the message after it. Pure.

The Messages API refuses anything else, and so do chat models; yet compaction, interrupts and resumed sessions leave
orphans. Nothing is lost: a result whose call is gone becomes text that says so, a call without a result gets one that
says so. What is in order stays the very same object, so that a conversation's prefix keeps its bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hive_integration.wire.blocks import content_of, kind_of, text_of
from hive_integration.wire.messages import Block, Turn, found
from hive_integration.wire.refusal import BlockRefused

NO_RESULT = "No result was recorded for this call."
GONE = "The result of a tool call that is no longer part of this conversation"
AGAIN = "A further result of a tool call that was already answered"


def repaired(turns: Sequence[Turn]) -> Sequence[Turn]:
    """`turns` with every call answered, results first, and no orphans; the same object where that is so already.

    Raises `BlockRefused` for a call or result that lacks what pairs it, or stands in the wrong role.
    """
    out: list[Turn] = []
    changed = False
    for run, rest in _stretches(turns):
        if _in_order(run, rest):
            out += run
            out += rest
        else:
            out += _Stretch(run, rest).repaired()
            changed = True
    return out if changed else turns


def with_late_system_as_user(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The turns with each system message as a user's, in the tags in which Claude Code puts such words for models that
    do not know the role: chat templates of many local models take a system message at the beginning only."""
    return [_reminder(turn) if turn.role == "system" else turn for turn in turns]


def _reminder(turn: Turn) -> Turn:
    text = "\n\n".join(filter(None, map(text_of, turn.blocks)))
    return Turn("user", f"<system-reminder>\n{text}\n</system-reminder>")


def _stretches(turns: Sequence[Turn]) -> Iterator[tuple[Sequence[Turn], Sequence[Turn]]]:
    """Each run of assistant messages and the others up to the next; the first run may be empty."""
    start = 0
    while start < len(turns):
        middle = start
        while middle < len(turns) and turns[middle].role == "assistant":
            middle += 1
        end = middle
        while end < len(turns) and turns[end].role != "assistant":
            end += 1
        yield turns[start:middle], turns[middle:end]
        start = end


def _ids(turn: Turn) -> tuple[Sequence[str], Sequence[str]]:
    """The ids of a turn's calls, and of the calls that its results answer."""
    calls: list[str] = []
    results: list[str] = []
    for block in () if isinstance(turn.content, str) else turn.content:
        kind = block.get("type")
        if kind == "tool_use":
            if turn.role != "assistant":
                raise BlockRefused(block, f"a tool_use stands in a message of an assistant, not of {turn.role!r}")
            _expect(block, ("id", str), ("name", str), ("input", dict))
            calls.append(block["id"])
        elif kind == "tool_result":
            if turn.role != "user":
                raise BlockRefused(block, f"a tool_result stands in a message of a user, not of {turn.role!r}")
            _expect(block, ("tool_use_id", str))
            results.append(block["tool_use_id"])
    return calls, results


def _expect(block: Block, *fields: tuple[str, type]) -> None:
    for name, wanted in fields:
        value = block.get(name)
        if not isinstance(value, wanted) or value == "":
            words = "an object" if wanted is dict else "a string"
            what = "an empty one" if value == "" and wanted is str else found(value)
            raise BlockRefused(block, f"{kind_of(block)}.{name}: expected {words}, found {what}")


def _in_order(run: Sequence[Turn], rest: Sequence[Turn]) -> bool:
    calls = [_ids(turn)[0] for turn in run]
    results = [_ids(turn)[1] for turn in rest]
    last, first = calls[-1] if calls else [], results[0] if results else []
    if any(calls[:-1]) or any(results[1:]) or len(last) != len(first):
        return False
    if not last:
        return True
    if len(set(last)) != len(last) or sorted(last) != sorted(first):
        return False
    return all(block.get("type") == "tool_result" for block in rest[0].blocks[: len(first)])


class _Stretch:
    """One run of assistant messages, and what was said to them, on the way to being in order."""

    def __init__(self, run: Sequence[Turn], rest: Sequence[Turn]) -> None:
        self.run, self.rest = run, rest
        self.waiting: dict[str, deque[Block]] = {}
        self.given: set[str] = set()
        self.own: set[str] = set()
        self.taken: set[int] = set()
        for turn in rest:
            for block in turn.blocks:
                if kind_of(block) == "tool_result":
                    self.waiting.setdefault(block["tool_use_id"], deque()).append(block)

    def repaired(self) -> list[Turn]:
        out: list[Turn] = []
        results: list[Block] = []
        for turn in self.run:
            if results:
                out.append(Turn("user", results))
            answered, results = self._answered(turn)
            out.append(answered)
        for turn in self.rest:
            if results and turn.role != "user":
                out.append(Turn("user", results))
                results = []
            blocks, results = [*results, *self._without_taken(turn)], []
            if blocks or not turn.content:
                out.append(_with_blocks(turn, blocks))
        return [*out, Turn("user", results)] if results else out

    def _answered(self, turn: Turn) -> tuple[Turn, list[Block]]:
        """The message and the results of its calls. A call whose id stood before in this run gets one of its own."""
        content: list[Block] = []
        results: list[Block] = []
        for block in turn.blocks:
            if kind_of(block) != "tool_use":
                content.append(block)
                continue
            given = block["id"]
            own = self._own_id(given)
            content.append(block if own == given else {**block, "id": own})
            results.append(self._result(given, own))
        return _with_blocks(turn, content), results

    def _own_id(self, given: str) -> str:
        own, count = given, 1
        while own in self.own:
            count += 1
            own = f"{given}-{count}"
        self.given.add(given)
        self.own.add(own)
        return own

    def _result(self, given: str, own: str) -> Block:
        if not self.waiting.get(given):
            return {"type": "tool_result", "tool_use_id": own, "content": NO_RESULT, "is_error": True}
        block = self.waiting[given].popleft()
        self.taken.add(id(block))
        return block if own == given else {**block, "tool_use_id": own}

    def _without_taken(self, turn: Turn) -> list[Block]:
        kept: list[Block] = []
        for block in turn.blocks:
            if kind_of(block) != "tool_result":
                kept.append(block)
            elif id(block) not in self.taken:
                kept += _as_text(block, AGAIN if block["tool_use_id"] in self.given else GONE)
        return kept


def _with_blocks(turn: Turn, blocks: Sequence[Block]) -> Turn:
    """The turn with this content; itself where it has just that."""
    if isinstance(turn.content, str):
        return turn if len(blocks) == 1 else replace(turn, content=blocks, raw=None)
    same = len(blocks) == len(turn.content) and all(a is b for a, b in zip(blocks, turn.content, strict=True))
    return turn if same else replace(turn, content=blocks, raw=None)


def _as_text(block: Block, why: str) -> list[Block]:
    content = content_of(block)
    failed = ", an error" if block.get("is_error") is True else ""
    head = f"{why} ({block['tool_use_id']}{failed}):"
    if not isinstance(content, str):
        return [{"type": "text", "text": head}, *content]
    return [{"type": "text", "text": f"{head}\n{content}" if content else head}]
