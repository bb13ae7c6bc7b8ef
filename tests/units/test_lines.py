"""Facts about the lines of `units.jsonl`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.errors import HiveError
from hive_integration.units import Component, Load, unit_of
from hive_integration.units.behaviour import Behaviour, BehaviourKind
from hive_integration.units.check import Check, CheckKind
from hive_integration.units.lines import Extracted, from_line, to_line

SCHEMA = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}


def an_extracted(text: str = "Always run the tests.\n", **rest: object) -> Extracted:
    unit = unit_of("CLAUDE.md", Component.MEMORY, Load.ALWAYS, text, source="CLAUDE.md:1", **rest)
    behaviour = Behaviour(
        BehaviourKind.METHOD,
        "Red, green, refactor.",
        (unit.digest,),
        "CLAUDE.md:3",
        "TDD",
        ("Red", "Green"),
        (Check(CheckKind.SAYS_IN_ORDER, pattern="red\ngreen"), Check(CheckKind.ORDER, ("Read", "Edit"))),
    )
    return Extracted(unit, {"o200k_base": 5}, "rules: its words", "weights", "says the same every day", (behaviour,))


def test_a_line_is_its_value_again() -> None:
    """What is written is read back equal, schema, steps and checks with it."""
    for each in (an_extracted(), an_extracted(schema=SCHEMA)):
        assert from_line(to_line(each)) == each


def test_the_keys_of_the_contract_come_first() -> None:
    """digest, category, level, name, source, load, text, schema, tokens; ours follow; schema is a tool's only."""
    keys = list(json.loads(to_line(an_extracted(schema=SCHEMA))))
    contract = ["digest", "category", "level", "name", "source", "load", "text", "schema", "tokens"]
    assert keys == [*contract, "component", "reason", "route", "route_reason", "behaviours"]
    assert "schema" not in json.loads(to_line(an_extracted()))


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_survives_as_one_line(text: str) -> None:
    """Line ends of every alphabet, control characters and lone surrogates: one line, UTF-8, the same text."""
    line = to_line(an_extracted(text))
    assert len(line.splitlines()) == 1
    assert from_line(line.encode().decode()).unit.text == text


def test_a_changed_text_is_refused() -> None:
    """The digest is that of the text, or the line does not count."""
    with pytest.raises(HiveError, match="not that of its text"):
        from_line(to_line(an_extracted()).replace("the tests", "no tests"))


def test_a_changed_behaviour_is_refused() -> None:
    """A behaviour's id follows from what it says."""
    with pytest.raises(HiveError, match="not what its words say"):
        from_line(to_line(an_extracted()).replace("Red, green", "Red, blue"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"route": "prompt"}, "unknown route"),
        ({"category": "misc"}, "unknown category"),
        ({"load": None}, "unknown load"),
        ({"extra": 1}, "unknown keys extra"),
        ({"tokens": {"o200k_base": "5"}}, "tokens"),
        ({"tokens": {"o200k_base": True}}, "tokens"),
        ({"schema": []}, "schema is a list"),
        ({"name": 3}, "name is a number"),
        ({"behaviours": {}}, "behaviours is an object"),
        ({"behaviours": ["b"]}, "a behaviour is a text"),
        ({"behaviours": [{"kind": "must"}]}, "lacks id, statement, units"),
    ],
)
def test_what_is_wrong_is_said(change: dict, said: str) -> None:
    """Every key is checked; the message names it."""
    row = json.loads(to_line(an_extracted())) | change
    with pytest.raises(HiveError, match=said):
        from_line(json.dumps(row))


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ({"kind": "felt"}, "unknown kind"),
        ({"kind": "format", "format": "haiku"}, "unknown format"),
        ({"kind": "says", "pattern": "("}, "not a regular expression"),
        ({"kind": "called", "tools": [1]}, "tools holds a number"),
    ],
)
def test_a_check_that_cannot_run_is_refused(check: dict, said: str) -> None:
    """An unknown kind or format, a broken pattern: better said here than in the middle of a compilation."""
    row = json.loads(to_line(an_extracted()))
    row["behaviours"][0]["checks"] = [check]
    with pytest.raises(HiveError, match=said):
        from_line(json.dumps(row))


@pytest.mark.parametrize("line", ["", "[]", "{", "{}", "nope", "[" * 100_000])
def test_other_lines_are_refused(line: str) -> None:
    """Not JSON, not an object, an empty object, JSON that is nested without end."""
    with pytest.raises(HiveError):
        from_line(line)


def test_ambiguity_is_told_by_the_reason() -> None:
    """A reason that begins with `ambiguous: ` marks the unit."""
    assert not an_extracted().ambiguous
    assert Extracted(an_extracted().unit, {}, "ambiguous: rules or methods", "weights", "").ambiguous
