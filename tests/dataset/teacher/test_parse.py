"""Facts about reading a teacher's answer: an example, or one line that says what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.dataset.example import Example
from hive_integration.dataset.gates import Limits, refused
from hive_integration.dataset.parts import Part
from hive_integration.dataset.teacher.parse import example_of
from hive_integration.dataset.teacher.prompt import question_of
from tests.dataset.teacher.sample import BOOK, HAND, turn, written

TASKS = list(Part(next(iter(BOOK.behaviours.values())), 0).tasks(0, 30))
TASK = next(task for task in TASKS if not task.error_case)
ERROR = next(task for task in TASKS if task.error_case)
TOOL = TASK.behaviour.subject
CALL = (TOOL, {"text": "x"})


def said(*turns: dict[str, Any]) -> str:
    """An answer of these turns."""
    return json.dumps({"turns": turns})


def test_a_good_answer_is_an_example_that_passes_the_gates() -> None:
    """With the minimal prompt, its teacher, its licence, its family, the task's own key."""
    for task in TASKS:
        example = example_of(written(question_of(task, BOOK).turns[0]), task, BOOK, HAND)
        assert isinstance(example, Example)
        assert refused(example, BOOK, Limits()) == ""
        assert example.messages[0].text == HAND.system
        assert (example.key, example.teacher, example.licence) == (task.key, HAND.teacher, HAND.licence)
        assert example.family.startswith("teacher:")


def test_what_is_certain_is_repaired() -> None:
    """A fence, a missing bracket, arguments as an object instead of text."""
    text = written(question_of(TASK, BOOK).turns[0])
    for odd in (f"```json\n{text}\n```", text[:-1]):
        assert isinstance(example_of(odd, TASK, BOOK, HAND), Example)
    plain = turn("assistant")
    plain["calls"] = [{"tool": TOOL, "arguments": {"text": "x"}}]
    good = said(turn("user", "u"), plain, turn("tool", "r"), turn("assistant", "a"))
    assert isinstance(example_of(good, TASK, BOOK, HAND), Example)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I would rather not.", "is not JSON"),
        ("{}", "has no list of turns"),
        (said(), "has no list of turns"),
        (said(*[turn("user", "x")] * 61), "has 61 turns"),
        (said({"role": "system", "text": "x"}), "has no role"),
        (said({"role": "user", "text": 5}), "is not a text"),
        (said(turn("user", "u", [CALL])), "is the user's and has calls"),
        (said(turn("user", "u"), turn("tool", "r")), "no call waits"),
        (said(turn("user", "u"), turn("assistant", "", [CALL]), turn("user", "u")), "comes before the result"),
        (said(turn("user", "u"), turn("assistant", "", [CALL])), "is never answered"),
        (said(turn("assistant", "a")), "the first turn must be the user's"),
        (said(turn("user", "u"), turn("assistant", "", [("rm", {})])), "is not one of the tools"),
        (said(turn("user", "u"), turn("assistant", "", [(TOOL, [1])])), "are not an object"),
        (said(turn("user", "u"), {**turn("assistant"), "calls": 5}), "is not a list"),
        (said(turn("user", "u"), {**turn("assistant"), "calls": [5]}), "names no tool"),
        (
            said(turn("user", "u"), {**turn("assistant"), "calls": [{"tool": TOOL, "arguments": '{"a": "'}]}),
            "are not JSON",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_line(text: str, why: str) -> None:
    """So that the teacher can mend it."""
    found = example_of(text, TASK, BOOK, HAND)
    assert isinstance(found, str)
    assert why in found
    assert "\n" not in found


def test_an_error_case_has_an_error_and_no_other_has() -> None:
    """By what the teacher says of its results."""
    failed = said(
        turn("user", "u"), turn("assistant", "", [CALL]), turn("tool", "no", failed=True), turn("assistant", "a")
    )
    well = said(turn("user", "u"), turn("assistant", "", [CALL]), turn("tool", "yes"), turn("assistant", "a"))
    assert isinstance(example_of(failed, TASK, BOOK, HAND), str)
    assert isinstance(example_of(well, ERROR, BOOK, HAND), str)
    assert isinstance(example_of(failed, ERROR, BOOK, HAND), Example)
    assert isinstance(example_of(well, TASK, BOOK, HAND), Example)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(
    st.sampled_from(["turns", "role", "text", "calls", "tool", "arguments", "failed"]), v)))  # fmt: skip
def test_no_answer_breaks_it(value: object) -> None:
    """Any JSON is an example or a reason."""
    assert isinstance(example_of(json.dumps({"turns": value}), TASK, BOOK, HAND), Example | str)
