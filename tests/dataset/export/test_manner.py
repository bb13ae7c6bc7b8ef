"""Facts about what templates can show: found by trying real ones, and every change for it is named."""

from __future__ import annotations

import pytest

from hive_integration.dataset.export.chat_template import ChatTemplate
from hive_integration.dataset.export.manner import (
    JOINED,
    PARTED,
    SILENT,
    STRIPPED,
    Manner,
    dressed,
    fitted,
    leaves,
    manner_of,
    shown,
    texts_of,
)
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Call, Message
from tests.dataset.templates import AXOLOTL, template

CALLS = (Call("call_a", "f", {"x": 1}), Call("call_b", "g", {"y": "ü"}))
TALK = [
    Message("system", "Be brief."),
    Message("user", " Go. "),
    Message("assistant", "Going.", CALLS),
    Message("tool", "one", answers="call_a"),
    Message("tool", "two", answers="call_b"),
    Message("assistant", "Gone."),
]


def test_real_templates_are_known_by_trying_them() -> None:
    """Objects or a text, one call or several, a system prompt or none, short ids, none at all."""
    assert manner_of(template("qwen2_5")) == Manner()
    assert manner_of(template("llama3_1")) == Manner(several=False)
    assert manner_of(template("deepseekv3")) == Manner(objects=False)
    assert manner_of(template("mistral_v2v3", AXOLOTL)) == Manner(system=False, short_ids=True)
    assert manner_of(template("gptoss")) == Manner(several=False)
    assert manner_of(template("lfm2_2_5_v2")) == Manner(bare_quotes=True)
    assert manner_of(template("llama3")) == Manner(calls=False, several=False)


def test_arguments_that_would_be_escaped_twice_are_given_otherwise() -> None:
    """A template that writes a text as JSON makes of a JSON text something else; of an object it does not."""
    twice = (
        "{% for m in messages %}{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function | tojson }}{% endfor %}"
    )
    manner = manner_of(ChatTemplate("x", twice + "{% endfor %}"))
    assert manner.objects
    assert manner.calls


def test_a_conversation_is_changed_no_more_than_it_must() -> None:
    """What the template can show stays; what it cannot is moved or left out, each under its name."""
    assert fitted(TALK, Manner()).changes == {STRIPPED}
    assert fitted(TALK[:1], Manner()).messages == TALK[:1]
    joined = fitted(TALK, Manner(system=False))
    assert joined.changes == {STRIPPED, JOINED}
    assert joined.messages[0] == Message("user", "Be brief.\n\nGo.")
    parted = fitted(TALK, Manner(several=False)).messages
    assert [(m.role, m.text, [c.name for c in m.calls]) for m in parted[2:]] == [
        ("assistant", "Going.", ["f"]), ("tool", "one", []), ("assistant", "", ["g"]), ("tool", "two", []),
        ("assistant", "Gone.", []),
    ]  # fmt: skip
    assert {PARTED, SILENT} <= fitted(TALK, Manner(several=False), silent=True).changes


def test_calls_that_are_not_answered_stay_without_an_answer() -> None:
    """A conversation may end with them."""
    parted = fitted([Message("user", "Go."), Message("assistant", "", CALLS)], Manner(several=False)).messages
    assert [[c.name for c in m.calls] for m in parted] == [[], ["f"], ["g"]]


def test_ids_get_nine_digits_where_a_template_asks_for_them() -> None:
    """Calls and their results alike."""
    messages = fitted(TALK, Manner(short_ids=True)).messages
    assert [call.id for call in messages[2].calls] == ["000000001", "000000002"]
    assert [m.answers for m in messages if m.role == "tool"] == ["000000001", "000000002"]


def test_calls_that_a_template_does_not_know_are_refused() -> None:
    """A conversation without any is not."""
    with pytest.raises(HiveError, match="no tool calls"):
        fitted(TALK, Manner(calls=False))
    assert fitted(TALK[:2], Manner(calls=False)).messages[0].text == "Be brief."


def test_messages_are_dressed_as_chat_apis_have_them() -> None:
    """Results name their tool; calls are there only where there are some; arguments as the template takes them."""
    objects, texts = dressed(TALK, Manner()), dressed(TALK, Manner(objects=False))
    assert "tool_calls" not in objects[1]
    assert objects[2]["tool_calls"][1]["function"] == {"name": "g", "arguments": {"y": "ü"}}
    assert texts[2]["tool_calls"][1]["function"]["arguments"] == '{"y":"ü"}'
    assert (objects[3]["name"], objects[3]["tool_call_id"]) == ("f", "call_a")


def test_a_value_is_shown_as_it_is_or_escaped_once() -> None:
    """Escaped twice it is another value."""
    value = 'a "b" ü'
    assert shown(value, 'x a "b" ü x')
    assert shown(value, r"a \"b\" ü")
    assert shown(value, r"a \"b\" \u00fc")
    assert not shown(value, r"a \\\"b\\\" ü")


def test_leaves_are_all_that_a_value_says() -> None:
    """Keys, texts and numbers, however deep; what has other words in other languages is left out."""
    value = {"a": [1, {"b": "c"}, True, None], "d": 2.5}
    assert list(leaves(value)) == ["a", "1", "b", "c", "d", "2.5"]
    assert list(texts_of(Message("assistant", "t", (Call("c", "f", {"k": "v"}),)))) == ["t", "f", "k", "v"]
