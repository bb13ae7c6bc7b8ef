"""The report for a pull request, read back by a Markdown parser."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hive_integration.audit.compare import compare
from hive_integration.audit.render.markdown import escaped, render
from hive_integration.audit.render.visible import visible
from hive_integration.units import Component
from tests.audit.sample import HOSTILE, finding, hostile, report_of, sample

PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@example("@someone closes #1 https://evil.example www.evil.example")
@example("| `a` | <b>x</b> &amp; $x^2$ ~~no~~")
@example("\\| \\` \\<")
@example("- [ ] task")
def test_an_escaped_name_reads_as_itself(text: str) -> None:
    """In a table's cell any text comes out as the text it is, in one cell, without any element in it."""
    page = PARSER.render(f"| a | b |\n| - | - |\n| x{escaped(text)}x | end |\n")
    cells = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    assert len(cells) == 2
    assert html.unescape(cells[0]).replace("\u200b", "") == f"x{visible(text)}x"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_links_or_mentions(text: str) -> None:
    """No address, no mention and no issue number survives that a forge would turn into a link or a message."""
    shown = escaped(f"{text} @ana https://e.example www.e #12 org/repo#3")
    assert not re.search(r"https?://|www\.|<\w", shown)
    assert not re.search(r"@\w|#\d", html.unescape(shown))


@pytest.mark.parametrize("text", ["- a", "+ a", "1. a", "2) a", "# a", "> a", "=", "---", "***", "| a", "```"])
def test_a_warning_begins_no_block(text: str) -> None:
    """As an item of a list, a text that looks like a list, heading, quote or rule is a text."""
    page = PARSER.render(f"- {escaped(text)}\n")
    assert html.unescape(re.sub(r"\s*</?(ul|li)>\s*", "", page)).replace("\u200b", "") == text


def test_a_hostile_report_holds_only_our_own_markup() -> None:
    """The only HTML elements are the folds and the small print; every table row has its cells."""
    text = render(hostile(), comparison=compare(report_of().to_json(), hostile()))
    assert set(re.findall(r"</?(\w+)", text)) == {"details", "summary", "sub"}
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


def test_the_first_line_says_it_all() -> None:
    """Total, difference, share, money and budget stand in one line."""
    new = sample(tool_search=False)
    first = render(new, comparison=compare(sample().to_json(), new), budget=50_000).splitlines()[0]
    for part in (f"{new.total_tokens:,} tokens", "+50,297", "8.1 % of the window", "a day with caching", "❌ over"):
        assert part in first


def test_categories_show_their_change() -> None:
    """With a comparison the table has a column of differences, also for a category that has vanished."""
    old = report_of(finding("a", Component.HOOKS, 70), finding("b", Component.SKILLS, 10))
    new = report_of(finding("b", Component.SKILLS, 15))
    text = render(new, comparison=compare(old.to_json(), new))
    assert "| Hooks | 0 | 0 | 0.0 % | −70 |" in text
    assert "| Skills | 1 | 15 | 100.0 % | +5 |" in text


def test_many_changes_stay_within_a_comment() -> None:
    """A forge's comment holds 65,536 characters: long tables are cut, and say so."""
    units = [finding(f"mcp__s__{i}_{'x' * 70}", Component.MCP_TOOLS, i) for i in range(2_000)]
    text = render(report_of(*units), comparison=compare(report_of().to_json(), report_of(*units)))
    assert len(text) < 40_000
    assert "… and 1950 more" in text


def test_deferred_tokens_are_said_not_to_count() -> None:
    """What is deferred has a row that says that it is not in the total."""
    assert "not in the total" in next(line for line in render(sample()).splitlines() if "Deferred" in line)
