"""Facts about a report's sums and its JSON."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hive_integration.audit.report import Client, Finding, Report
from hive_integration.units import Component, Load, unit_of

found = st.builds(
    lambda component, load, tokens, attributed, text: Finding(unit_of("n", component, load, text), tokens, attributed),
    st.sampled_from(Component), st.sampled_from(Load), st.integers(0, 10**6), st.booleans(), st.text(),
)  # fmt: skip


def report(findings: list[Finding]) -> Report:
    return Report("t", "static", "o200k_base", True, Client(), findings)


@given(st.lists(found, max_size=30))
def test_the_sums_of_the_contract_hold_for_any_findings(findings: list[Finding]) -> None:
    """Categories add up to the total, and so do the idle units with the unattributed rest."""
    data = report(findings).to_json()
    assert sum(category["tokens"] for category in data["categories"]) == data["total_tokens"]
    idle = sum(unit["tokens"] for unit in data["units"] if unit["load"] in {"always", "listed"})
    assert idle + data["unattributed_tokens"] == data["total_tokens"]


def test_the_json_has_the_contracts_keys() -> None:
    """Scripts rely on these names."""
    data = report([Finding(unit_of("a", Component.AGENTS, Load.LISTED, "- a: é"), 3)]).to_json()
    assert data["schema"] == "hive-ctx/audit/1"
    assert {"target", "method", "tokenizer", "exact", "client", "total_tokens", "unattributed_tokens",
            "deferred_tokens", "on_demand_tokens", "categories", "units", "warnings"} <= set(data)  # fmt: skip
    assert {"digest", "category", "level", "name", "source", "load", "tokens", "bytes"} <= set(data["units"][0])
    assert data["units"][0]["bytes"] == len("- a: é".encode())


def test_bodies_and_deferred_tools_are_no_part_of_the_total() -> None:
    """What is loaded later is reported apart."""
    findings = [
        Finding(unit_of("a", Component.AGENTS, load, load.value), 10) for load in (Load.ON_DEMAND, Load.DEFERRED)
    ]
    data = report(findings).to_json()
    assert (data["total_tokens"], data["deferred_tokens"], data["on_demand_tokens"]) == (0, 10, 10)


def test_a_size_from_the_table_of_clients_counts_as_bytes() -> None:
    """A finding without its text keeps the bytes that were measured."""
    assert Finding(unit_of("a", Component.SYSTEM_PROMPT, Load.ALWAYS, ""), 5, size=21).bytes == 21
