"""An audit of what was really sent: of one recorded request, and by the probe. The probe starts processes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hive_integration.audit import clients
from hive_integration.audit.attribute import Origins, attribute, deferred_units
from hive_integration.audit.report import Client, Finding, Report
from hive_integration.audit.servers.tool_wire import wire_name
from hive_integration.audit.session.probe import WORDS, Probe, Recording, record
from hive_integration.audit.sources.inventory import Inventory
from hive_integration.settings import World
from hive_integration.tokens import Counter
from hive_integration.tokens.framing import framing, framing_note
from hive_integration.units import Component, Load
from hive_integration.units.cut import Cut, cut_request
from hive_integration.wire import Request, decode_request


@dataclass(frozen=True, slots=True)
class Seen:
    """One recorded request, read."""

    request: Request
    cut: Cut

    @property
    def client(self) -> Client:
        """Who sent it, as far as the request says: Claude Code names its version in its first system block."""
        match = re.search(r"cc_version=(\d+\.\d+\.\d+)", self.request.system[0]) if self.request.system else None
        known = match is not None or (self.request.protocol == "anthropic-messages" and _is_claude_code(self.request))
        return Client("claude-code" if known else "request", match[1] if match else "", self.request.model)


def read_request(body: bytes, *, user_words: str = "") -> Seen:
    """Read a recorded body. Raises `HiveError` where it is no request."""
    request = decode_request(body)
    return Seen(request, cut_request(request, user_words=user_words))


def request_report(target: str, body: bytes, counter: Counter, inventory: Inventory | None = None) -> Report:
    """The audit of one recorded request body, Anthropic or OpenAI."""
    seen = read_request(body)
    findings = attribute(seen.cut, counter, _origins(seen, inventory))
    return _report(seen, findings, counter, target=target, method="request")


@dataclass(frozen=True, slots=True)
class Ways:
    """What the client sent directly to the API's address, and behind a gateway; and with tool search off."""

    direct: Recording
    gateway: Recording
    loaded: Recording
    """The one of them that declares every tool, or a third one that does."""

    @property
    def recordings(self) -> Sequence[Recording]:
        """All that were made."""
        return (self.direct, self.gateway, self.loaded)


def record_ways(probe: Probe, world: World, *, tool_search: str) -> Ways:
    """Run the client once as it would talk to the API, once as behind a gateway, and once more if both defer tools.

    `tool_search`: what the user set ENABLE_TOOL_SEARCH to; empty means the client's default, which is on, except
    behind an address that is not Anthropic's own: there it is pinned to what the client would do directly.
    """
    direct = record(probe, world, tool_search=tool_search or "true")
    again = replace(probe, hooks=False)  # the project's hooks have run once; once is enough
    gateway = direct if tool_search else record(again, world)
    loaded = gateway if not read_request(gateway.body).cut.tool_search else record(again, world, tool_search="false")
    return Ways(direct, gateway, loaded)


def probe_report(target: str, ways: Ways, counter: Counter, inventory: Inventory) -> Report:
    """The audit by probe: the direct way is the report, the others tell what is deferred and what a gateway changes."""
    seen = read_request(ways.direct.body, user_words=WORDS)
    origins = _origins(seen, inventory)
    findings = attribute(seen.cut, counter, origins)
    loaded = read_request(ways.loaded.body, user_words=WORDS)
    deferred = deferred_units(loaded.cut, seen.cut, seen.client)
    on_demand = [unit for unit in inventory.units if unit.load is Load.ON_DEMAND]
    counts = counter.count([unit.text for unit in [*deferred, *on_demand]])
    findings += [Finding(unit, tokens) for unit, tokens in zip([*deferred, *on_demand], counts, strict=True)]
    hooks = sum(f.tokens for f in findings if f.unit.component is Component.HOOKS and f.idle)
    notes = {
        "window": inventory.conditions.window,
        "direct_total_tokens": sum(f.tokens for f in findings if f.idle),
        "gateway_total_tokens": _idle(ways.gateway, counter, origins, hooks),
        "gateway_tool_search": read_request(ways.gateway.body).cut.tool_search,
        "loaded_total_tokens": _idle(ways.loaded, counter, origins, hooks),
        "processes_ended": sum(recording.ended for recording in {id(r): r for r in ways.recordings}.values()),
    }
    warnings = [*inventory.warnings, *_silent(inventory, findings)]
    return _report(seen, findings, counter, target=target, method="probe", warnings=warnings, notes=notes)


def _silent(inventory: Inventory, findings: Sequence[Finding]) -> Iterator[str]:
    """The servers that had no part in the recording: the total is then less than the user's own sessions may send."""
    names = [finding.unit.name for finding in findings if finding.unit.component is Component.MCP_TOOLS]
    for server in inventory.servers:
        if not any(name.startswith(wire_name(server.name, "")) for name in names):
            yield f"MCP server {server.name}: none of its tools were sent; it failed, was too slow, or has none"


def _idle(recording: Recording, counter: Counter, origins: Origins, hooks: int) -> int:
    """Idle tokens of another recording of the same session; it ran without hooks, so theirs are added."""
    findings = attribute(read_request(recording.body, user_words=WORDS).cut, counter, origins)
    return hooks + sum(f.tokens for f in findings if f.idle and f.unit.component is not Component.HOOKS)


def _origins(seen: Seen, inventory: Inventory | None) -> Origins:
    if inventory is None:
        return Origins(seen.client)
    bundled = clients.bundled_names(seen.client.version)
    hooks: dict[str, list[str]] = {}
    for hook in inventory.hooks:
        hooks.setdefault(hook.event, []).append(hook.source)
    setup = inventory.setup
    return Origins(seen.client, inventory.on_the_wire(), bundled, hooks, setup.project, setup.world.home)


def _report(seen: Seen, findings: Sequence[Finding], counter: Counter, **rest: Any) -> Report:  # noqa: ANN401
    """`rest`: target, method, warnings and notes, as `Report` names them."""
    framed = framing_note(counter.name, seen.request.model)
    notes = {"tokens": counter.note, "framing": framed, "tool_search": seen.cut.tool_search} | rest.pop("notes", {})
    return Report(
        tokenizer=counter.name,
        exact=counter.exact,
        client=seen.client,
        findings=findings,
        framing_tokens=framing(
            counter.name,
            seen.request.model,
            messages=len(seen.request.messages),
            tools=len(seen.request.tools),
            system_blocks=len(seen.request.system),
        ),
        notes=notes,
        **rest,
    )


def _is_claude_code(request: Request) -> bool:
    return any(tool.name == "Bash" for tool in request.tools) and any(tool.name == "Read" for tool in request.tools)
