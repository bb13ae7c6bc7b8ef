"""Everything that the files say: the units of every component, the hooks and the servers. Reads, starts nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from hive_integration.audit import clients
from hive_integration.audit.setup import Conditions, Setup
from hive_integration.audit.sources import agents, hooks, invocable, mcp_config, memory, styles
from hive_integration.audit.sources.hooks import HookCommand
from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.units import IDLE, Component, KnowledgeUnit


@dataclass(frozen=True, slots=True)
class Inventory:
    """What the client would find for one project."""

    setup: Setup
    conditions: Conditions
    units: Sequence[KnowledgeUnit]
    bundled: Mapping[str, int]
    """Characters of the client's own skill lines, as they would be sent here; 0 where one is not sent."""
    hooks: Sequence[HookCommand]
    servers: Sequence[ServerConfig]
    warnings: Sequence[str]

    def on_the_wire(self) -> Mapping[tuple[Component, str], KnowledgeUnit]:
        """The idle units by component and name, to look up where a piece of a request comes from."""
        return {(unit.component, unit.name): unit for unit in self.units if unit.load in IDLE}


def take_inventory(setup: Setup, conditions: Conditions, when: datetime) -> Inventory:
    """Read everything. `when`: the current time; recently used skills keep their descriptions longest."""
    invocables = invocable.find(setup, conditions, clients.listed_chars(conditions), when)
    started = hooks.find(setup)
    configured = mcp_config.find(setup)
    found = [
        agents.find(setup, conditions),
        invocables.found,
        memory.find(setup, conditions),
        styles.find(setup, conditions),
    ]
    warnings = [setup.warnings, started.warnings, configured.warnings, *(part.warnings for part in found)]
    return Inventory(
        setup,
        conditions,
        units=[unit for part in found for unit in part.units],
        bundled=invocables.bundled,
        hooks=started.commands,
        servers=configured.servers,
        warnings=list(dict.fromkeys(chain.from_iterable(warnings))),
    )
