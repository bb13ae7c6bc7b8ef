"""Front matter is read as the client reads it, and nothing in it can hurt."""

from __future__ import annotations

import random
import time

import pytest

from hive_integration.audit.sources.frontmatter import Document, as_text, parse


def fields(source: str) -> dict[str, object]:
    """Top-level fields of a front matter."""
    return dict(parse(f"---\n{source}\n---\nBODY\n").fields)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\na: b\n---\nBODY\n", "BODY\n"),
        ("---  \na: b\n---  \nBODY\n", "BODY\n"),
        ("---\r\na: b\r\n---\r\nBODY\r\n", "BODY\r\n"),
        ("---\na: b\n---", ""),
        ("---\na: b--- rest", "rest"),
        ("---\n---\nBODY\n", "BODY\n"),
    ],
)
def test_the_next_three_dashes_end_it(text: str, body: str) -> None:
    """Front matter goes from a first line of three dashes to the next three dashes, in whatever place."""
    document = parse(text)
    assert (document.marked, document.body) == (True, body)


@pytest.mark.parametrize(
    "text", ["", "a", "---\nnever closed", "----\na: b\n----\n", "\n---\na: b\n---\n", "---x\na\n---\n"]
)
def test_other_texts_have_none(text: str) -> None:
    """A text that does not open with three dashes alone, or never closes them, is all body."""
    assert parse(text) == Document(text)


def test_bad_yaml_is_quoted_line_by_line() -> None:
    """Where YAML fails, values that look like syntax are taken as texts, and the rest is read as before."""
    assert fields("description: Use this: now\ntools: *, Read\nhint: [a] <b>\nok: 1") == {
        "description": "Use this: now",
        "tools": "*, Read",
        "hint": "[a] <b>",
        "ok": 1,
    }


@pytest.mark.parametrize(
    "source",
    [
        'a: "unclosed',
        "a: 'it's broken: x'",
        '"a": b: c',
        "key_1: b: c",
        "a: b: c\n  more",
        "\ta: b",
        "a: b: c\r",
        "a: b\n...\nc: d",
    ],
)
def test_what_quoting_does_not_mend_is_broken(source: str) -> None:
    """Half-open quotes, odd keys and wrapped lines stay broken: no field survives, the body does."""
    document = parse(f"---\n{source}\n---\nBODY\n")
    assert (document.broken, document.fields, document.body) == (True, {}, "BODY\n")


def test_plain_words_follow_the_core_schema() -> None:
    """`yes` is a word and a date a text; numbers, booleans and null are what YAML 1.2 says."""
    source = "a: yes\nb: 2020-01-01\nc: 0x1F\nd: 017\ne: 1e3\nf: TRUE\ng: ~\nh: '5'\ni: 1_000\nj: !x 5"
    assert fields(source) == {
        "a": "yes", "b": "2020-01-01", "c": 31, "d": 17, "e": 1000.0, "f": True, "g": None, "h": "5", "i": "1_000",
        "j": "5",
    }  # fmt: skip


def test_lists_are_kept_and_mappings_emptied() -> None:
    """A list keeps its items, a nested mapping nothing: none of it is ever listed."""
    assert fields("a: [x, [y, 2]]\nb: {c: d}\ne:\n- f") == {"a": ("x", ("y", 2)), "b": {}, "e": ("f",)}


def test_anchors_are_followed_and_their_absence_is_text() -> None:
    """An alias gives its anchor's value; an alias to nothing is the text that it looks like."""
    assert fields("a: &x b\nc: *x") == {"a": "b", "c": "b"}
    assert fields("a: *x") == {"a": "*x"}


def test_a_character_written_as_two_escapes_is_one() -> None:
    """JSON's pairs of escapes are read; half a pair is broken."""
    assert fields(r'a: "\ud83d\ude00"') == {"a": "\U0001f600"}
    assert fields(r'a: "\ud83d"') == {}


def test_values_become_text_as_javascript_writes_them() -> None:
    """Whole floats lose their point, lists are joined by commas, mappings are objects."""
    values = [None, True, 1000.0, 1.5, float("inf"), float("nan"), ("a", ("b", None)), {}]
    assert [as_text(value) for value in values] == [
        "", "true", "1000", "1.5", "Infinity", "NaN", "a,b,", "[object Object]",
    ]  # fmt: skip


def test_text_of_a_field_is_empty_for_lists_and_mappings() -> None:
    """A description that is a list or a mapping is no description."""
    document = parse("---\na: [x]\nb: {c: d}\ne: 5\n---\n")
    assert [document.text(key) for key in "abez"] == ["", "", "5", ""]


@pytest.mark.parametrize(
    "source",
    [
        "a: " + "[" * 100_000,
        "- " * 50_000,
        "a: &a [x, x]\n" + "".join(f"k{i}: &k{i} [*{'a' if i == 0 else f'k{i - 1}'}, *a]\n" for i in range(40)),
        "a: " + "x" * 1_000_000,
        "&a " * 50_000,
        "a: 1" + "0" * 100_000,
        "? " * 50_000,
        "\x00\x01" * 1000,
    ],
    ids=["deep", "dashes", "aliases", "long", "anchors", "digits", "questions", "control"],
)
def test_bombs_do_not_go_off(source: str) -> None:
    """Depth, aliases and length cost a moment at most, and never an exception."""
    start = time.perf_counter()
    parse(f"---\n{source}\n---\nBODY\n")
    assert time.perf_counter() - start < 2


def test_any_text_can_be_parsed() -> None:
    """Two thousand random front matters made of YAML's own marks raise nothing and keep body and fields apart."""
    words = random.Random(7)
    marks = [
        "a: ",
        "b",
        "\n",
        "- ",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "|",
        ">",
        "&x ",
        "*x",
        "!t ",
        "#",
        ": ",
        "---",
        "\t",
        "\\u",
        "é",
        "%",
    ]
    for _ in range(2000):
        text = "---\n" + "".join(words.choices(marks, k=words.randrange(30))) + "\n---\nBODY\n"
        assert isinstance(parse(text).body, str)
