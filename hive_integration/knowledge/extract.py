"""From units to the lines of `units.jsonl`: sorted, routed, with their behaviours. Pure.

The order is that of the units; a text that comes twice is one line, with the source where it came first. A unit without
a text is left out: nothing can be learned from a figure. No behaviour comes from what is not to go into weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from hive_integration.knowledge.behaviours import behaviours_of
from hive_integration.knowledge.context import context_of
from hive_integration.knowledge.route import route
from hive_integration.knowledge.sort import entries, file_of, sort
from hive_integration.tokens import Counter
from hive_integration.units import KnowledgeUnit
from hive_integration.units.lines import WEIGHTS, Extracted


def extracted(units: Iterable[KnowledgeUnit], counter: Counter) -> Iterator[Extracted]:
    """The lines of some units. They explain one another: a tool's neighbours, the body behind a listed line."""
    everything = list(units)
    context, files = context_of(everything), entries(everything)
    found: dict[str, KnowledgeUnit] = {}
    for unit in everything:
        if unit.text.strip():
            found.setdefault(unit.digest, unit)
    counts = counter.count([unit.text for unit in found.values()])
    for unit, tokens in zip(found.values(), counts, strict=True):
        sorted_ = sort(unit, files.get(file_of(unit)))
        placed = replace(unit, category=sorted_.category, level=sorted_.level)
        routed = route(placed)
        behaviours = behaviours_of(placed, context) if routed.route == WEIGHTS else ()
        yield Extracted(
            placed, {counter.name: tokens}, sorted_.reason, routed.route, routed.reason, tuple(behaviours)
        )  # fmt: skip
