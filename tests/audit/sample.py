"""A realistic report without a client: claude-flow's shape (353 MCP tools, 28 agents, 145 commands), invented texts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hive_integration.audit.report import Client, Finding, Report
from hive_integration.units import Component, Load, unit_of

ORIGIN = "claude-code@2.1.329"
SYSTEM = {
    "introduction": 159, "System": 483, "Doing tasks": 671, "Executing actions with care": 709, "Using your tools": 124,
    "Tone and style": 116, "Text output": 432, "auto memory": 2711, "Context management": 129,
}  # fmt: skip
BUILTIN = {
    "Agent": 2409, "Bash": 2903, "Edit": 367, "ListAgents": 438, "Read": 681, "ReportFindings": 533,
    "ScheduleWakeup": 1125, "Skill": 398, "ToolSearch": 332, "Workflow": 1320, "Write": 226,
}  # fmt: skip
GROUPS = (
    "agent",
    "memory",
    "swarm",
    "hive-mind",
    "hooks",
    "task",
    "session",
    "github",
    "neural",
    "workflow",
    "embeddings",
)
VERBS = (
    "spawn", "list", "status", "store", "search", "delete", "update", "init", "join", "leave",
    "health", "metrics", "logs", "export", "import", "sync", "train", "predict", "analyze", "optimize",
    "restore", "save", "cancel", "assign", "audit", "route", "broadcast", "consensus", "compress", "benchmark",
    "rollback", "diff", "merge", "watch", "pause", "resume",
)  # fmt: skip


def sample(*, tool_search: bool = True, model: str = "claude-opus-5-5", seed: int = 1) -> Report:
    """About 620 idle units and, with tool search, 353 deferred ones."""
    findings = [
        *_client_units(),
        *_mcp(random.Random(seed), tool_search=tool_search),
        *_listings(random.Random(seed)),
        *_dynamic(),
    ]
    return Report(
        target="~/code/shop",
        method="probe",
        tokenizer="o200k_base",
        exact=True,
        client=Client("claude-code", "2.1.329", model),
        findings=findings,
        framing_tokens=290,
        warnings=("one MCP server did not answer within 30 s: weather",),
        notes={"tool_search": tool_search, "tokens": "exact and offline: tiktoken with the ranks of o200k_base"},
    )


def finding(name: str, component: Component, tokens: int, **more: object) -> Finding:
    """One finding; its text is its name, so another name is another digest. `more`: load, source, text, attributed."""
    load = more.get("load", Load.ALWAYS)
    text = more.get("text", name)
    assert isinstance(load, Load)
    assert isinstance(text, str)
    unit = unit_of(name, component, load, text, source=str(more.get("source", f"{ORIGIN}/{name}")))
    return Finding(unit, tokens, attributed=bool(more.get("attributed", True)), size=tokens * 4)


def report_of(*findings: Finding, **changes: object) -> Report:
    """A report of just these findings."""
    empty = replace(sample(), findings=findings, warnings=(), notes={})
    return replace(empty, **changes)  # type: ignore[arg-type]


def large(count: int) -> Report:
    """`count` deferred-free units in one category: what a page has to cope with."""
    rng = random.Random(7)
    units = [
        finding(f"mcp__big__tool_{i}", Component.MCP_TOOLS, int(rng.lognormvariate(5, 0.8)), source=f"big/tool_{i}")
        for i in range(count)
    ]
    return report_of(*units)


HOSTILE: Sequence[str] = (
    "<script>document.title='owned'</script>",
    "</script><img src=x onerror=\"document.title='owned'\">",
    "\"'`&lt;|*_[x](javascript:alert(1))${7*7}{{7*7}}",
    "\x1b[31mred\x1b[0m\x07\x9b2J\nnext line",
    "\u202egnp.exe\u2066 \u200b\ufeff",
    "مهارة عربية",
    "n" * 300,
    "\udc80 lone",
    "[bold red]markup[/] :smile:",
    "",
)


def hostile() -> Report:
    """Names, sources and warnings that try to get out of the page, the terminal or the table."""
    findings = [finding(name, Component.SKILLS, 100 + i, source=name) for i, name in enumerate(HOSTILE)]
    findings += [finding(name, Component.MCP_TOOLS, 50, load=Load.DEFERRED, source=name) for name in HOSTILE]
    return report_of(*findings, target=HOSTILE[0] + HOSTILE[3], warnings=HOSTILE, notes={"tokens": HOSTILE[1]})


def _client_units() -> Iterator[Finding]:
    yield from (finding(name, Component.SYSTEM_PROMPT, tokens) for name, tokens in SYSTEM.items())
    for name, tokens in BUILTIN.items():
        yield finding(name, Component.BUILTIN_TOOLS, tokens, source=f"{ORIGIN}/tools/{name}")
    for name in ("WebFetch", "WebSearch", "NotebookEdit"):
        yield finding(name, Component.BUILTIN_TOOLS, 3, load=Load.LISTED)
        yield finding(name, Component.BUILTIN_TOOLS, 410, load=Load.DEFERRED, source=f"{ORIGIN}/tools/{name}")


def _mcp(rng: random.Random, *, tool_search: bool) -> Iterator[Finding]:
    names = [f"{group}_{verb}" for group in GROUPS for verb in VERBS][:353]
    for tool in names:
        name, source, tokens = f"mcp__claude-flow__{tool}", f"claude-flow/{tool}", int(rng.lognormvariate(4.9, 0.5))
        load = Load.DEFERRED if tool_search else Load.ALWAYS
        unit = unit_of(
            name, Component.MCP_TOOLS, load, f'{{"name":"{name}"}}', source=source, schema={"type": "object"}
        )
        yield Finding(unit, tokens, size=tokens * 4)
        if tool_search:
            yield finding(name, Component.MCP_TOOLS, 12, load=Load.LISTED, source=source)


def _listings(rng: random.Random) -> Iterator[Finding]:
    for name, tokens in {"Explore": 158, "Plan": 71, "general-purpose": 61}.items():
        yield finding(name, Component.AGENTS, tokens, load=Load.LISTED, source=f"{ORIGIN}/agents/{name}")
    for i in range(25):
        path, tokens = f".claude/agents/team/role-{i}.md", 190 if i == 3 else rng.randint(16, 32)
        yield finding(f"role-{i}", Component.AGENTS, tokens, load=Load.LISTED, source=path)
        yield finding(f"role-{i}", Component.AGENTS, rng.randint(800, 4000), load=Load.ON_DEMAND, source=path)
    for i in range(145):
        group = GROUPS[i % len(GROUPS)]
        name = f"{group}:README" if i < len(GROUPS) else f"{group}:{VERBS[i % len(VERBS)]}-{i}"
        source = f".claude/commands/{name.replace(':', '/')}.md"
        text = f"- {name}: what this command does"
        yield finding(name, Component.COMMANDS, rng.randint(8, 30), load=Load.LISTED, source=source, text=text)
    for i in range(39):
        name, tokens = f"craft-{VERBS[i % len(VERBS)]}-{i}", rng.randint(20, 90)
        yield finding(name, Component.SKILLS, tokens, load=Load.LISTED, source=f".claude/skills/{name}/SKILL.md")


def _dynamic() -> Iterator[Finding]:
    yield finding("CLAUDE.md", Component.MEMORY, 3310, source="CLAUDE.md")
    yield finding("SessionStart:startup", Component.HOOKS, 232, source=".claude/settings.json")
    yield finding("Environment", Component.ENVIRONMENT, 178)
    yield finding("gitStatus", Component.ENVIRONMENT, 80)
    yield finding("date", Component.ENVIRONMENT, 21)
    yield finding("unrecognised text", Component.OTHER, 44, source="", attributed=False)
