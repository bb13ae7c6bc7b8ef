"""Facts about events that wait."""

from __future__ import annotations

import time

from hive_integration.wire.events import Text, Thinking, ToolEnd, ToolPart, ToolStart
from hive_integration.wire.waiting import Waiting, key_of


def test_events_wait_with_those_of_their_call_in_the_order_of_the_calls() -> None:
    """What stands between two calls stays between them."""
    waiting = Waiting()
    a, b = ToolStart(1, "a", "A"), ToolStart(2, "b", "B")
    for event in (Text("x"), Thinking("y"), a, ToolPart(1, "{"), b, Text("z"), ToolPart(1, "}"), ToolEnd(2), Text("w")):
        waiting.add(event)
    groups = [waiting.next() for _ in range(5)]
    assert groups == [
        [Text("x"), Thinking("y")], [a, ToolPart(1, "{"), ToolPart(1, "}")], [b, ToolEnd(2)], [Text("z"), Text("w")],
        [],
    ]  # fmt: skip
    waiting.add(ToolPart(1, "again"))
    assert waiting.next() == [ToolPart(1, "again")]


def test_pieces_of_calls_have_a_key() -> None:
    """Other events have none."""
    assert [key_of(ToolEnd(3)), key_of(Text("x"))] == [3, None]


def test_many_calls_cost_time_in_proportion() -> None:
    """A hundred thousand calls that wait for one are taken out as quickly as they were put in."""
    waiting, began = Waiting(), time.perf_counter()
    for key in range(100_000):
        waiting.add(ToolStart(key, "", ""))
    assert sum(bool(waiting.next()) for _ in range(100_001)) == 100_000
    assert time.perf_counter() - began < 3
