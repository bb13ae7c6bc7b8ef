"""What to do about it: advice read off the findings themselves, each with the setting or file to change. Pure.

A saving is what the findings add up to, in the report's own tokens, never a promise beyond them. Savings of two pieces
of advice may overlap, so they are not summed. Every setting named here was seen to work with clients 2.1.197 and
2.1.329 by recording a request with and without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hive_integration.audit import money
from hive_integration.audit.report import Finding, Report
from hive_integration.units import Component, Load

TOKENS_PER_NAME = 12
"""What a deferred tool's name costs in the listing: 353 names of claude-flow 3.43.0 came to 4,214 o200k tokens."""
LONG_MEMORY = 2_000
"""Tokens. Claude Code's documentation advises fewer than 200 lines for a CLAUDE.md."""
LONG_DESCRIPTION = 100
"""Tokens of an agent's listing line; most frameworks' agents stay under 30."""
NOTICEABLE = 0.0025
"""Less than this share of the total is not worth a person's attention."""
WORTH_MONEY = 5.0
"""USD a day and person. Under it, training and serving a model of one's own costs more than it can save."""

LISTED = (Component.SKILLS, Component.COMMANDS)


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to do. `saves_tokens`: idle tokens fewer a call, at most."""

    title: str
    saves_tokens: int
    how: str

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"title": self.title, "saves_tokens": self.saves_tokens, "how": self.how}


def advise(report: Report) -> list[Advice]:
    """What would lower the idle total, the largest saving first; nothing too small to notice."""
    rules = [rule(report) for rule in RULES] if report.client.name == "claude-code" else []
    found = [advice for rule in rules for advice in rule if advice.saves_tokens >= NOTICEABLE * report.total_tokens]
    return sorted((a for a in found if a.saves_tokens > 0), key=lambda a: -a.saves_tokens)


def verdict(report: Report) -> Advice:
    """Whether moving the trainable part into weights is worth it, in money and otherwise."""
    bill = money.bill(report)
    held = report.trainable_tokens
    if bill is None:
        how = "no price of this model is known; weigh window, latency and memory"
        return Advice("Fine-tuning: no verdict in money", held, how)
    share = held / report.total_tokens if report.total_tokens else 0.0
    left = f"caching already takes {bill.saved_by_cache:.0%} off; what remains is ${bill.day:,.2f} a day"
    most = f"${bill.day * share:,.2f} of it is text that weights could hold"
    if bill.day * share < WORTH_MONEY:
        how = f"{left}, and {most}. What speaks for it then: room in the window, latency, memory on own hardware"
        return Advice("Do not fine-tune to save money", held, how)
    return Advice("Fine-tuning may pay", held, f"{left}, and {most}. Do the cheaper things above first")


def _tool_search(report: Report) -> Iterator[Advice]:
    tools = [f for f in _idle(report, Component.MCP_TOOLS) if f.unit.load is Load.ALWAYS and f.unit.schema is not None]
    saves = sum(f.tokens for f in tools) - TOKENS_PER_NAME * len(tools)
    how = '"env": {"ENABLE_TOOL_SEARCH": "true"} in .claude/settings.json; it is off by default behind a gateway'
    yield Advice(f"Turn tool search on: {len(tools)} MCP tools are sent whole", saves, how)


def _largest_server(report: Report) -> Iterator[Advice]:
    sums: dict[str, list[int]] = {}
    for finding in _idle(report, Component.MCP_TOOLS):
        if server := _server_of(finding):
            sums.setdefault(server, []).append(finding.tokens)
    if not sums:
        return
    server = max(sums, key=lambda name: sum(sums[name]))
    how = f'"disabledMcpjsonServers": ["{server}"] in .claude/settings.local.json where it is not needed'
    if server in ("claude-flow", "ruflo", "flow-nexus"):
        how = f'"env": {{"CLAUDE_FLOW_MCP_TOOLS": "memory,swarm,agent"}} for {server} in .mcp.json keeps those groups'
    count = len(sums[server])
    yield Advice(f"Trim the MCP server {server}: {count} entries", sum(sums[server]), how)


def _server_of(finding: Finding) -> str:
    parts = finding.unit.name.split("__")
    return parts[1] if len(parts) > 2 and parts[0] == "mcp" else ""


def _memory(report: Report) -> Iterator[Advice]:
    for finding in _idle(report, Component.MEMORY):
        if finding.tokens > LONG_MEMORY:
            how = "move what concerns some files only to .claude/rules/*.md with `paths:`, and procedures to skills"
            where = finding.unit.source or finding.unit.name
            yield Advice(f"Shorten {where} to {LONG_MEMORY:,} tokens", finding.tokens - LONG_MEMORY, how)


def _auto_memory(report: Report) -> Iterator[Advice]:
    found = [f for f in _idle(report, Component.SYSTEM_PROMPT) if f.unit.name == "auto memory"]
    how = '"autoMemoryEnabled": false in .claude/settings.json'
    yield Advice("Turn auto memory off, if you do not use it", sum(f.tokens for f in found), how)


def _agents(report: Report) -> Iterator[Advice]:
    long = [f for f in _own(report, (Component.AGENTS,)) if f.tokens > LONG_DESCRIPTION]
    saves = sum(f.tokens - LONG_DESCRIPTION for f in long)
    how = f"shorten `description:`, examples belong in the body: {_names(long)}"
    yield Advice(f"Shorten {_count(long, 'agent description')}", saves, how)


def _readmes(report: Report) -> Iterator[Advice]:
    found = [f for f in _own(report, LISTED) if f.unit.name.rpartition(":")[2].upper() == "README"]
    how = f"move README.md out of .claude/commands/: {_names(found)}"
    yield Advice(f"{_count(found, 'README')} listed as a command", sum(f.tokens for f in found), how)


def _listing(report: Report) -> Iterator[Advice]:
    found = _own(report, LISTED)
    bare = undescribed(report)
    how = f"{bare} have no description left: the listing is over `skillListingBudgetFraction`. " if bare else ""
    how += (
        "`disable-model-invocation: true` in the front matter of those that only you call; or "
        '"skillOverrides": {"NAME": "name-only" or "off"} in .claude/settings.json'
    )
    yield Advice(f"Unlist commands and skills that only you call: {len(found)}", sum(f.tokens for f in found), how)


def _hooks(report: Report) -> Iterator[Advice]:
    found = _idle(report, Component.HOOKS)
    sources = ", ".join(dict.fromkeys(f.unit.source for f in found if f.unit.source))
    how = f"print nothing unless the model needs it, in {sources or 'the hooks'}; UserPromptSubmit adds it every turn"
    yield Advice("Quieten hooks whose output enters the context", sum(f.tokens for f in found), how)


def _builtin(report: Report) -> Iterator[Advice]:
    tools = _idle(report, Component.BUILTIN_TOOLS)
    names = [f for f in tools if f.unit.name in SELDOM_USED and f.unit.load is Load.ALWAYS]
    denied = ", ".join(f'"{f.unit.name}"' for f in names)
    how = f'"permissions": {{"deny": [{denied}]}} in .claude/settings.json'
    yield Advice(f"Deny built-in tools you never use: {_names(names)}", sum(f.tokens for f in names), how)


SELDOM_USED = ("Workflow", "ScheduleWakeup", "CronCreate", "ReportFindings", "ListAgents", "EnterWorktree")
"""Built-in tools that the client works without."""


RULES: Sequence[Callable[[Report], Iterator[Advice]]] = (
    _tool_search, _largest_server, _memory, _auto_memory, _agents, _readmes, _listing, _hooks, _builtin,
)  # fmt: skip


def undescribed(report: Report) -> int:
    """Commands and skills that are listed by name alone: over the listing budget, or without a description."""
    return sum(1 for f in _own(report, LISTED) if f.unit.text.strip() == f"- {f.unit.name}")


def _idle(report: Report, component: Component) -> list[Finding]:
    return [f for f in report.findings if f.idle and f.unit.component is component]


def _own(report: Report, components: Sequence[Component]) -> list[Finding]:
    """Listed units that come from files, not from the client."""
    found = [f for f in report.findings if f.unit.component in components and f.unit.load is Load.LISTED]
    return [f for f in found if not f.unit.source.startswith(f"{report.client.name}@")]


def _count(findings: Sequence[Finding], noun: str) -> str:
    return f"{len(findings)} {noun}{'' if len(findings) == 1 else 's'}"


def _names(findings: Sequence[Finding], most: int = 3) -> str:
    largest = sorted(findings, key=lambda f: -f.tokens)
    named = ", ".join(f.unit.name for f in largest[:most])
    return f"{named} and {len(findings) - most} more" if len(findings) > most else named
