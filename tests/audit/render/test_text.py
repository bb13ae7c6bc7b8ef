"""The report on a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from hive_integration.audit.compare import compare
from hive_integration.audit.render import words
from hive_integration.audit.render.text import BLOCKS, render
from hive_integration.units import Component, Load
from tests.audit.sample import finding, hostile, report_of, sample


def plain(**options: object) -> str:
    """The sample as text, 80 columns, no colour."""
    return render(sample(), **{"width": 80, "color": False} | options)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [20, 80, 100, 300])
def test_no_line_is_wider_than_asked(width: int) -> None:
    """At any width between 60 and 110 columns nothing sticks out; narrower terminals get 60."""
    for report in (sample(), sample(tool_search=False), hostile()):
        text = render(report, width=width, color=False)
        assert max(cell_len(line) for line in text.splitlines()) <= max(60, min(width, 110))


def test_without_colour_there_is_no_escape() -> None:
    """Plain text is printable characters and line ends."""
    assert all(char == "\n" or char.isprintable() for char in plain())


def test_hostile_names_cannot_steer_the_terminal() -> None:
    """With colour too, the only escapes are our own colours."""
    text = render(hostile(), width=100, color=True)
    for start in text.split("\x1b")[1:]:
        assert start.startswith("[")
        assert start[1:].split("m")[0].replace(";", "").isdigit()
    assert "\\x1b[31mred" in text
    assert "\x9b" not in text
    assert "\u202e" not in text
    assert "[bold red]" in text


def test_the_total_and_its_share_come_first() -> None:
    """The first figure is the idle total, with its share of the window."""
    report = sample()
    line = next(line for line in plain().splitlines() if "before you type" in line)
    assert f"{report.total_tokens:,} tokens before you type a word" in line
    assert "3.0 % of a window of 1,000,000" in line


def test_categories_stand_with_their_sums() -> None:
    """Each category with units has a line with its tokens, and the last line is the total."""
    report, lines = sample(), plain().splitlines()
    for component, tokens, units in report.categories():
        row = next(
            line.split(words.label(component), 1)[1].split() for line in lines if f"  {words.label(component)} " in line
        )
        assert row[:2] == [f"{units:,}", f"{tokens:,}"]
    assert any(line.split()[:2] == ["Idle", "total"] and f"{report.total_tokens:,}" in line for line in lines)


def test_what_is_deferred_is_not_in_the_total() -> None:
    """Deferred and on-demand tokens stand in a section of their own, after the total."""
    text = plain()
    apart = text.index("Not in the total")
    assert apart > text.index("Idle total")
    assert f"{sample().tokens_of(Load.DEFERRED):,}" in text[apart:]
    assert f"{sample().tokens_of(Load.ON_DEMAND):,}" in text[apart:]


def test_the_largest_units_are_listed_in_order() -> None:
    """`top` units, the largest first, with what they are and where they come from."""
    text = plain(top=3)
    part = text[text.index("The 3 largest units") : text.index("What could move")]
    assert [line.split()[1] for line in part.splitlines()[2:5]] == ["CLAUDE.md", "Bash", "auto"]
    assert "the client" in part
    assert "Agent" not in part.split("auto")[1]


def test_bars_are_in_proportion() -> None:
    """The largest category has the longest bar, one of half its size half the length."""
    report = report_of(finding("a", Component.AGENTS, 800), finding("b", Component.SKILLS, 400))
    lines = render(report, width=100, color=False).splitlines()
    agents, skills = (
        next(line.count("█") for line in lines if line.strip().startswith(n)) for n in ("Agents", "Skills")
    )
    assert agents == pytest.approx(2 * skills, abs=1)


def test_a_terminal_without_room_has_no_bars() -> None:
    """At 60 columns the figures stay and nothing stands for a bar."""
    text = plain(width=60)
    assert not set(text) & set(BLOCKS.strip())
    assert "the client" in text


def test_a_comparison_says_what_changed() -> None:
    """Against an older report, the differences stand unit by unit with their sum."""
    new = sample(tool_search=False)
    text = render(new, width=100, color=False, comparison=compare(sample().to_json(), new))
    assert "Since the older audit" in text
    assert f"+{new.total_tokens - sample().total_tokens:,}" in text
    assert "353 grew" in text
    assert "MCP tools +" in text


@pytest.mark.parametrize(
    ("budget", "said"), [(10_000, "over the budget of 10,000"), (90_000, "under the budget of 90,000")]
)
def test_a_budget_is_judged(budget: int, said: str) -> None:
    """A budget is answered with how far over or under it the total is."""
    assert said in plain(budget=budget)


def test_an_empty_report_is_still_a_report() -> None:
    """No unit, no model, no price, no warning: nothing divides by zero and nothing is missing."""
    text = render(report_of(), width=80, color=False)
    assert "0 tokens before you type a word" in text
    assert "Warnings" not in text
