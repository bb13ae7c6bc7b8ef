"""Facts about what every answer holds to."""

from __future__ import annotations

import pytest

from hive_integration.wire.answer_rules import CallIds, stop_reason, usage_fields
from hive_integration.wire.events import Finish, Usage


def test_ids_are_kept_where_they_can_be_and_else_made() -> None:
    """An id that is empty, comes twice or holds other characters is replaced; none comes twice."""
    ids = CallIds("msg/1")
    assert not ids
    assert ids.take("call_1") == "call_1"
    given = ["", "call_1", "functions.Bash:0", "toolu_msg_1_4", "x", "", "a\n"]
    taken = [ids.take(each) for each in given]
    assert taken == [
        "toolu_msg_1_1",
        "toolu_msg_1_2",
        "toolu_msg_1_3",
        "toolu_msg_1_4",
        "x",
        "toolu_msg_1_6",
        "toolu_msg_1_7",
    ]
    assert ids


@pytest.mark.parametrize(
    ("reason", "called", "expected"),
    [("end_turn", False, "end_turn"), ("end_turn", True, "tool_use"), ("tool_use", False, "end_turn"),
     ("tool_use", True, "tool_use"), ("stop_sequence", True, "tool_use"), ("stop_sequence", False, "stop_sequence"),
     ("max_tokens", True, "max_tokens"), ("refusal", True, "refusal"), ("pause_turn", False, "pause_turn")],
)  # fmt: skip
def test_the_stop_reason_says_what_the_answer_holds(reason: str, called: bool, expected: str) -> None:
    """tool_use exactly where there are calls to run, unless the answer ended before it was complete."""
    assert stop_reason(Finish(reason), called=called) == expected  # type: ignore[arg-type]


def test_counts_are_numbers() -> None:
    """What the upstream did not say is what was estimated, or nothing."""
    fields = usage_fields(Usage(output=3, cache_read=0), Usage(input=7, output=1, cache_read=9))
    assert fields == {
        "input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 3,
    }  # fmt: skip
