"""Facts about joining pieces."""

from __future__ import annotations

from hive_integration.wire.events import Signature, Text, Thinking, ToolPart
from hive_integration.wire.pieces import TEXT, THINKING, Pieces


def test_neighbours_of_one_kind_are_one_event() -> None:
    """And events of other sorts stand between them in their place."""
    pieces = Pieces()
    for kind, piece in ((THINKING, "a"), (THINKING, "b"), (TEXT, "c"), (0, "{"), (0, "}"), (1, "{"), (0, "x")):
        pieces.add(kind, piece)
    pieces.put(Signature(""))
    pieces.add(0, "y")
    assert pieces.take() == [
        Thinking("ab"), Text("c"), ToolPart(0, "{}"), ToolPart(1, "{"), ToolPart(0, "x"), Signature(""),
        ToolPart(0, "y"),
    ]  # fmt: skip
    assert pieces.take() == []


def test_a_half_waits_for_its_other_half_only_where_it_may_come() -> None:
    """It is held over a read, joined with what follows directly, and replaced where something else follows."""
    pieces = Pieces()
    pieces.add(TEXT, "a\ud83d")
    assert pieces.take() == [Text("a")]
    pieces.add(TEXT, "\ude00")
    assert pieces.take() == [Text("😀")]
    pieces.add(TEXT, "\ud83d")
    assert pieces.take() == []
    pieces.add(0, "{")
    assert pieces.take() == [Text("\ufffd"), ToolPart(0, "{")]
    pieces.add(0, "\ud83d")
    assert pieces.take(last=True) == [ToolPart(0, "\ufffd")]


def test_empty_pieces_are_no_event() -> None:
    """Nothing leaves where nothing came."""
    pieces = Pieces()
    pieces.add(TEXT, "")
    pieces.add(0, "")
    assert pieces.take(last=True) == []
