"""What all requests share while a gateway runs. Made once, by `run`; values and open things, no behaviour."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hive_integration.gateway.account import Account
from hive_integration.gateway.breaker import Breaker
from hive_integration.gateway.counting import Counts
from hive_integration.gateway.drift import DriftLog
from hive_integration.gateway.leases import Leases
from hive_integration.gateway.memory import Memory
from hive_integration.gateway.omitted import Omitted
from hive_integration.gateway.pulse import Pulse
from hive_integration.gateway.savings import Savings
from hive_integration.providers.upstream import Upstreams
from hive_integration.registry.configuration import Configuration
from hive_integration.registry.store import Store
from hive_integration.registry.watch import Reloader
from hive_integration.settings import now


@dataclass
class Parts:
    """The gateway's furniture."""

    reloader: Reloader
    upstreams: Upstreams
    store: Store
    account: Account
    counts: Counts
    env: Mapping[str, str]
    key: str
    savings: Savings
    memory: Memory
    drift: DriftLog = field(default_factory=DriftLog)
    omitted: Omitted = field(default_factory=Omitted)
    pulse: Pulse = field(default_factory=Pulse)
    clock: Callable[[], float] = time.monotonic
    started: datetime = field(default_factory=now)
    dice: random.Random = field(default_factory=random.Random)
    breakers: dict[str, Breaker] = field(default_factory=dict)
    learned: set[str] = field(default_factory=set)
    """Base URL and model of upstreams that were found to want `max_completion_tokens`."""
    counting: set[str] = field(default_factory=set)
    """Cards of which a request is being counted beside its answer."""
    leases: Leases = field(default_factory=Leases)

    @property
    def config(self) -> Configuration:
        """The configuration of this moment; a request keeps the one with which it began."""
        return self.reloader.current

    def breaker(self, card: str) -> Breaker:
        """The circuit breaker of a card."""
        if card not in self.breakers:
            self.breakers[card] = Breaker(self.clock)
        return self.breakers[card]

    def about(self, digest: str) -> tuple[str, str]:
        """Component and name of a digest, as the unit store knows them."""
        unit = self.store.get(digest)
        return (unit.component, unit.name) if unit else ("", "")
