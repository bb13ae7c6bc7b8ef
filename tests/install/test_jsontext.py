"""Facts about edits in JSON text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.install.jsontext import (
    MAX_DEPTH,
    MAX_SIZE,
    append,
    find,
    items,
    kind,
    meaning,
    plain,
    put,
    read,
    remove,
    without,
)
from tests.install.generated import KEY, VALUES, texts, value_of


@settings(max_examples=200, deadline=None)
@given(texts())
def test_any_formatting_is_read(text: str) -> None:
    """The object is what the standard library reads, a mark at the front set aside."""
    assert read(text) == value_of(text)


@settings(max_examples=350, deadline=None)
@given(texts(), st.lists(KEY, min_size=1, max_size=3), VALUES)
def test_taking_out_is_the_inverse_of_putting_in(text: str, keys: Sequence[str], value: Any) -> None:
    """A new member is the only difference, and without it the text is the old one, whatever its formatting."""
    found = find(text, keys)
    if found.obstacle is not None or found.member is not None or len(found.parts) < len(keys) - 1:
        return
    box = found.boxes[-1]
    after = put(text, keys, value)
    member = find(after, keys).member
    assert member is not None
    assert meaning(member.value) == meaning(value)
    assert after.startswith(text[: box.parts[-1].end if box.parts else box.at + 1])
    assert after.endswith(text[box.end - 1 :])
    assert remove(after, keys, text[box.at + 1 : box.end - 1] if not box.parts else "") == text


@settings(max_examples=150, deadline=None)
@given(texts(), st.data())
def test_what_is_left_keeps_its_bytes(text: str, data: st.DataObject) -> None:
    """Taking out any members leaves the others as they are written, in their order, and JSON that parses."""
    box = find(text, ["env"]).boxes[0]
    gone = data.draw(st.sets(st.sampled_from(range(len(box.parts))))) if box.parts else set()
    after = without(text, box, gone)
    left = find(after, ["env"]).boxes[0].parts
    assert [(part.key, after[part.start : part.end]) for part in left] == [
        (part.key, text[part.start : part.end]) for index, part in enumerate(box.parts) if index not in gone
    ]


@settings(max_examples=150, deadline=None)
@given(texts(), st.lists(VALUES, min_size=1, max_size=3))
def test_appended_items_come_out_again(text: str, values: Sequence[Any]) -> None:
    """What is appended to a list is its end, and goes without a trace."""
    member = find(text, ["permissions", "deny"]).member
    if member is None or not isinstance(member.value, list):
        return
    box = items(text, member)
    after = append(text, ["permissions", "deny"], values)
    grown = find(after, ["permissions", "deny"]).member
    assert grown is not None
    assert meaning(grown.value) == meaning([*member.value, *values])
    whole = items(after, grown)
    gone = range(len(box.parts), len(whole.parts))
    assert without(after, whole, gone, text[box.at + 1 : box.end - 1]) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "env": {\n    "X": "1"\n  }\n}\n'),
        ("\ufeff\r\n", '\ufeff{\r\n  "env": {\r\n    "X": "1"\r\n  }\r\n}\r\n'),
        ("{}", '{\n  "env": {\n    "X": "1"\n  }\n}'),
        ('{"a":1}', '{"a":1,"env":{"X":"1"}}'),
        ('{"a": 1}', '{"a": 1, "env": {"X": "1"}}'),
        ('{ "a": 1 }', '{ "a": 1, "env": {"X": "1"} }'),
        ('{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"env": {\n\t\t"X": "1"\n\t}\n}'),
        ('{\r\n    "a": {}\r\n}', '{\r\n    "a": {},\r\n    "env": {\r\n        "X": "1"\r\n    }\r\n}'),
        ('{\n"a": 1\n}', '{\n"a": 1,\n"env": {\n"X": "1"\n}\n}'),
        ('{\n  "env": {}\n}', '{\n  "env": {\n    "X": "1"\n  }\n}'),
        ('{\n  "env": { "Y": "2" }\n}', '{\n  "env": { "Y": "2", "X": "1" }\n}'),
        ('{\n  "env": {\n\n    "Y": "2"\n  }\n}', '{\n  "env": {\n\n    "Y": "2",\n    "X": "1"\n  }\n}'),
        ('{"env": {"X": 5 }, "a": [ ]}', '{"env": {"X": "1" }, "a": [ ]}'),
        ('{"env": {"X": 5}, "env": {"X": 6, "X": 7}}', '{"env": {"X": 5}, "env": {"X": 6, "X": "1"}}'),
    ],
)
def test_a_member_is_written_like_its_neighbours(before: str, after: str) -> None:
    """Indentation, line ends, one-line objects and the last of two equal keys: as the text has them."""
    assert put(before, ("env", "X"), "1") == after


def test_lists_grow_in_their_own_style() -> None:
    """One item a line, or all in one line; an empty list is filled like its surroundings."""
    assert append('{"a":[1]}', ["a"], [2, 3]) == '{"a":[1,2,3]}'
    assert append('{\n  "a": [\n    1\n  ]\n}', ["a"], [[2]]) == '{\n  "a": [\n    1,\n    [\n      2\n    ]\n  ]\n}'
    assert append('{\n  "a": []\n}', ["a"], [2]) == '{\n  "a": [\n    2\n  ]\n}'
    assert append('{\n  "a": [1, 2]\n}', ["a"], [3]) == '{\n  "a": [1, 2, 3]\n}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n  "a": 1,\n}', "line 2|line 3"),
        ('{\n  // no\n  "a": 1\n}', "line 2 is not JSON"),
        ("[1]", "line 1 begins a list; an object is expected"),
        ("\nnull", "line 2 begins null; an object is expected"),
        ('{"a": 1}\n{}', "line 2 is not JSON: Something follows"),
        ('{\n"a": NaN}', "line 2 has a number that is not finite"),
        ('{"a": -Infinity}', "line 1 has a number that is not finite"),
        ('{"a":\n\n1e999}', "line 3 has a number that is not finite"),
        ('{"a": ' + "9" * 5000 + "}", "line 1 has a number that is not finite"),
        ('{"a": 01}', "line 1 is not JSON"),
        ('{"a": "\t"}', "line 1 is not JSON"),
        ('{"a": "x', "line 1 is not JSON"),
        ('{"a\\', "line 1 is not JSON"),
        ("{'a': 1}", "line 1 is not JSON"),
        ("\ufeff\ufeff{}", "line 1 is not JSON"),
        ('{"a": \u00a01}', "line 1 is not JSON"),
        ('{"a": 1-2}', "line 1 is not JSON"),
        ("{" * 100_000, "line 1 is nested deeper than 64"),
        ('{"a":' * 65 + "1" + "}" * 65, "line 1 is nested deeper than 64"),
        (" " * (MAX_SIZE + 1), "16,777,217 characters of JSON; at most 16,777,216"),
    ],
)
def test_what_is_no_json_object_is_refused(text: str, said: str) -> None:
    """One line says where and what, and the hint what to do."""
    with pytest.raises(HiveError, match=said) as caught:
        read(text)
    assert caught.value.hint == "mend it first; nothing was changed"


def test_the_deepest_text_is_read() -> None:
    """64 levels are no fault, and brackets within strings are none."""
    text = '{"a":' * MAX_DEPTH + '"' + "[" * 100 + '"' + "}" * MAX_DEPTH
    assert read(text) is not None
    assert read("\ufeff \r\n") is None


def test_a_member_in_the_way_is_named() -> None:
    """Nothing is put into what is no object."""
    with pytest.raises(HiveError, match=r"^a\.b is a list; an object is expected$"):
        put('{"a": {"b": []}}', ("a", "b", "c"), 1)


def test_sameness_is_that_of_json() -> None:
    """1 is 1.0, true is not 1, the order of keys is nothing, that of items is."""
    assert meaning(1) == meaning(1.0)
    assert meaning(True) != meaning(1)
    assert meaning([0]) != meaning([False])
    assert meaning({"a": 1, "b": [2]}) == meaning({"b": [2.0], "a": 1})
    assert meaning([1, 2]) != meaning([2, 1])
    assert meaning(["object"]) != meaning({"object": None})
    assert meaning("1") != meaning(1)


def test_values_become_plain_json() -> None:
    """Tuples are lists, half characters keep their escape, and what JSON does not have is refused."""
    assert plain({"a": (1, None)}) == {"a": [1, None]}
    assert put("{}", ("a",), "\ud800").encode() == b'{\n  "a": "\\ud800"\n}'
    with pytest.raises(HiveError, match="no JSON value"):
        plain(float("nan"))
    with pytest.raises(HiveError, match="no JSON value"):
        plain({"a": {1, 2}})


def test_kinds_have_names() -> None:
    """Each kind of value is one word or two in a message."""
    assert [kind(value) for value in (None, True, 1, 1.5, "", [], {})] == [
        "null", "a boolean", "a number", "a number", "a string", "a list", "an object",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ['"' * 400_000, '"\\' * 200_000, "{" + '"a":1,' * 60_000 + "}", "1e" * 200_000, "[" * 400_000]
)
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    """400,000 characters that are no JSON are refused in well under a second each."""
    began = time.perf_counter()
    with pytest.raises(HiveError):
        read(text)
    assert time.perf_counter() - began < 1
