"""What passes is remembered for later: tools with their schemas, and the full prompt, so that it can be restored.

A session that sends the minimal prompt itself has none to remember.
"""

from __future__ import annotations

from functools import lru_cache

from hive_integration.gateway.exchange import Exchange
from hive_integration.gateway.restore import is_minimal
from hive_integration.gateway.strip import tool_digest
from hive_integration.registry.cards import Card
from hive_integration.registry.store import Store
from hive_integration.registry.stored import StoredUnit
from hive_integration.units.cut import tool_component
from hive_integration.wire.messages import Tool

MAIN_SESSION = 4
"""Tools that a main session declares at least; titles and summaries are asked for with none."""


class Memory:
    """Hands tools and prompts to the unit store, once each: a conversation brings the same ones at every turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: tuple[object, ...] = ()

    def see(self, ex: Exchange, card: Card) -> None:
        """Take in one request; `card` is the fine-tuned model's."""
        request = ex.request
        if len(request.tools) < MAIN_SESSION or ex.asked.header("x-claude-code-agent-id"):
            return
        units = _units(tuple(request.tools))
        if (same := (units, request.system, request.model)) == self._last:
            return
        self._last = same
        self._store.put(units)
        if request.system and not is_minimal(request, card):
            self._store.remember_prompt(request.model, request.system, units)


@lru_cache(maxsize=16)
def _units(tools: tuple[Tool, ...]) -> tuple[StoredUnit, ...]:
    own = (tool for tool in tools if not tool.kind)
    return tuple(
        StoredUnit(
            tool_digest(tool), tool.name, tool_component(tool.name), tool.raw.decode(errors="replace"), tool.schema
        )
        for tool in own
    )
