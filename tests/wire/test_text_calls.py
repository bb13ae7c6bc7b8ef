"""Facts about tool calls that stand in the text."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.wire.events import Event, Text, ToolEnd, ToolPart, ToolStart
from hive_integration.wire.text_calls import CLOSE, OPEN, TextCalls, beginning


def read(pieces: Iterable[str]) -> list[tuple[str, str]]:
    """Texts as ("", text) and calls as (name or "?", arguments), neighbouring texts joined."""
    parser = TextCalls(count())
    events: list[Event] = [event for piece in pieces for event in parser.feed(piece)]
    events += parser.close()
    found: list[tuple[str, str]] = []
    for event in events:
        if isinstance(event, Text):
            if found and not found[-1][0]:
                found[-1] = ("", found[-1][1] + event.text)
            else:
                found.append(("", event.text))
        elif isinstance(event, ToolStart):
            found.append((event.name or "?", ""))
        elif isinstance(event, ToolPart):
            found[-1] = (found[-1][0], event.json)
        else:
            assert isinstance(event, ToolEnd)
    assert parser.count == sum(bool(name) for name, _ in found)
    return found


def tag(inner: str) -> str:
    return OPEN + inner + CLOSE


A, B = '{"name": "A", "arguments": {"x": 1}}', '{"name": "B", "arguments": {"y": 2}}'
TEXTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "no call": ("a < b <tool_calls> <", [("", "a < b <tool_calls> <")]),
    "one": ("I look.\n" + tag(A), [("", "I look.\n"), ("A", '{"x": 1}')]),
    "blanks": (tag('\n {"arguments": {"x":  1}, "name": "A"}\n'), [("A", '{"x":  1}')]),
    "several": (
        tag(A) + "\n" + tag(B) + " end",
        [("A", '{"x": 1}'), ("", "\n"), ("B", '{"y": 2}'), ("", " end")],
    ),
    "in a code fence": ("```\n" + tag(A) + "\n```", [("", "```\n"), ("A", '{"x": 1}'), ("", "\n```")]),
    "no arguments": (tag('{"name": "A"}'), [("A", "")]),
    "parameters": (tag('{"name": "A", "parameters": {"x": 1}}'), [("A", '{"x": 1}')]),
    "null arguments": (tag('{"name": "A", "arguments": null}'), [("A", "")]),
    "arguments as text": (tag('{"name": "A", "arguments": "{\\"x\\": 1}"}'), [("A", '{"x": 1}')]),
    "a tag in a string": (
        tag('{"name": "A", "arguments": {"x": "a</tool_call>\\"</tool_call>b"}}') + "c",
        [("A", '{"x": "a</tool_call>\\"</tool_call>b"}'), ("", "c")],
    ),
    "a quote too few": (
        tag('{"name": "A", "arguments": {"x": "abc}}') + " and " + tag(B) + ".",
        [("A", '{"x": "abc}}'), ("", " and "), ("B", '{"y": 2}'), ("", ".")],
    ),
    "a bracket too many": (tag(A + "}"), [("A", '{"x": 1}')]),
    "a bracket too few": (tag(A[:-1]), [("A", '{"x": 1}')]),
    "cut short": (OPEN + '{"name": "A", "arguments": {"x": "1', [("A", '{"x": "1')]),
    "cut in the name": (OPEN + '{"na', [("?", '{"na')]),
    "cut in the closing tag": (OPEN + A + "</tool_c", [("A", '{"x": 1}')]),
    "no closing tag": (OPEN + A, [("A", '{"x": 1}')]),
    "no JSON": (tag("ls -la"), [("?", "ls -la")]),
    "a name without arguments, broken": (tag('{"name": "A", oops}'), [("A", '{"name": "A", oops}')]),
    "a name in the arguments only": (tag('{"arguments": {"name": "x", }}'), [("?", '{"arguments": {"name": "x", }}')]),
    "a list": (tag('["A"]'), [("?", '["A"]')]),
    "nothing": (tag(""), [("?", "")]),
    "a tag in a tag": ("<" + tag(A) + ">", [("", "<"), ("A", '{"x": 1}'), ("", ">")]),
    "the beginning of a tag at the end": ("a <tool_call", [("", "a <tool_call")]),
    "an end without a beginning": ("a </tool_call> b", [("", "a </tool_call> b")]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_calls_are_found_in_the_text_and_nothing_is_lost(name: str) -> None:
    """Whole, and a character at a time."""
    text, expected = TEXTS[name]
    assert read([text]) == expected
    assert read(text) == expected


@given(parts=st.lists(st.sampled_from([OPEN, CLOSE, '{"name": "A", "arguments": {"x": "', '"}}', '"', "\\", "é", "<",
 "a"])),
       draw=st.data())  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_a_split_anywhere_changes_nothing(parts: list[str], draw: st.DataObject) -> None:
    """What is found does not depend on how the text came."""
    text = "".join(parts)
    edges = sorted(draw.draw(st.lists(st.integers(0, len(text)), max_size=9)))
    pieces = [text[begin:end] for begin, end in zip([0, *edges], [*edges, len(text)], strict=True)]
    assert read(pieces) == read([text])


def test_text_flows_on_at_once() -> None:
    """Only what may be the beginning of the tag is held."""
    parser = TextCalls(count())
    assert parser.feed("Hello <") == [Text("Hello ")]
    assert parser.feed("b> and <tool_") == [Text("<b> and ")]
    assert parser.feed("box>") == [Text("<tool_box>")]
    assert beginning("a</tool", CLOSE) == 6


@pytest.mark.parametrize("text", [
    tag('"') * 60_000, tag('{"name": "a"}') * 60_000, tag('\\"') * 30_000, tag('"') + tag("") * 60_000, OPEN * 60_000,
    tag('{"name": "a", "arguments": {"x": "' + CLOSE * 60_000 + '"}}'), OPEN + ">" * 500_000, "<" * 500_000,
])  # fmt: skip
def test_hostile_text_costs_time_in_proportion(text: str) -> None:
    """A million characters take a second or so, in one piece or in small ones."""
    began = time.perf_counter()
    read([text])
    read(text[at : at + 40] for at in range(0, len(text), 40))
    assert time.perf_counter() - began < 6
