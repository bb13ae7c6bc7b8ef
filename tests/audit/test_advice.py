"""Advice comes from findings, names a setting, and promises no more than the findings hold."""

from __future__ import annotations

import re

import pytest

from hive_integration.audit.advice import Advice, advise, undescribed, verdict
from hive_integration.audit.report import Client, Report
from hive_integration.units import Component, Load
from tests.audit.sample import finding, hostile, report_of, sample


def about(report: Report, word: str) -> Advice | None:
    """The piece of advice whose title or text speaks of `word`."""
    return next((item for item in advise(report) if word in item.title + item.how), None)


def test_no_saving_is_larger_than_what_is_there() -> None:
    """Each saving is positive and at most the total; the largest comes first."""
    for report in (sample(), sample(tool_search=False), hostile()):
        savings = [item.saves_tokens for item in advise(report)]
        assert savings == sorted(savings, reverse=True)
        assert all(0 < saving <= report.total_tokens for saving in savings)


def test_every_piece_names_a_setting_or_a_file() -> None:
    """Advice that one cannot act on is none: each names a setting, a key of the front matter, or a file."""
    for item in [*advise(sample()), *advise(sample(tool_search=False))]:
        assert re.search(r"settings\.json|\.mcp\.json|\.claude/|`\w[\w-]*:", item.how), item


def test_tool_search_is_advised_where_it_is_off() -> None:
    """Tools that are sent whole would be named only: the saving is their sum less their names."""
    report = sample(tool_search=False)
    item = about(report, "ENABLE_TOOL_SEARCH")
    whole = sum(f.tokens for f in report.findings if f.unit.component is Component.MCP_TOOLS and f.idle)
    assert item is not None
    assert item.saves_tokens == whole - 12 * 353
    assert about(sample(), "ENABLE_TOOL_SEARCH") is None


def test_the_largest_server_is_named_with_its_own_lever() -> None:
    """claude-flow has a variable that selects groups; any other server can be disabled by name."""
    assert "CLAUDE_FLOW_MCP_TOOLS" in (about(sample(), "MCP server claude-flow") or Advice("", 0, "")).how
    tools = [
        finding(f"mcp__{server}__t{i}", Component.MCP_TOOLS, tokens)
        for server, tokens in (("small", 10), ("big", 90))
        for i in range(5)
    ]
    item = about(report_of(*tools), "disabledMcpjsonServers")
    assert item is not None
    assert '["big"]' in item.how
    assert item.saves_tokens == 450


@pytest.mark.parametrize(("tokens", "saved"), [(1_999, None), (2_000, None), (9_980, 7_980)])
def test_a_long_memory_file_is_to_be_shortened(tokens: int, saved: int | None) -> None:
    """Over 2,000 tokens a CLAUDE.md is named, with what is above that."""
    item = about(report_of(finding("CLAUDE.md", Component.MEMORY, tokens, source="CLAUDE.md")), "Shorten CLAUDE.md")
    assert (item.saves_tokens if item else None) == saved


def test_only_the_users_own_agents_are_to_be_shortened() -> None:
    """A long description of the client's own agent is not the user's to change."""
    own = finding("mine", Component.AGENTS, 300, load=Load.LISTED, source=".claude/agents/mine.md")
    theirs = finding("Explore", Component.AGENTS, 400, load=Load.LISTED)
    item = about(report_of(own, theirs), "agent description")
    assert item is not None
    assert (item.title, item.saves_tokens) == ("Shorten 1 agent description", 200)
    assert "mine" in item.how
    assert "Explore" not in item.how


def test_readmes_in_the_commands_folder_are_found() -> None:
    """A README.md under .claude/commands becomes a command; all of them are counted, three are named."""
    item = about(sample(), "README")
    assert item is not None
    assert item.title.startswith("11 READMEs")
    assert item.how.endswith("and 8 more")


def test_a_listing_without_descriptions_is_said() -> None:
    """Entries that lost their descriptions to the budget are counted, and the budget's setting is named."""
    bare = [finding(f"s{i}", Component.SKILLS, 20, load=Load.LISTED, source="x", text=f"- s{i}\n") for i in range(4)]
    full = finding("t", Component.SKILLS, 20, load=Load.LISTED, source="x", text="- t: does things")
    report = report_of(*bare, full)
    assert undescribed(report) == 4
    item = about(report, "skillListingBudgetFraction")
    assert item is not None
    assert item.how.startswith("4 have no description left")


def test_hooks_are_named_by_their_source() -> None:
    """Output of hooks is traced to the file that configures them."""
    item = about(sample(), "hooks")
    assert item is not None
    assert ".claude/settings.json" in item.how
    assert item.saves_tokens == 232


def test_trifles_are_left_out() -> None:
    """What saves less than a quarter of a percent of the total is not worth reading."""
    trifle = finding("SessionStart:startup", Component.HOOKS, 20, source=".claude/settings.json")
    bulk = finding("introduction", Component.SYSTEM_PROMPT, 20_000)
    assert about(report_of(trifle, bulk), "hooks") is None
    assert about(report_of(trifle), "hooks") is not None


def test_settings_of_one_client_are_not_advised_for_another() -> None:
    """A recorded request of another client gets no Claude Code setting."""
    report = report_of(*sample(tool_search=False).findings, client=Client("request", "", "gpt-6-luna"))
    assert advise(report) == []


def test_the_verdict_is_no_where_caching_has_done_the_work() -> None:
    """30,000 tokens cost under five dollars a day with caching: the answer is not to train, with the reasons left."""
    item = verdict(sample())
    assert item.title == "Do not fine-tune to save money"
    assert "92% off" in item.how
    assert "window" in item.how


def test_the_verdict_is_maybe_where_money_is_left() -> None:
    """Where much is paid after caching, training may pay, and the cheaper levers come first."""
    report = report_of(finding("manual", Component.MEMORY, 200_000))
    assert verdict(report).title == "Fine-tuning may pay"
    assert verdict(report_of(finding("git", Component.ENVIRONMENT, 200_000))).title.startswith("Do not")


def test_without_a_price_there_is_no_verdict_in_money() -> None:
    """For a model without a known price the verdict says so, and names what else to weigh."""
    report = report_of(*sample().findings, client=Client("request", "", "qwen3-8b"))
    assert verdict(report).title == "Fine-tuning: no verdict in money"
