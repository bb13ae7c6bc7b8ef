"""Facts about masks: the assistant's own characters, with the mark that ends its turn, or an error."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from hive_integration.dataset.export.chat_template import ChatTemplate
from hive_integration.dataset.export.manner import Manner, dressed
from hive_integration.dataset.export.mask import missing, spans
from hive_integration.errors import HiveError
from hive_integration.units.dialogue import Message

LOOP = "{% for m in messages %}"
END = "{% endfor %}"
ASK = "{% if add_generation_prompt %}<|a|>{% endif %}"
TALK = [Message("user", "Hi."), Message("assistant", "Yes."), Message("user", "So?"), Message("assistant", "Yes.")]
MARKS = re.compile(r"<\|?\w+\|?>")


def cut(source: str, talk: list[Message] | None = None) -> list[str]:
    """What the assistant says, by the mask."""
    talk = TALK if talk is None else talk
    template, chat = ChatTemplate("x", source), dressed(talk, Manner())
    render: Callable[[int, bool], str] = lambda n, ask: template.render(chat[:n], (), prompt=ask)  # noqa: E731
    text = render(len(chat), False)
    found = spans(text, talk, render, MARKS)
    assert list(missing(text, talk, found)) == []
    return [text[start:end] for start, end in found.values()]


def test_it_goes_from_the_question_to_the_end_of_the_turn() -> None:
    """With the end's mark and without what asks; the same words twice are two places."""
    plain = LOOP + "<|{{ m.role[0] }}|>{{ m.content }}<|end|>" + END + ASK
    assert cut(plain) == ["Yes.<|end|>", "Yes.<|end|>"]


def test_a_template_without_an_end_mark_ends_with_the_words() -> None:
    """There is nothing else to learn there."""
    assert cut(LOOP + "<|{{ m.role[0] }}|>{{ m.content }}" + END + ASK) == ["Yes.", "Yes."]


def test_thoughts_that_only_the_last_turn_keeps_move_no_other_turn() -> None:
    """What the beginning of a conversation renders otherwise than the whole is found by what stands around it."""
    thought = "{% if loop.last and m.role == 'assistant' %}<think></think>{% endif %}"
    source = LOOP + "<|{{ m.role[0] }}|>" + thought + "{{ m.content }}<|end|>" + END + ASK
    long = [Message("user", "A question of some length."), *TALK[1:]]
    assert cut(source, long) == ["Yes.<|end|>", "<think></think>Yes.<|end|>"]


def test_a_question_that_begins_the_thought_is_not_taken_apart() -> None:
    """`<think>` asks, and a turn without it begins before it, not within it."""
    ask = "{% if add_generation_prompt %}<|a|><think>{% endif %}"
    talk = [Message("user", "Hi."), Message("assistant", "<table> of contents")]
    assert cut(LOOP + "<|{{ m.role[0] }}|>{{ m.content }}<|end|>" + END + ask, talk) == ["<table> of contents<|end|>"]


def test_a_turn_that_ends_otherwise_in_the_middle_is_found_by_what_follows() -> None:
    """The last one ends the answer, the others hand over (gpt-oss')."""
    last = "loop.last and m.role == 'assistant' and not add_generation_prompt"
    end = "{% if " + last + " %}<|return|>{% else %}<|end|>{% endif %}"
    source = LOOP + "<|{{ m.role[0] }}|>{{ m.content }}" + end + END + ASK
    assert cut(source) == ["Yes.<|end|>", "Yes.<|return|>"]


def test_what_cannot_be_found_is_an_error() -> None:
    """A template that shows the beginning in other words, or asks for one thing and shows another."""
    with pytest.raises(HiveError, match="does not show where a message begins: message 2"):
        cut(LOOP + "{{ messages | length }}<|{{ m.role[0] }}|>{{ m.content }}" + END + ASK)
    with pytest.raises(HiveError, match="begins a message otherwise than it asks for it: message 2"):
        cut(LOOP + "{{ m.content }}<|end|>" + END + ASK)


def test_what_is_not_in_its_place_is_missing() -> None:
    """By the index of the message."""
    assert list(missing("Hi. Yes. So? No.", TALK, {1: (4, 8), 3: (13, 16)})) == [3]
    assert list(missing("Yes. So? Yes.", TALK, {1: (0, 4), 3: (9, 13)})) == [0]
