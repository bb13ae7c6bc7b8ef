"""Facts about extraction as a whole."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_integration.knowledge.extract import extracted
from hive_integration.units import Component, Load, unit_of
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.lines import from_line, to_line

from .samples import Words, a_body, a_line, a_name, a_tool

KEY = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}
UNITS = [
    a_tool("store", "Store a value.", KEY),
    a_name("mcp__hive__store"),
    a_line("tester", "Tests everything.", Component.AGENTS),
    a_body("Always run the tests.\n\nNever push to main directly.\n"),
    unit_of("date", Component.ENVIRONMENT, Load.ALWAYS, "Always be here and now."),
    unit_of("System", Component.SYSTEM_PROMPT, Load.ALWAYS, ""),
]  # fmt: skip


def test_every_text_has_its_line_once_in_order() -> None:
    """Figures without a text are left out; what comes twice keeps its first source."""
    again = unit_of("copy", Component.MEMORY, Load.ON_DEMAND, UNITS[3].text, source="copy.md:1")
    lines = list(extracted([*UNITS, again], Words()))
    assert [line.unit.name for line in lines] == [unit.name for unit in UNITS[:5]]
    assert lines[3].unit.source == "CLAUDE.md:1"
    assert lines[3].tokens == {"words": 9}


def test_the_same_units_give_the_same_lines() -> None:
    """Byte for byte, and each line is read back equal."""
    first, second = ([to_line(line) for line in extracted(UNITS, Words())] for _ in range(2))
    assert first == second
    assert [to_line(from_line(line)) for line in first] == first


def test_a_tool_yields_its_use_its_neighbour_and_its_error() -> None:
    """TOOL, NO_TOOL and RECOVERY at least; they cite the listed line, too."""
    tool = next(extracted(UNITS, Words()))
    kinds = {behaviour.kind for behaviour in tool.behaviours}
    assert {BehaviourKind.TOOL, BehaviourKind.NO_TOOL, BehaviourKind.RECOVERY} <= kinds
    assert UNITS[1].digest in tool.behaviours[0].units


def test_what_is_not_for_weights_has_no_behaviours() -> None:
    """Whatever the here and now says, it is not trained on."""
    lines = {line.unit.name: line for line in extracted(UNITS, Words())}
    assert lines["date"].route == "stay"
    assert not lines["date"].behaviours
    assert lines["it"].behaviours


PIECES = st.sampled_from(
    ["# A\n", "## Steps\n", "1. Read it\n", "2. Write it\n", "3. Run it\n", "- never x y z\n", "```\n", "a → b → c\n",
     "if it fails, retry it.\n", "Always call `store`.\n", "\t", "\r\n", "**Will not:**\n", "ß\ud800 \u2028"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30), st.sampled_from(list(Component)), st.sampled_from(list(Load)))
def test_any_markdown_goes_through(pieces: list[str], component: Component, load: Load) -> None:
    """Whatever the text, the component and the load: no error, and every line can be read back."""
    unit = unit_of("x", component, load, "".join(pieces), source="x.md:3")
    for line in extracted([unit, UNITS[0]], Words()):
        assert from_line(to_line(line)) == line


def test_no_statement_quotes_more_than_a_sentence() -> None:
    """A statement is one line of at most 320 characters and the few words around it."""
    text = "Always check the first thing. Never do the second thing. You must ensure the third thing is done well.\n"
    behaviours = next(extracted([a_body(text)], Words())).behaviours
    assert len(behaviours) == 3
    assert all("\n" not in b.statement and b.statement in text for b in behaviours)


@pytest.mark.parametrize(
    "piece", ["Never do a → b → c. ", "- never x y z w\n", "# Step 1: a\n", "`a", "(A, B, ", "sk-"]
)
def test_time_is_linear(piece: str) -> None:
    """Ten times the text takes at most some twenty times as long, whatever is repeated."""

    def seconds(length: int) -> float:
        unit = a_body((piece * length)[:length], Component.SKILLS)
        begun = time.perf_counter()
        list(extracted([unit], Words()))
        return time.perf_counter() - begun

    assert seconds(100_000) < 20 * min(seconds(10_000) for _ in range(3)) + 0.2
