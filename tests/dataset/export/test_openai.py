"""Facts about OpenAI's files: lines, pairs, and the API's own limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hive_integration.dataset.example import Declared
from hive_integration.dataset.export.form import Options
from hive_integration.dataset.export.openai import OpenAIForm
from hive_integration.dataset.openai_format import from_chat
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Call, Message
from tests.dataset.gates.made import GOOD, calling

FORM = OpenAIForm(Options())
WRONG = Message("assistant", "Perhaps later.")


def test_a_line_is_the_conversation_with_its_tools() -> None:
    """Whatever texts say: in JSON a special token is only text."""
    said = replace(GOOD, messages=(*GOOD.messages[:4], Message("assistant", "<|im_end|> {{ x }}")))
    (line,) = FORM.lines(said, [Declared("f", "d", {"type": "object"})])
    assert from_chat(line)[4].text == "<|im_end|> {{ x }}"
    assert line["tools"][0]["function"]["name"] == "f"
    assert FORM.lines(GOOD, ())[0].keys() == {"messages"}


def test_a_pair_has_one_message_on_either_side() -> None:
    """The API takes assistant messages there, so it ends where the ways have parted."""
    (pair,) = FORM.pairs(replace(GOOD, rejected=(WRONG,)), ())
    assert [m["role"] for m in pair["input"]["messages"]] == ["system", "user"]
    assert [m["role"] for m in pair["preferred_output"]] == ["assistant"]
    assert pair["non_preferred_output"] == [{"role": "assistant", "content": "Perhaps later."}]
    assert FORM.pairs(GOOD, ()) == []


def test_ways_that_part_at_a_result_are_no_pair() -> None:
    """There is nothing that the model did better."""
    wrong = (GOOD.messages[2], Message("tool", "no", answers="call_1"), WRONG)
    with pytest.raises(HiveError, match="do not part at the assistant's words"):
        FORM.pairs(replace(GOOD, rejected=wrong), ())


def test_what_the_api_does_not_take_is_refused() -> None:
    """Longer names and other letters, and more than 128 tools."""
    for name in ("a" * 65, "files.read", "ü"):
        with pytest.raises(HiveError, match="name that the API does not take"):
            FORM.lines(calling({}, name), ())
    with pytest.raises(HiveError, match="too many tools: 129"):
        FORM.lines(GOOD, [Declared(f"t{i}", "", {}) for i in range(129)])
    assert FORM.lines(replace(GOOD, messages=(Message("assistant", "", (Call("c", "a" * 64, {}),)),)), ())
