"""Facts about the table of measured clients."""

from __future__ import annotations

import pytest

from hive_integration.audit import clients
from hive_integration.audit.setup import Conditions
from hive_integration.files import bundled
from hive_integration.units import Component, Load


def baseline(tokenizer: str = "o200k_base", **conditions: object) -> clients.Baseline:
    return clients.baseline(Conditions(**conditions), tokenizer, servers=False, teams=False)


def idle(found: clients.Baseline) -> int:
    return sum(finding.tokens for finding in found.findings if finding.idle)


def test_the_table_holds_names_and_figures_and_no_text() -> None:
    """No cell is longer than a name or a digest: nothing captured from a client is shipped."""
    rows = clients.table()["rows"]
    assert max(len(str(cell)) for row in rows for cell in row) <= len("sha256:") + 64
    assert bundled("clients.json").stat().st_size < 200_000


@pytest.mark.parametrize("version", clients.known_versions())
@pytest.mark.parametrize("tokenizer", ["o200k_base", "cl100k_base", "claude-4.8"])
def test_a_measured_version_is_answered_without_warnings(version: str, tokenizer: str) -> None:
    """Its default model under any measured tokenizer gives figures for prompt, tools and listings."""
    found = baseline(tokenizer, version=version, model=clients.default_model(version))
    components = {finding.unit.component for finding in found.findings}
    assert not found.warnings
    assert {Component.SYSTEM_PROMPT, Component.BUILTIN_TOOLS, Component.AGENTS, Component.SKILLS} <= components
    assert idle(found) > 5_000


def test_an_unknown_version_gets_the_nearest_and_says_so() -> None:
    """The version asked for and the one that stands in are both named."""
    found = baseline(version="2.1.300")
    assert "2.1.300 was never measured" in found.warnings[0]
    assert "2.1.329" in found.warnings[0]
    assert clients.nearest_version("2.1.100") == "2.1.197"


def test_an_unknown_claude_model_gets_its_nearest_relative() -> None:
    """Family first, then version; a model of another make gets what the client sends to any it does not know."""
    assert "claude-opus-4-8" in baseline(model="claude-opus-4-7").warnings[0]
    assert baseline(model="ft:gpt-4.1:acme::abc").warnings == []


def test_aliases_mean_what_the_client_means_by_them() -> None:
    """`sonnet` is another model in another version; suffixes for window and date are not part of a name."""
    assert clients.resolve_alias("2.1.329", "sonnet") != clients.resolve_alias("2.1.197", "sonnet")
    assert clients.resolve_alias("2.1.329", "claude-haiku-4-5-20251001[1m]") == "claude-haiku-4-5"


def test_tool_search_moves_tools_from_the_window_to_the_deferred() -> None:
    """On, some built-in tools are listed by name and deferred with their cost; off, all are declared."""
    on, off = baseline(), baseline(tool_search=False)
    deferred = [finding for finding in on.findings if finding.unit.load is Load.DEFERRED]
    assert sum(finding.tokens for finding in deferred) > 1_000
    assert idle(on) < idle(off)
    assert not [finding for finding in off.findings if finding.unit.load is Load.DEFERRED]


def test_another_tokenizer_is_approximated_and_said() -> None:
    """Counts by the API have no column in the table: the nearest one stands in."""
    assert "claude-4.8" in baseline("anthropic-api:claude-opus-5-5").warnings[0]


def test_names_in_the_listings_are_known_for_measured_versions_only() -> None:
    """An unknown version's own names are not guessed."""
    assert "Explore" in (clients.bundled_names("2.1.329") or ())
    assert clients.bundled_names("2.1.300") is None
