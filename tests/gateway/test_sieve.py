"""Facts about blocks and turns of which texts go."""

from __future__ import annotations

from hive_integration.gateway.sieve import sieved, sieved_turns
from hive_integration.wire.messages import Turn
from tests.gateway.idle import CACHED, text

MARK = CACHED["cache_control"]


def left(words: str, role: str = "") -> str:
    """Takes away every `-`, and says so by identity where there is none."""
    return words.replace("-", "") if "-" in words else words


def test_nothing_changed_is_the_same_object() -> None:
    """Blocks and turns alike."""
    blocks, turns = [text("a"), {"type": "image"}], [Turn("user", "a", b"raw"), Turn("assistant", "b-")]
    assert sieved(blocks, left) == (blocks, None)
    assert sieved(blocks, left)[0] is blocks
    assert sieved_turns(turns, left) is turns


def test_an_empty_block_goes_and_an_empty_turn() -> None:
    """What changed has no raw bytes any more; what did not keeps them."""
    turns = [Turn("user", [text("-"), text("a-b")], b"raw"), Turn("system", "--", b"raw"), Turn("user", "c", b"raw")]
    assert sieved_turns(turns, left) == [Turn("user", [text("ab")]), Turn("user", "c", b"raw")]


def test_a_marker_moves_to_the_block_before() -> None:
    """Past a block that may not carry one; a block that has its own keeps it; without any block it has no home."""
    thinking = {"type": "thinking", "thinking": "hm"}
    assert sieved([text("a"), thinking, text("-", **CACHED)], left) == ([text("a", **CACHED), thinking], None)
    own = text("a", cache_control={"type": "ephemeral", "ttl": "1h"})
    assert sieved([own, text("-", **CACHED)], left) == ([own], None)
    assert sieved([text("-", **CACHED), text("a")], left) == ([text("a")], MARK)


def test_a_marker_without_a_home_moves_to_the_turn_before() -> None:
    """To its last block, be it a result or a plain text; before the first turn there is nothing to mark."""
    result = {"type": "tool_result", "tool_use_id": "t", "content": "x"}
    gone = Turn("system", [text("-", **CACHED)], b"raw")
    assert sieved_turns([Turn("user", [result], b"raw"), gone], left) == [Turn("user", [result | CACHED])]
    assert sieved_turns([Turn("user", "a", b"raw"), gone], left) == [Turn("user", [text("a", **CACHED)])]
    marked = Turn("user", [text("a", **CACHED)], b"raw")
    assert sieved_turns([marked, gone], left) == [marked]
    assert sieved_turns([gone, Turn("user", "a", b"raw")], left) == [Turn("user", "a", b"raw")]


def test_there_are_never_more_markers_than_came() -> None:
    """Several that meet become one."""
    gone = text("-", **CACHED)
    turns = [Turn("user", [text("a"), gone, gone]), Turn("system", [gone])]
    assert sieved_turns(turns, left) == [Turn("user", [text("a", **CACHED)])]


def test_a_request_that_would_ask_nothing_stays_whole() -> None:
    """An upstream refuses a conversation without a word of anybody but the system."""
    turns = [Turn("user", "-"), Turn("system", "b-")]
    assert sieved_turns(turns, left) is turns
