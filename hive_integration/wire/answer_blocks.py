"""The content blocks of a Messages answer as they grow, delta by delta, become events. Pure.

Text, thinking and tool calls flow on. Every other block, and a text with citations, is kept until it is whole, then
passed on as it is. A delta without its block opens it; a block without its end ends with the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count as counter
from typing import Any

from hive_integration.wire.events import Event, Opaque, Signature, ToolEnd, ToolStart
from hive_integration.wire.foreign import decode, encode, line, whole
from hive_integration.wire.pieces import TEXT, THINKING, Pieces

_GROWS: Mapping[str, tuple[str, str]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("tool_use", "partial_json"),
    "signature_delta": ("thinking", "signature"),
    "citations_delta": ("text", "citation"),
}
"""A delta's type: the kind of block that it is for, and its field."""


@dataclass(slots=True)
class _Block:
    """A block that has begun. `key`: the kind of its pieces; None where it is kept until it is whole."""

    kind: str
    start: dict[str, Any]
    key: int | None
    pieces: list[str] = field(default_factory=list)
    citations: list[Any] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    """Fields of a block that is not known, which grow."""
    signature: str = ""
    grown: bool = False


class Blocks:
    """Takes starts, deltas and stops by index. `called`: whether a tool call was among them."""

    __slots__ = ("_keys", "_open", "_pieces", "_thinks", "called", "ignored")

    def __init__(self) -> None:
        self._pieces, self._keys = Pieces(), counter()
        self._open: dict[int, _Block] = {}
        self._thinks: int | None = None  # the index of the thinking block that is open
        self.called = False
        self.ignored: set[str] = set()

    def take(self, *, last: bool = False) -> list[Event]:
        """The events so far."""
        return self._pieces.take(last=last)

    def start(self, index: int, start: dict[str, Any]) -> None:
        """A block begins. One that has the same index ends, and so does thinking."""
        self.stop(index)
        self._end_thinking()
        kind = start.get("type")
        kind = kind if isinstance(kind, str) and kind else "text"
        block = _Block(kind, start, {"text": TEXT, "thinking": THINKING}.get(kind))
        self._open[index] = block
        if kind == "tool_use":
            block.key, self.called = next(self._keys), True
            self._pieces.put(ToolStart(block.key, _word(start.get("id")), _word(start.get("name"))))
        elif kind == "text":
            if isinstance(start.get("citations"), list):
                block.key, block.citations = None, list(start["citations"])
            self.text(index, start.get("text"))
        elif kind == "thinking":
            self._thinks = index
            self._thinking(block, start.get("thinking"))
            block.signature = _word(start.get("signature"))

    def text(self, index: int, text: object) -> None:
        """More text for a block; it passes on whatever kind its block is of."""
        block = self._block(index, "text")
        if not isinstance(text, str) or not text:
            return
        self._end_thinking()
        if block.kind == "text" and block.key is None:
            block.pieces.append(text)
        else:
            self._pieces.add(TEXT, text)

    def delta(self, index: int, delta: Mapping[str, Any]) -> None:
        """A block grows."""
        kind = delta.get("type")
        wanted, name = _GROWS.get(kind, ("", "")) if isinstance(kind, str) else ("", "")
        block = self._open.get(index)
        if block is not None and block.kind not in {"text", "thinking", "tool_use"}:
            self._grow(block, delta)
        elif wanted == "text" and name == "text":
            self.text(index, delta.get("text"))
        elif kind == "thinking_delta":
            self._thinking(self._block(index, "thinking"), delta.get("thinking"))
        elif kind == "input_json_delta":
            self._json(self._block(index, "tool_use"), delta.get("partial_json"))
        elif kind == "signature_delta" and block is not None and block.kind == "thinking":
            block.signature += _word(delta.get("signature"))
        elif kind == "citations_delta" and block is not None and block.kind == "text":
            block.key = None  # from here on it is kept; the text before has left
            block.citations.append(delta.get("citation"))
        else:
            self.ignored.add(f"delta {line(str(kind), 60)}")

    def stop(self, index: int) -> None:
        """A block ends."""
        block = self._open.pop(index, None)
        if block is None:
            return
        if block.kind == "tool_use" and block.key is not None:
            if not block.grown and block.start.get("input"):
                self._json(block, self._input(block))
            self._pieces.put(ToolEnd(block.key))
        elif block.kind == "thinking":
            self._thinks = None
            self._pieces.put(Signature(block.signature))
        elif block.kind == "text":
            self._end_text(block)
        else:
            self._end_kept(block)

    def end(self) -> None:
        """The answer is complete: whatever has not ended ends."""
        for index in list(self._open):
            self.stop(index)

    def _block(self, index: int, kind: str) -> _Block:
        if index not in self._open:
            self.start(index, {"type": kind})
        return self._open[index]

    def _end_thinking(self) -> None:
        """The signature of a thinking block must leave before anything else does."""
        if self._thinks is not None:
            self.stop(self._thinks)

    def _thinking(self, block: _Block, text: object) -> None:
        if isinstance(text, str) and text:
            self._pieces.add(THINKING, text)

    def _json(self, block: _Block, text: object) -> None:
        if block.kind != "tool_use" or block.key is None:
            self.ignored.add(f"input_json_delta in a block of {line(block.kind, 60)}")
        elif isinstance(text, str) and text:
            block.grown = True
            self._pieces.add(block.key, text)

    def _input(self, block: _Block) -> str:
        try:
            return encode(block.start["input"]).decode()
        except ValueError:
            self.ignored.add("an input that is nested too deeply")
            return ""

    def _grow(self, block: _Block, delta: Mapping[str, Any]) -> None:
        """A block of a kind that is not known grows by what its deltas hold."""
        if delta.get("type") == "input_json_delta":
            block.pieces.append(_word(delta.get("partial_json")))
            return
        for name, value in delta.items():
            if name == "type":
                continue
            if isinstance(value, str):
                old = block.start.get(name)
                block.texts.setdefault(name, [old] if isinstance(old, str) else []).append(value)
            else:
                block.texts.pop(name, None)
                block.start[name] = value

    def _end_text(self, block: _Block) -> None:
        text = "".join(block.pieces)
        citations = [each for each in block.citations if isinstance(each, dict)]
        if citations and text.strip():
            self._pieces.put(Opaque({"type": "text", "text": text, "citations": citations}))
            return
        if block.citations:
            self.ignored.add("citations of a text that had left")
        if text:
            self._pieces.add(TEXT, text)

    def _end_kept(self, block: _Block) -> None:
        if text := "".join(block.pieces):
            try:
                block.start["input"] = decode(whole(text).encode())
            except ValueError:
                self.ignored.add(f"input of {line(block.kind, 60)} that is not JSON")
        grown = {name: "".join(texts) for name, texts in block.texts.items()}
        self._pieces.put(Opaque(block.start | grown))


def _word(value: object) -> str:
    return whole(value) if isinstance(value, str) else ""
