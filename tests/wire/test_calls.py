"""Facts about the repair of a model's tool calls."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.wire.calls import MAX_TEXT, REPAIRS, mend

SHELL: dict[str, Any] = {
    "type": "object",
    "properties": {
        "command": {"type": "string"},
        "timeout": {"type": "number"},
        "run_in_background": {"type": "boolean"},
        "description": {"type": ["string", "null"]},
    },
    "required": ["command"],
    "additionalProperties": False,
}
STORE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "key": {"type": "string"},
        "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        "either": {"type": ["string", "integer"], "pattern": "^[a-z]"},
        "kind": {"enum": ["a", "b"]},
    },
    "required": ["key"],
    "$defs": {"row": {"type": "object", "properties": {"n": {"type": "integer"}, "s": {}}, "required": ["n"]}},
}


@pytest.mark.parametrize(
    ("schema", "text", "value", "repairs"),
    [
        (SHELL, '{"command ": "ls"}', {"command": "ls"}, ["key_blanks"]),
        (SHELL, '{"\\u200bcommand\\n": " ls "}', {"command": " ls "}, ["key_blanks"]),
        (STORE, '{" key": "k", "more": 1}', {"key": "k", "more": 1}, ["key_blanks"]),
        (SHELL, '{"command": "", "runInBackground": true}', {"command": "", "run_in_background": True}, ["key_case"]),
        (SHELL, '{"command": "5", "timeout": "5"}', {"command": "5", "timeout": 5}, ["type"]),
        (SHELL, '{"command": "", "timeout": "-0.5"}', {"command": "", "timeout": -0.5}, ["type"]),
        (SHELL, '{"command": "", "run_in_background": "False"}', {"command": "", "run_in_background": False}, ["type"]),
        (SHELL, '{"command": 5}', {"command": "5"}, ["type"]),
        (SHELL, '{"command": "ls", "timeout": null}', {"command": "ls"}, ["null_removed"]),
        (SHELL, '{"command": "ls", "description": null}', {"command": "ls", "description": None}, []),
        (SHELL, '{"arguments": {"command": "ls"}}', {"command": "ls"}, ["wrapper"]),
        (SHELL, '{"input": "{\\"command\\": \\"ls\\",}"}', {"command": "ls"}, ["wrapper", "trailing_comma"]),
        (SHELL, '{"parameters": {"Command": 5}}', {"command": "5"}, ["wrapper", "key_case", "type"]),
        (SHELL, '"{\\"command\\": \\"ls\\"}"', {"command": "ls"}, ["double_encoded"]),
        (SHELL, '{"command": "ls"', {"command": "ls"}, ["cut_short"]),
        (SHELL, "{'command': 'ls'}", {"command": "ls"}, ["python_literal"]),
        ({}, "", {}, ["empty"]),
        ({}, "null", {}, ["null_arguments"]),
        ({}, '{"arguments": {"a": 1}}', {"arguments": {"a": 1}}, []),
        (STORE, '{"key": "k", "count": "7"}', {"key": "k", "count": 7}, ["type"]),
        (STORE, '{"key": "k", "tags": "a.py"}', {"key": "k", "tags": ["a.py"]}, ["single_item"]),
        (STORE, '{"key": "k", "tags": "[\\"a b\\"]"}', {"key": "k", "tags": ["a b"]}, ["double_encoded"]),
        (STORE, '{"key": "", "metadata": "{\\"a\\": \\"\\"}"}', {"key": "", "metadata": {"a": ""}}, ["double_encoded"]),
        (STORE, '{"key": "k", "metadata": {"port": 80}}', {"key": "k", "metadata": {"port": "80"}}, ["type"]),
        (STORE, '{"key": "", "rows": [{"n": "1"}]}', {"key": "", "rows": [{"n": 1}]}, ["type"]),
        (STORE, '{"key": "", "rows": {"n ": 2}}', {"key": "", "rows": [{"n": 2}]}, ["single_item", "key_blanks"]),
        (STORE, '{"key": "k", "kind": null}', {"key": "k"}, ["null_removed"]),
        (SHELL, '{"command": "\ud83d\ude00"}', {"command": "😀"}, ["surrogates"]),
    ],
)  # fmt: skip
def test_what_is_certain_is_repaired(schema: dict[str, Any], text: str, value: object, repairs: list[str]) -> None:
    """The client gets the one call that can be meant, and every repair is counted by its kind."""
    mended = mend(text, schema)
    assert mended.problems == ()
    assert json.loads(mended.arguments) == value
    assert [*mended.repairs] == repairs
    assert set(repairs) <= set(REPAIRS)
    assert repairs or mended.arguments == text


@pytest.mark.parametrize(
    ("schema", "text", "where"),
    [
        (SHELL, "", "command"),
        (SHELL, "null", "command"),
        (SHELL, "[]", "the arguments"),
        (SHELL, '"text"', "the arguments"),
        (SHELL, '"\\"{}\\""', "the arguments"),
        (SHELL, '{"command": "rm -rf /tmp/x', "the arguments"),
        (SHELL, '{"command": "ls", "timeout": NaN}', "the arguments"),
        (SHELL, '{"command": null}', "command"),
        (SHELL, '{"command": ["ls"]}', "command"),
        (SHELL, '{"command": {"a": 1}}', "command"),
        (SHELL, '{"command": true}', "command"),
        (SHELL, '{"command": 1.10}', "command"),
        (SHELL, '{"command": "ls", "timeout": "1.10"}', "timeout"),
        (SHELL, '{"command": "ls", "timeout": " 5"}', "timeout"),
        (SHELL, '{"command": "ls", "timeout": "1e3"}', "timeout"),
        (SHELL, '{"command": "ls", "timeout": true}', "timeout"),
        (SHELL, '{"command": "ls", "run_in_background": "yes"}', "run_in_background"),
        (SHELL, '{"command": "ls", "run_in_background": 1}', "run_in_background"),
        (SHELL, '{"command": "ls", "cwd": "/"}', "cwd"),
        (SHELL, '{"command": "ls", "command ": "rm"}', "command "),
        (SHELL, '{"command ": "ls", " command": "rm"}', " command"),
        (SHELL, '{"Command": "ls", "COMMAND": "rm"}', "command"),
        (SHELL, '{"arguments": {"command": "ls"}, "x": 1}', "command"),
        (SHELL, '{"arguments": "{\\"command\\": \\"ls\\""}', "command"),
        (STORE, '{"Key": "k"}', "key"),
        (STORE, '{" key": "k", "key ": "l"}', "key"),
        (STORE, '{"key": "k", "tags": "a b"}', "tags"),
        (STORE, '{"key": "k", "tags": "a,b"}', "tags"),
        (STORE, '{"key": "k", "tags": ""}', "tags"),
        (STORE, '{"key": "k", "tags": 5}', "tags"),
        (STORE, '{"key": "k", "tags": "[\\"a\\""}', "tags"),
        (STORE, '{"key": "k", "metadata": {"a": null}}', "metadata.a"),
        (STORE, '{"key": "k", "metadata": ""}', "metadata"),
        (STORE, '{"key": "k", "rows": [null]}', "rows.0"),
        (STORE, '{"key": "k", "rows": "x"}', "rows"),
        (STORE, '{"key": "k", "either": "5"}', "either"),
        (STORE, '{"key": "k", "kind": "A"}', "kind"),
    ],
)
def test_what_is_not_certain_is_refused(schema: dict[str, Any], text: str, where: str) -> None:
    """The text stays as it came, and a problem names the place."""
    mended = mend(text, schema)
    assert (mended.arguments, mended.repairs) == (text, ())
    assert str(mended.problems[0]).partition(": ")[0] == where


def test_a_repair_keeps_the_order_of_the_keys() -> None:
    """Nothing but the wrong key changes."""
    assert mend('{"timeout":1,"command ":"ls","description":"d"}', SHELL).arguments == (
        '{"timeout":1,"command":"ls","description":"d"}'
    )


def test_a_known_key_is_no_wrapper() -> None:
    """A tool may have an argument called `input`."""
    schema = {"properties": {"input": {"type": "string"}}, "required": ["input"]}
    assert mend('{"input": {"input": "x"}}', schema).problems


def test_a_schema_that_is_not_valid_lets_any_object_pass() -> None:
    """As it would without a gateway; without a schema, too. What is no object is refused all the same."""
    for schema in ({"type": "strnig"}, None):
        assert mend('{"a": 1}', schema).problems == ()
        assert mend("[1]", schema).problems


@pytest.mark.parametrize("schema", [SHELL, {}, {"type": "strnig"}])
def test_what_is_nested_too_deep_is_refused(schema: dict[str, Any]) -> None:
    """Not by an exception, and whatever the schema."""
    assert mend('{"a":' + "[" * 900 + "]" * 900 + "}", schema).problems[0].keyword == "limit"


def test_depth_that_a_repair_brings_to_light_is_refused() -> None:
    """It may hide in a string that stands where an object should."""
    inner = '{"command":' + "[" * 400 + "]" * 400 + "}"
    assert mend(json.dumps({"arguments": inner}), SHELL).problems[0].keyword == "limit"
    assert mend(json.dumps({"key": "k", "metadata": inner}), STORE).problems[0].keyword == "limit"


def test_more_than_eight_megabytes_are_refused() -> None:
    """Before they are read."""
    begin = time.perf_counter()
    assert mend('{"command": "' + "x" * MAX_TEXT + '"}', SHELL).problems[0].expected == f"at most {MAX_TEXT}"
    assert time.perf_counter() - begin < 0.1


def test_eight_megabytes_of_a_file_pass_as_they_are() -> None:
    """A long string costs no more than to read it."""
    text = json.dumps({"command": 'é\n"' * 500_000})
    assert mend(text, SHELL).arguments is text


KEYS = [
    "command",
    "command ",
    "Command",
    "timeout",
    "run_in_background",
    "runInBackground",
    "x",
    "arguments",
    "key",
    "rows",
]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(
    st.characters(codec="utf-8")) | st.sampled_from(["5", "true", "[1]", "{}", " x ", "1.50"])  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
)
CALLS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)


@given(CALLS, st.sampled_from([SHELL, STORE, {}]), st.sampled_from([None, 1]))
def test_a_valid_call_is_not_touched(call: dict[str, Any], schema: dict[str, Any], indent: int | None) -> None:
    """The very same text, for whatever the schema allows."""
    text = json.dumps(call, indent=indent)
    if jsonschema.Draft202012Validator(schema).is_valid(call):
        mended = mend(text, schema)
        assert mended.arguments is text
        assert (mended.repairs, mended.problems) == ((), ())


@given(CALLS, st.sampled_from([SHELL, STORE]))
def test_no_string_is_altered(call: dict[str, Any], schema: dict[str, Any]) -> None:
    """A string that is still a string after the repair is one that the model wrote, or the digits of an integer."""
    mended = mend(json.dumps(call), schema)
    if mended.repairs:
        written = strings(call) | {inner for text in strings(call) for inner in strings(decoded(text))}
        assert strings(json.loads(mended.arguments)) <= written


def strings(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(strings, value.values()))
    if isinstance(value, list):
        return set().union(*map(strings, value))
    return {str(value)} if isinstance(value, str | int) else set()


def decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def assert_sound(text: str, schema: dict[str, Any]) -> None:
    """The law: refused with a problem, or an object that jsonschema finds valid; and there is no second repair."""
    mended = mend(text, schema)
    if mended.problems:
        assert (mended.arguments, mended.repairs) == (text, ())
        return
    value = json.loads(mended.arguments)
    assert isinstance(value, dict)
    assert jsonschema.Draft202012Validator(schema).is_valid(value)
    assert mended.arguments.encode()
    again = mend(mended.arguments, schema)
    assert (again.arguments, again.repairs) == (mended.arguments, ())


@given(st.text(st.characters()) | CALLS.map(json.dumps) | CALLS.map(repr), st.sampled_from([SHELL, STORE, {}]))
def test_what_leaves_is_valid_whatever_came(text: str, schema: dict[str, Any]) -> None:
    """No text raises, and what is not refused is an object that fits the schema."""
    assert_sound(text, schema)


def test_twenty_thousand_garbled_calls_are_mended_or_refused() -> None:
    """Good calls with pieces cut out, doubled, swapped and flipped, from one seed."""
    dice = random.Random(11)
    good = [
        '{"command": "ls -la", "timeout": 5, "run_in_background": true}',
        '{"key": "k", "tags": ["a", "b"], "rows": [{"n": 1, "s": "x\\n"}], "metadata": {"a": "b"}, "count": null}',
        "{'command': 'it\\'s', 'timeout': None}",
        '"{\\"command\\": \\"ls\\"}"',
        '{"arguments": {"command": "ls"}}',
    ]
    schemas = [SHELL, STORE]
    for _ in range(20_000):
        text = dice.choice(good)
        for _ in range(dice.randrange(1, 4)):
            a, b = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
            text = dice.choice([
                text[:a],
                text[:a] + text[b:],
                text[:b] + text[a:],
                text[:a] + dice.choice('{}[]:,"\'\\ \n5é\ud800') + text[a:],
                text.replace('"', "'"),
                text[:a] + text[a:b].swapcase() + text[b:],
            ])  # fmt: skip
        assert_sound(text, dice.choice(schemas))


def test_a_small_valid_call_costs_little() -> None:
    """Some 15 µs on an idle machine; the test allows for one that is not."""
    rounds = 300
    begin = time.perf_counter()
    for _ in range(rounds):
        mend('{"command": "ls -la", "description": "List files"}', SHELL)
    assert (time.perf_counter() - begin) / rounds < 300e-6
