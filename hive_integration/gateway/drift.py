"""What drifted lately, for `/hive/status`: each unit once, until it is seen again as the manifest has it."""

from __future__ import annotations

from collections import OrderedDict

from hive_integration.gateway.names import Drift
from hive_integration.gateway.strip import Stripped

LARGEST = 1_000
"""Units; a client that changed from end to end has some hundreds."""


class DriftLog:
    """The latest drift of each unit, at most `LARGEST`."""

    def __init__(self) -> None:
        self._latest: OrderedDict[tuple[str, str], Drift] = OrderedDict()

    def __len__(self) -> int:
        return len(self._latest)

    def see(self, stripped: Stripped) -> None:
        """Take in what one request showed."""
        if self._latest:
            for unit in stripped.removed:
                self._latest.pop((unit.component, unit.name), None)
        for drift in stripped.drifted:
            key = (drift.component, drift.name)
            self._latest[key] = drift
            self._latest.move_to_end(key)
        while len(self._latest) > LARGEST:
            self._latest.popitem(last=False)

    def state(self) -> list[dict[str, str]]:
        """Component, name, the digest seen and the manifest's, of each; the latest last."""
        return [
            {"component": drift.component, "name": drift.name, "seen": drift.seen, "expected": drift.expected}
            for drift in self._latest.values()
        ]
