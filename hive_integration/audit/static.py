"""The static audit: what the files say, what the client brings along, and what asked servers list. Starts nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from hive_integration.audit import clients
from hive_integration.audit.report import Finding, Report
from hive_integration.audit.servers.asking import Listing
from hive_integration.audit.servers.tool_wire import ToolSpec, shortened, text_limit, unit_of_tool
from hive_integration.audit.setup import Conditions, Setup
from hive_integration.audit.sources.budget import window_of
from hive_integration.audit.sources.denials import is_withheld
from hive_integration.audit.sources.inventory import Inventory
from hive_integration.tokens import Counter
from hive_integration.tokens.framing import framing, framing_note
from hive_integration.units import TOOLS, Component, KnowledgeUnit, Load, digest_of, unit_of

_FROM_FILES = "what files and servers say is counted exactly; the client's own texts are the figures of a measured one"
_OWN_HOSTS = ("https://api.anthropic.com",)


def conditions_of(setup: Setup, *, version: str = "", model: str = "", interactive: bool = False) -> Conditions:
    """The conditions under which the client would start here: its version, model, window, tool search."""
    version = version or clients.known_versions()[-1]
    named = model or setup.variable("ANTHROPIC_MODEL") or str(setup.settings.get("model") or "")
    name = clients.resolve_alias(version, named) if named else clients.default_model(version)
    return Conditions(version, name, window_of(version, named), interactive, tool_search_of(setup, version))


def tool_search_of(setup: Setup, version: str) -> bool:
    """Whether the client defers tools: on, unless switched off, or an old version is behind a gateway."""
    asked = setup.variable("ENABLE_TOOL_SEARCH").lower()
    if asked:
        return asked not in {"false", "0", "no", "off"}
    base_url = setup.variable("ANTHROPIC_BASE_URL")
    behind_gateway = bool(base_url) and not base_url.startswith(_OWN_HOSTS)
    return not behind_gateway or clients.nearest_version(version) != clients.known_versions()[0]


def static_report(inventory: Inventory, counter: Counter, listings: Sequence[Listing] = ()) -> Report:
    """The audit of an inventory. Servers without a listing are named in the warnings as not counted."""
    conditions = inventory.conditions
    teams = inventory.setup.variable("CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS") in {"1", "true"}
    own = clients.baseline(conditions, counter.name, servers=bool(inventory.servers), teams=teams)
    instructed = any(listing.instructions for listing in listings)
    eager = {server.name for server in inventory.servers if server.always_load}
    units = list(inventory.units)
    for listing in listings:
        units += server_units(listing, conditions, always_load=listing.server in eager)
    findings = [
        f for f in _as_sent(own.findings, inventory, counter) if instructed or f.unit.name != "mcp instructions"
    ]
    findings += _counted(units, counter)
    findings = [finding for finding in findings if not is_withheld(inventory.setup.settings, finding.unit)]
    tools = sum(f.unit.load is Load.ALWAYS and f.unit.component in TOOLS for f in findings)
    return Report(
        target=str(inventory.setup.project),
        method="static",
        tokenizer=counter.name,
        exact=False,
        client=replace(own.client, version=conditions.version),
        findings=findings,
        framing_tokens=framing(counter.name, conditions.model, messages=2, tools=tools, system_blocks=3),
        warnings=[*inventory.warnings, *own.warnings, *_not_counted(inventory, listings)],
        notes={
            "tokens": _FROM_FILES if counter.exact else counter.note,
            "framing": framing_note(counter.name, conditions.model),
            "tool_search": conditions.tool_search,
            "window": conditions.window,
            "hooks": len(inventory.hooks),
            "asked": [listing.server for listing in listings],
            "servers": [server.name for server in inventory.servers],
        },
    )


def _counted(units: Sequence[KnowledgeUnit], counter: Counter) -> Iterator[Finding]:
    """Each unit with its tokens: lines of a listing as they stand together there, everything else alone."""
    for listing in (Component.AGENTS,), (Component.SKILLS, Component.COMMANDS), (Component.MCP_TOOLS,):
        lines = [unit for unit in units if unit.load is Load.LISTED and unit.component in listing]
        ends = list(accumulate(len(unit.text) for unit in lines))
        counts = counter.split("".join(unit.text for unit in lines), ends[:-1]) if lines else []
        yield from map(Finding, lines, counts)
    rest = [unit for unit in units if unit.load is not Load.LISTED]
    yield from map(Finding, rest, counter.count([unit.text for unit in rest]))


def _as_sent(findings: Sequence[Finding], inventory: Inventory, counter: Counter) -> Iterator[Finding]:
    """The client's own findings, its skill lines dropped or shortened as they are in this project."""
    whole = clients.listed_chars(inventory.conditions)
    for finding in findings:
        unit = finding.unit
        sent = inventory.bundled.get(unit.name, 0) if unit.component is Component.SKILLS else 0
        bare = f"- {unit.name}\n"
        if unit.component is not Component.SKILLS or unit.name not in whole or sent >= whole[unit.name]:
            yield finding
        elif sent == len(bare):
            yield Finding(replace(unit, text=bare, digest=digest_of(bare)), counter.count([bare])[0])
        elif sent:
            share = sent / whole[unit.name]
            yield replace(finding, tokens=round(finding.tokens * share), size=round(finding.bytes * share))


def server_units(listing: Listing, conditions: Conditions, *, always_load: bool = False) -> Iterator[KnowledgeUnit]:
    """The units of a server that answered: its instructions, its tools and, where they are deferred, their names."""
    limit = text_limit(conditions.version)
    if listing.instructions:
        text = f"## {listing.server}\n{shortened(listing.instructions, limit)}\n\n"
        yield unit_of(
            f"{listing.server} instructions",
            Component.MCP_TOOLS,
            Load.ALWAYS,
            text,
            source=f"{listing.server}/instructions",
        )
    deferred = conditions.tool_search and not always_load
    for tool in listing.tools:
        yield from _tool_units(listing.server, tool, deferred=deferred, limit=limit)


def _tool_units(server: str, tool: ToolSpec, *, deferred: bool, limit: int) -> Iterator[KnowledgeUnit]:
    unit = unit_of_tool(server, tool, Load.DEFERRED if deferred else Load.ALWAYS, limit=limit)
    yield unit
    if deferred:
        yield unit_of(unit.name, Component.MCP_TOOLS, Load.LISTED, f"{unit.name}\n", source=unit.source)


def _not_counted(inventory: Inventory, listings: Sequence[Listing]) -> Iterator[str]:
    asked = {listing.server: listing for listing in listings}
    for server in inventory.servers:
        listing = asked.get(server.name)
        if listing is None:
            yield f"MCP server {server.name}: its tools are not counted; --start-servers asks it, --method probe too"
            continue
        if listing.error:
            counted = f"only {len(listing.tools)} of its tools are counted" if listing.tools else "not counted"
            yield f"MCP server {listing.error}; {counted}"
        yield from (f"MCP server {warning}" for warning in listing.warnings)
    events = sorted({hook.event for hook in inventory.hooks if hook.event in ("SessionStart", "UserPromptSubmit")})
    if events:
        yield f"hooks of {' and '.join(events)} may add text at every start or prompt; --method probe measures it"
