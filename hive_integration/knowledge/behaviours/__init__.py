"""From units to behaviours: a file a kind, and the one table that lists them. Pure, linear in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hive_integration.knowledge.behaviours import (
    format as forms,
)
from hive_integration.knowledge.behaviours import (
    handover,
    method,
    must,
    never,
    no_tool,
    prefer,
    recovery,
    role,
    tool,
)
from hive_integration.knowledge.behaviours.reading import Reading
from hive_integration.knowledge.context import Context
from hive_integration.units import KnowledgeUnit
from hive_integration.units.behaviour import Behaviour, BehaviourKind

EXTRACTORS: Mapping[BehaviourKind, Callable[[Reading], Iterator[Behaviour]]] = {
    BehaviourKind.MUST: must.find,
    BehaviourKind.NEVER: never.find,
    BehaviourKind.PREFER: prefer.find,
    BehaviourKind.METHOD: method.find,
    BehaviourKind.TOOL: tool.find,
    BehaviourKind.NO_TOOL: no_tool.find,
    BehaviourKind.ROLE: role.find,
    BehaviourKind.HANDOVER: handover.find,
    BehaviourKind.FORMAT: forms.find,
    BehaviourKind.RECOVERY: recovery.find,
}
"""Who looks for what. A new kind is a file and a row."""


def behaviours_of(unit: KnowledgeUnit, context: Context) -> Sequence[Behaviour]:
    """All behaviours of a unit, kind by kind, each once. `context`: what the other units say."""
    reading = Reading(unit, context)
    found = (behaviour for find in EXTRACTORS.values() for behaviour in find(reading))
    return list({behaviour.id: behaviour for behaviour in found}.values())
