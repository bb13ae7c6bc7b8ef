"""Facts about reading JSON text as models write it."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.wire.lenient import MAX_DEPTH, MAX_TOKENS, REPAIRS, read

TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=4)


@given(VALUES, st.booleans(), st.sampled_from([None, 2]))
def test_json_is_read_as_it_is(value: Any, ascii_only: bool, indent: int | None) -> None:
    """Any JSON text has its value and no repairs."""
    reading = read(json.dumps(value, ensure_ascii=ascii_only, indent=indent))
    assert (reading.value, reading.repairs, reading.fault) == (value, (), "")


@given(OBJECTS)
def test_a_python_literal_is_read_as_python_writes_it(value: dict[str, Any]) -> None:
    """`repr` of any JSON object: single quotes, True, None, Python's escapes."""
    reading = read(repr(value))
    assert (reading.value, reading.fault) == (value, "")


@pytest.mark.parametrize(
    ("text", "value", "repairs"),
    [
        ("", {}, ["empty"]),
        (" \n\0", {}, ["empty"]),
        ('{"a": 1,}', {"a": 1}, ["trailing_comma"]),
        ('{"a": [1, 2,],}', {"a": [1, 2]}, ["trailing_comma"]),
        ('{"a": [{"b": "c"', {"a": [{"b": "c"}]}, ["cut_short"]),
        ('{"a": true', {"a": True}, ["cut_short"]),
        ('{"a": {}', {"a": {}}, ["cut_short"]),
        ('{"a": 1}}', {"a": 1}, ["extra_bracket"]),
        ('{"a": "x\ny\t"}', {"a": "x\ny\t"}, ["control_characters"]),
        ('```json\n{"a": 1}\n```', {"a": 1}, ["code_fence"]),
        ('```\n{"a": "```"}```', {"a": "```"}, ["code_fence"]),
        ('\ufeff{"a": 1}', {"a": 1}, ["blanks"]),
        ('{"a": 1}\0\0', {"a": 1}, ["blanks"]),
        ("{'a': True, 'b': None, 'c': \"it's\"}", {"a": True, "b": None, "c": "it's"}, ["python_literal"]),
        ("{'a': '\\x41\\n\\'\\U0001F600'}", {"a": "A\n'😀"}, ["python_literal"]),
        ("{'a': true, \"b\": [False,]}", {"a": True, "b": [False]}, ["trailing_comma", "python_literal"]),
        ('{"a": "\\ud800"}', {"a": "\ud800"}, []),
        ('{"a": "\ud83d\ude00"}', {"a": "\ud83d\ude00"}, ["surrogates"]),
        ('{"a": 1, "a": 2}', {"a": 2}, []),
        ('{"a": 1, "a": 2,}', {"a": 2}, ["trailing_comma"]),
        ('[-0.5e3, 123456789012345678901234567890,]', [-500.0, 123456789012345678901234567890], ["trailing_comma"]),
    ],
)  # fmt: skip
def test_what_is_certain_is_repaired(text: str, value: object, repairs: list[str]) -> None:
    """Each kind of repair gives the one value that can be meant; of a key that comes twice, the last value counts."""
    reading = read(text)
    assert (reading.value, [*reading.repairs], reading.fault) == (value, repairs, "")
    assert set(repairs) <= set(REPAIRS)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"command": "rm -rf /tmp/x', "inside a string"),
        ('{"command": "ls", "descr', "inside a string"),
        ('{"a": "\\', "inside a string"),
        ('{"a": 12', "inside a number"),
        ('{"a": [1', "inside a number"),
        ('{"a": 1,', "where a key was expected"),
        ('{"a": [true,', "where a item was expected"),
        ('{"a":', "where a value was expected"),
        ('{"a"', "where a colon was expected"),
        ("{", "where a first key was expected"),
        ('{"a": [', "where a first item was expected"),
        ('{"a": tru', "tru is no JSON value"),
        ('{"a": NaN}', "NaN is no JSON value"),
        ('{"a": -Infinity}', "found '-Infinity}'"),
        ('{"a": 1e400}', "out of range"),
        ('{"a": 01}', "found '01}'"),
        ('{"a": 1 "b": 2}', "expected comma"),
        ('{"a": 1,, "b": 2}', "expected key"),
        ("{,}", "expected first key"),
        ('{"a": [1}', "another kind of bracket"),
        ('{"a": 1} and more', "expected end"),
        ('{"a": 1}{"a": 1}', "expected end"),
        ("call: {}", "call is no JSON value"),
        ("{a: 1}", "expected first key"),
        ('{"a": "echo "hi""}', "expected comma"),
        ("{'a': 'it's'}", "expected comma"),
        ('{"a": "\\d"}', "an escape that JSON does not know"),
        ("{'a': '\\d'}", "could mean two things"),
        ("{'a': 'x\ny'}", "quotes do not pair up"),
        ("{'a': \"x\ny\"}", "raw line break"),
        ("{'a': ('b',)}", "('b',)}"),
        ("{'a': '\\U99999999'}", "could mean two things"),
        ("{'a': '\\U00110000'}", "could mean two things"),
        ('{"a": // comment\n 1}', "found '// comment"),
        ("```json\n", "found '```json"),
        ("[" * (MAX_DEPTH + 1) + ",", "deep"),
        ("[" * 1_000_000, "deep"),
        ("[" + "1," * MAX_TOKENS, f"more than {MAX_TOKENS}"),
        ('{"a": ' + "1" * 5000 + "}", "digits"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, why: str) -> None:
    """With a reason of one line, and no value."""
    reading = read(text)
    assert why in reading.fault
    assert (reading.value, reading.repairs) == (None, ())


@given(OBJECTS, st.integers(0, 200))
def test_a_cut_text_never_means_another_string_or_number(value: dict[str, Any], at: int) -> None:
    """Whatever is read from the beginning of a text, its leaves are leaves of the whole."""
    text = json.dumps(value)
    reading = read(text[:at])
    if text[:at] and not reading.fault:
        assert set(leaves(reading.value)) <= set(leaves(value))


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in (key, *leaves(each))]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [repr(value)]


@given(st.text(st.characters()))
def test_no_text_raises(text: str) -> None:
    """Half surrogates and all."""
    reading = read(text)
    assert not (reading.fault and reading.repairs)


def test_no_garble_raises() -> None:
    """Twenty thousand texts that are nearly JSON, from one seed."""
    dice = random.Random(7)
    pieces = [
        *"{}[]:,\"'\\ \n",
        "true",
        "None",
        "1",
        "-",
        "1.5e3",
        '"a"',
        "'b'",
        '{"a": 1}',
        "```",
        "\\u12",
        "\ud800",
        "NaN",
    ]
    for _ in range(20_000):
        read("".join(dice.choices(pieces, k=dice.randrange(1, 12))))


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "' + "\\n" * 2_000_000 + '",}',
        '{"a": "' + "\\n" * 2_000_000,
        "{'a': '" + "\\n" * 200_000 + "'}",
        '{"a": "' + "\\" * 4_000_000,
        '"' * 4_000_000,
        " " * 4_000_000 + "x",
        "1" * 4_000_000,
        "a" * 4_000_000,
        "```" + " " * 4_000_000,
        '{"a": "' + "x\n" * 2_000_000 + '"}',
    ],
)
def test_time_is_linear_in_the_text(text: str) -> None:
    """Four million characters of the worst kind take well under the seconds that a square of it would."""
    begin = time.perf_counter()
    read(text)
    assert time.perf_counter() - begin < 3
