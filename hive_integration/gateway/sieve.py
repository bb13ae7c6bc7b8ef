"""Texts of a request through a function: a block left empty goes, a turn left without blocks goes. Pure.

A cache marker on a block that goes said "remember all up to here": it moves to the nearest block before it that may
carry one, unless that has its own. So there are never more of them than came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hive_integration.wire.messages import Block, Turn

Marker = Mapping[str, Any]
"""The value of a block's `cache_control`."""


def sieved(blocks: Sequence[Block], left: Callable[[str], str]) -> tuple[Sequence[Block], Marker | None]:
    """The blocks with what `left` leaves of their texts, and a marker that found no place among them. The same object
    where nothing changed."""
    out: list[Block] = []
    changed = False
    homeless: Marker | None = None
    for block in blocks:
        text = block.get("text") if block.get("type") == "text" else None
        rest = left(text) if isinstance(text, str) else text
        if rest is text:
            out.append(block)
            continue
        changed = True
        if rest:
            out.append({**block, "text": rest})
        elif marker := block.get("cache_control"):
            moved = _marked(out, marker)
            if moved is None:
                homeless = marker
            else:
                out = list(moved)
    return (out, homeless) if changed else (blocks, None)


def sieved_turns(turns: Sequence[Turn], left: Callable[[str, str], str]) -> Sequence[Turn]:
    """The turns with what `left(text, role)` leaves of them; answers stay as they are. The same object where nothing
    changed, and where nobody but the system would be left to speak: a request must ask something."""
    out: list[Turn] = []
    changed = False
    for turn in turns:
        kept = turn if turn.role == "assistant" else _sieved_turn(turn, left, out)
        changed |= kept is not turn
        if kept is not None:
            out.append(kept)
    return out if changed and any(turn.role != "system" for turn in out) else turns


def _sieved_turn(turn: Turn, left: Callable[[str, str], str], before: list[Turn]) -> Turn | None:
    if isinstance(turn.content, str):
        rest = left(turn.content, turn.role)
        return turn if rest is turn.content else replace(turn, content=rest, raw=None) if rest else None
    blocks, homeless = sieved(turn.content, lambda text: left(text, turn.role))
    if homeless is not None:
        _hand_back(before, homeless)
    return turn if blocks is turn.content else replace(turn, content=blocks, raw=None) if blocks else None


def _hand_back(turns: list[Turn], marker: Marker) -> None:
    for i in range(len(turns) - 1, -1, -1):
        blocks = turns[i].blocks
        moved = _marked(blocks, marker)
        if moved is not None:
            if moved is not blocks:
                turns[i] = replace(turns[i], content=moved, raw=None)
            return


def _marked(blocks: Sequence[Block], marker: Marker) -> Sequence[Block] | None:
    """The blocks with the marker on the last one that may carry it and has none of its own; None where none may."""
    for i in range(len(blocks) - 1, -1, -1):
        block = blocks[i]
        if block.get("type") in _UNMARKED or (block.get("type") == "text" and not block.get("text")):
            continue
        if "cache_control" in block:
            return blocks
        return [*blocks[:i], {**block, "cache_control": marker}, *blocks[i + 1 :]]
    return None


_UNMARKED = {"thinking", "redacted_thinking"}
"""Blocks that the API does not let carry a marker."""
