"""Facts about invented values: real ones take their place by name, and what has none cannot stay."""

from __future__ import annotations

import json

from hive_integration.dataset.swap import Swap


def learnt(invented: object, told: object) -> Swap:
    """A swap that saw two results of one call."""
    swap = Swap()
    swap.learn(*(each if isinstance(each, str) else json.dumps(each) for each in (invented, told)))
    return swap


def test_a_value_is_replaced_by_that_of_the_same_name() -> None:
    """However deep, however the name is written; in arguments and in texts."""
    swap = learnt({"task_id": "task-1a", "n": 3}, {"data": {"taskId": "real-9", "n": 4}})
    assert swap.value({"id": "task-1a", "list": ["task-1a", "other"], "n": 3}) == {
        "id": "real-9", "list": ["real-9", "other"], "n": 3,
    }  # fmt: skip
    assert swap.text("Made `task-1a`.") == "Made `real-9`."


def test_a_text_with_an_invented_value_cannot_stay() -> None:
    """Whole words only; what both results say may be said."""
    swap = learnt({"id": "abc", "status": "queued"}, {"status": "queued"})
    assert swap.text("It is queued.") == "It is queued."
    assert swap.text("The id is abc.") is None
    assert swap.text("abcdef") == "abcdef"


def test_short_numbers_are_not_replaced_in_a_text() -> None:
    """`3` may stand for anything, so such a text goes."""
    assert learnt({"count": 3}, {"count": 4}).text("There are 3.") is None


def test_results_that_are_no_json_taint_their_words() -> None:
    """What the real one does not say either cannot be said."""
    swap = learnt("kept note-7", "saved it")
    assert swap.text("Kept note-7") is None
    assert swap.text("All good.") == "All good."
