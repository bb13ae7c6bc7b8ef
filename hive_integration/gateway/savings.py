"""What was not sent, unit by unit, and how many tokens that is. Counting happens beside the answer, never before it.

A conversation strips the same units at every turn, so what is kept is the group: the very same tuple comes again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from hive_integration import tasks
from hive_integration.gateway import strip
from hive_integration.gateway.counting import Counts
from hive_integration.gateway.status import Removed

GROUPS = 64
UNITS = 5_000
"""Units that are told apart in the status; of further ones only the tokens are counted."""


@dataclass(slots=True)
class _Group:
    units: Sequence[strip.Removed]
    tokenizer: str
    times: int = 0
    tokens: int | None = None
    """None until they are counted."""


class Savings:
    """The groups of this run."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._groups: OrderedDict[int, _Group] = OrderedDict()
        self._units: dict[str, tuple[str, int, int]] = {}

    def book(self, units: Sequence[strip.Removed], tokenizer: str) -> int:
        """One more request went without `units`. Their tokens: estimated until they are counted."""
        if not units:
            return 0
        group = self._groups.get(id(units))
        if group is None or group.units is not units:
            group = self._groups[id(units)] = _Group(units, tokenizer)
            tasks.spawn(self._count(group))
            if len(self._groups) > GROUPS:
                self._fold(self._groups.popitem(last=False)[1])
        self._groups.move_to_end(id(units))
        group.times += 1
        if group.tokens is not None:
            return group.tokens
        return self._counts.texts([unit.text for unit in units], tokenizer)

    def state(self) -> list[Removed]:
        """Every unit that was not sent: how often, and its tokens each time."""
        kept = dict(self._units)
        for group in self._groups.values():
            self._fold(group)
        found, self._units = self._units, kept
        return [Removed(digest, name, times, tokens) for digest, (name, times, tokens) in found.items()]

    async def _count(self, group: _Group) -> None:
        texts = [unit.text for unit in group.units]
        await self._counts.learn(texts, group.tokenizer)
        group.tokens = self._counts.texts(texts, group.tokenizer)

    def _fold(self, group: _Group) -> None:
        for unit in group.units:
            known = self._units.get(unit.digest)
            if known is None and len(self._units) >= UNITS:
                continue
            tokens = known[2] if known else self._counts.texts([unit.text], group.tokenizer)
            self._units[unit.digest] = (unit.name, group.times + (known[1] if known else 0), tokens)
