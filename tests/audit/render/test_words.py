"""Numbers and names read the same in every form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hive_integration.audit.render import words
from hive_integration.units import Component
from tests.audit.sample import finding, report_of, sample


@pytest.mark.parametrize(("value", "shown"), [(1234, "+1,234"), (-5, "−5"), (0, "±0")])
def test_differences_carry_their_sign(value: int, shown: str) -> None:
    """A difference always says which way it goes."""
    assert words.signed(value) == shown


@pytest.mark.parametrize(
    ("amount", "shown"), [(0, "$0.00"), (0.00612, "$0.0061"), (1.944, "$1.94"), (6451, "$6,451.00")]
)
def test_small_amounts_keep_digits(amount: float, shown: str) -> None:
    """An amount under ten cents has four decimals."""
    assert words.usd(amount) == shown


def test_a_share_of_nothing_is_a_dash() -> None:
    """Without a whole there is no share, and no division by zero."""
    assert words.percent(0, 0) == "–"
    assert words.percent(1, 3) == "33.3 %"


def test_every_component_has_a_label() -> None:
    """No category reaches a reader under its internal name; an unknown one is passed on."""
    assert set(words.LABELS) == set(Component)
    assert words.label("mcp_tools") == "MCP tools"
    assert words.label("of_a_later_version") == "of_a_later_version"


def test_tool_names_lose_their_wire_form() -> None:
    """`mcp__server__tool` is `server/tool` for people."""
    assert words.short("mcp__claude-flow__memory__store") == "claude-flow/memory__store"
    assert words.short("Bash") == "Bash"


def test_origins_are_told_apart() -> None:
    """The client's own, a server's and a file's units say so in few words."""
    own = finding("Bash", Component.BUILTIN_TOOLS, 1, source="claude-code@2.1.329/tools/Bash").unit
    tool = finding("mcp__a__b", Component.MCP_TOOLS, 1, source="a/b").unit
    file = finding("coder", Component.AGENTS, 1, source=".claude/agents/coder.md").unit
    unknown = finding("?", Component.OTHER, 1, source="").unit
    assert [words.origin(unit, "claude-code") for unit in (own, tool, file, unknown)] == [
        "the client", "MCP server a", ".claude/agents/coder.md", "unknown",
    ]  # fmt: skip


def test_natures_add_up_to_the_total() -> None:
    """Trainable, dynamic and unattributed are the whole of the idle total."""
    report = sample()
    assert sum(tokens for _, tokens, _ in words.natures(report)) == report.total_tokens
    assert [name for name, _, _ in words.natures(report)] == ["Trainable", "Dynamic", "Unattributed"]


def test_remarks_name_the_other_ways() -> None:
    """A total that would differ with tool search off, or behind a gateway, is not left alone."""
    notes = {"tool_search": True, "loaded_total_tokens": 92_600, "gateway_total_tokens": 98_800}
    said = " ".join(words.remarks(report_of(finding("a", Component.OTHER, 5), notes=notes)))
    assert "tool search is on; off, the total is 92,600" in said
    assert "98,800" in said


def test_an_estimate_says_its_error() -> None:
    """Where the counts are not exact, the counter's own sentence about its error is shown."""
    report = report_of(finding("a", Component.OTHER, 5), exact=False, notes={"tokens": "within 7 % on 95 of 100 texts"})
    assert "within 7 % on 95 of 100 texts" in list(words.remarks(report))


def test_an_estimate_of_the_models_tokens_says_so() -> None:
    """Where ctok does not run, the reader learns that the figure is no count, and what would make it one."""
    report = replace(sample(), model_tokenizer="claude-4.8", model_tokens=12_345)
    said = f"for {report.client.model} that is 12,345 tokens (claude-4.8"
    assert f"{said})" in words.remarks(report)
    assert f"{said}, an estimate; exact with Python 3.12 or later)" in words.remarks(replace(report, model_exact=False))
