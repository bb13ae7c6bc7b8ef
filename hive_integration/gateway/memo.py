"""What was worked out once and is likely to be asked again: bounded by entries and by weight; the longest unused goes.

For one event loop; it knows no locks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """At most `entries` values that weigh at most `weight` together, in whatever unit `put` is told."""

    def __init__(self, entries: int, weight: int | None = None) -> None:
        self._entries, self._weight = entries, weight
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._held = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """What was put under `key`, if it is still here."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int = 1) -> V:
        """Keep `value` and give it back. One that alone is over the limit is not kept."""
        self._drop(self._kept.pop(key, None))
        if self._weight is None or weight <= self._weight:
            self._kept[key] = (value, weight)
            self._held += weight
        while len(self._kept) > self._entries or (self._weight is not None and self._held > self._weight):
            self._drop(self._kept.popitem(last=False)[1])
        return value

    def _drop(self, entry: tuple[V, int] | None) -> None:
        self._held -= entry[1] if entry else 0
