"""Facts about blocks that grow; `test_messages_answer` has the table of what upstreams do."""

from __future__ import annotations

from hive_integration.wire.answer_blocks import Blocks
from hive_integration.wire.events import Opaque, Signature, Text, Thinking, ToolEnd, ToolPart, ToolStart


def test_a_block_with_the_index_of_another_ends_it() -> None:
    """A call that is begun twice is two calls."""
    blocks = Blocks()
    for id in ("a", "b"):
        blocks.start(0, {"type": "tool_use", "id": id, "name": "A", "input": {}})
        blocks.delta(0, {"type": "input_json_delta", "partial_json": "{}"})
    blocks.end()
    assert blocks.take(last=True) == [
        ToolStart(0, "a", "A"), ToolPart(0, "{}"), ToolEnd(0), ToolStart(1, "b", "A"), ToolPart(1, "{}"), ToolEnd(1),
    ]  # fmt: skip
    assert blocks.called


def test_thinking_is_signed_before_anything_else_begins() -> None:
    """A signature that comes later has no place, and is named."""
    blocks = Blocks()
    blocks.start(0, {"type": "thinking", "thinking": "a", "signature": ""})
    blocks.delta(0, {"type": "signature_delta", "signature": "s"})
    blocks.start(1, {"type": "text", "text": "b"})
    blocks.delta(0, {"type": "signature_delta", "signature": "t"})
    assert blocks.take() == [Thinking("a"), Signature("s"), Text("b")]
    assert blocks.ignored == {"delta signature_delta"}


def test_a_block_of_an_unknown_kind_grows_by_its_deltas() -> None:
    """Text is joined, other values are replaced, JSON is assembled."""
    blocks = Blocks()
    blocks.start(0, {"type": "compaction", "content": "a", "n": 1})
    blocks.delta(0, {"type": "compaction_delta", "content": "b", "n": 2, "m": [3]})
    blocks.stop(0)
    blocks.start(1, {"type": "server_tool_use", "id": "s", "name": "x", "input": {}})
    for part in ('{"q": ', "1}"):
        blocks.delta(1, {"type": "input_json_delta", "partial_json": part})
    blocks.stop(1)
    assert blocks.take() == [
        Opaque({"type": "compaction", "content": "ab", "n": 2, "m": [3]}),
        Opaque({"type": "server_tool_use", "id": "s", "name": "x", "input": {"q": 1}}),
    ]


def test_a_text_with_citations_is_kept_whole() -> None:
    """Without any in the end it is text; citations that come when the text has left are named."""
    blocks = Blocks()
    for index in (0, 1):
        blocks.start(index, {"type": "text", "text": "", "citations": []})
        blocks.delta(index, {"type": "text_delta", "text": "So."})
    blocks.delta(0, {"type": "citations_delta", "citation": {"cited_text": "x"}})
    assert blocks.take() == []
    blocks.stop(0)
    blocks.stop(1)
    blocks.start(2, {"type": "text", "text": "a"})
    blocks.delta(2, {"type": "citations_delta", "citation": {}})
    blocks.stop(2)
    assert blocks.take() == [Opaque({"type": "text", "text": "So.", "citations": [{"cited_text": "x"}]}), Text("So.a")]
    assert blocks.ignored == {"citations of a text that had left"}
