"""Facts about where two ways part."""

from __future__ import annotations

from dataclasses import replace

from hive_integration.dataset.export.form import parted
from hive_integration.units.dialogue import Call, Message
from tests.dataset.gates.made import GOOD

RIGHT = GOOD.messages[2]
RESULT = GOOD.messages[3]


def test_they_part_after_the_last_question_or_later() -> None:
    """What both do is before the parting."""
    ways = parted(replace(GOOD, rejected=(RIGHT, RESULT, Message("assistant", "I do not know."))))
    assert ways.before == list(GOOD.messages[:4])
    assert (ways.chosen, ways.rejected) == ([GOOD.messages[4]], [Message("assistant", "I do not know.")])


def test_another_call_parts_them_at_once() -> None:
    """From there both are whole."""
    wrong = Message("assistant", "", (Call("call_1", "mcp__t__other", {}),))
    ways = parted(replace(GOOD, rejected=(wrong, RESULT)))
    assert ways.before == list(GOOD.messages[:2])
    assert ways.chosen == list(GOOD.messages[2:])
    assert ways.rejected == [wrong, RESULT]


def test_neither_way_is_left_empty() -> None:
    """A wrong way that only stops early has its last message, and so has the right one."""
    ways = parted(replace(GOOD, rejected=(RIGHT,)))
    assert ways.rejected == [RIGHT]
    assert ways.chosen[0] == RIGHT
