"""The words and number forms that all reports share, so that they say the same thing. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hive_integration.audit import money
from hive_integration.audit.report import Report
from hive_integration.units import Component, KnowledgeUnit, Load

LABELS: Mapping[Component, str] = {
    Component.SYSTEM_PROMPT: "System prompt",
    Component.BUILTIN_TOOLS: "Built-in tools",
    Component.MCP_TOOLS: "MCP tools",
    Component.AGENTS: "Agents",
    Component.COMMANDS: "Commands",
    Component.SKILLS: "Skills",
    Component.MEMORY: "Memory",
    Component.HOOKS: "Hooks",
    Component.ENVIRONMENT: "Environment",
    Component.OTHER: "Other",
}

METHODS: Mapping[str, str] = {
    "static": "computed from the files, nothing was started",
    "probe": "recorded from the client's own first request",
    "request": "read from a recorded request",
    "url": "recorded from a client's own request",
}

APART: Mapping[Load, tuple[str, str]] = {
    Load.DEFERRED: ("Deferred", "specified only when the model searches for it"),
    Load.ON_DEMAND: ("On demand", "bodies, read only when they are invoked"),
}
"""What is not part of the total."""


def label(component: str) -> str:
    """A component's name for people; an unknown one as it is."""
    return LABELS.get(Component(component), component) if component in set(Component) else component


def short(name: str) -> str:
    """`mcp__server__tool` as `server/tool`; any other name as it is."""
    parts = name.split("__", 2)
    return f"{parts[1]}/{parts[2]}" if len(parts) == 3 and parts[0] == "mcp" else name


def origin(unit: KnowledgeUnit, client: str) -> str:
    """Where a unit comes from, in few words."""
    if unit.source.startswith(f"{client}@"):
        return "the client"
    if unit.component is Component.MCP_TOOLS and unit.source:
        return f"MCP server {unit.source.partition('/')[0]}"
    return unit.source or "unknown"


def number(value: int) -> str:
    """`27,149`."""
    return f"{value:,}"


def signed(value: int) -> str:
    """`+1,024`, `−12`, `±0`."""
    return f"+{value:,}" if value > 0 else f"\u2212{-value:,}" if value else "±0"


def percent(part: float, whole: float) -> str:
    """`13.6 %`; an en dash where there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def usd(amount: float) -> str:
    """Two decimals, four where the amount is under ten cents."""
    return f"${amount:,.4f}" if 0 < amount < 0.1 else f"${amount:,.2f}"


def who(report: Report) -> str:
    """The client and its model."""
    name = f"{report.client.name} {report.client.version}".strip()
    return f"{name} · {report.client.model}" if report.client.model else name


def how(report: Report) -> str:
    """How it was measured and counted."""
    exact = "exact" if report.exact else "an estimate"
    means = METHODS.get(report.method, report.method)
    if report.notes.get("asked"):
        means = "computed from the files and what the MCP servers answered"
    return f"{means} · {report.tokenizer}, {exact}"


def natures(report: Report) -> list[tuple[str, int, str]]:
    """(name, tokens, meaning): what weights could hold, what changes from day to day, and what is not known."""
    rows = [
        ("Trainable", report.trainable_tokens, "the same every day: weights could hold it"),
        ("Dynamic", report.dynamic_tokens, "environment, git state, dates, hook output"),
        ("Unattributed", report.unattributed_tokens, "counted, but no source was found"),
    ]
    return [row for row in rows if row[1] or row[0] != "Unattributed"]


def remarks(report: Report) -> Iterator[str]:
    """Sentences that qualify the total: how it was counted, tool search, the other ways of sending it."""
    if not report.exact and (note := report.notes.get("tokens")):
        yield str(note)
    if report.model_tokens:
        estimate = "" if report.model_exact else ", an estimate; exact with Python 3.12 or later"
        own = f"{number(report.model_tokens)} tokens ({report.model_tokenizer}{estimate})"
        yield f"for {report.client.model} that is {own}"
    if caveat := money.tokenizer_caveat(report):
        yield caveat
    search = report.notes.get("tool_search")
    if search is not None:
        loaded = report.notes.get("loaded_total_tokens")
        off = f"; off, the total is {number(loaded)}" if search and isinstance(loaded, int) else ""
        yield f"tool search is {'on' if search else 'off'}{off}"
    gateway = report.notes.get("gateway_total_tokens")
    if isinstance(gateway, int) and gateway != report.total_tokens:
        yield f"behind a gateway (ANTHROPIC_BASE_URL) the total is {number(gateway)}, unless ENABLE_TOOL_SEARCH=true"
    if report.framing_tokens:
        yield f"the provider adds about {number(report.framing_tokens)} tokens of framing, not in the total"
