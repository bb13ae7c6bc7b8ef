"""Compose an examination: what was interrupted is finished, what of ours is missing is put back, the rest is explained.

What the user changed is theirs: it is named and left. Nothing is asked, and nothing is mended that could be meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hive_integration.cli.installing import STATE, Wanted, prepare, stated, told
from hive_integration.install.cautions import Caution, of_client, of_target
from hive_integration.install.client import Client, find_client, version_of
from hive_integration.install.doctor import Finding, inspected
from hive_integration.install.journal import perform, recover
from hive_integration.install.ledger import Ledger, ledger_of
from hive_integration.install.place import Place
from hive_integration.install.plan import planned
from hive_integration.install.registration import knows
from hive_integration.install.target import Target
from hive_integration.settings import World


@dataclass(frozen=True, slots=True)
class Examined:
    """What was done and what there is to say. `version`: the client's, empty where it is not known."""

    place: Place
    ledger: Ledger | None
    client: Client | None
    version: tuple[int, ...]
    mended: Sequence[str]
    findings: Sequence[Finding]
    cautions: Sequence[Caution]


def examine(place: Place, world: World) -> Examined:
    """Examine and mend the installation at a place, and look at the client, whose version is asked.

    Raises `HiveError` where what was interrupted can neither be finished nor taken back.
    """
    mended = list(recover(place))
    ledger = ledger_of(place)
    target = Target(place.root, ledger.facts.get("kind", "project") if ledger else "project")
    if ledger is not None and "kind" in ledger.facts:
        mended += _mended(place, ledger.facts, target, world)
    client = find_client(world)
    version = version_of(client) if client else ()
    cautions = [*of_target(target), *of_client(version, world)]
    return Examined(place, ledger, client, version, mended, inspected(place), cautions)


def _mended(place: Place, facts: Mapping[str, Any], target: Target, world: World) -> Iterator[str]:
    """Put back what is missing, tell the client what it does not know, write the state; a sentence for each."""
    missing = {finding.path for finding in inspected(place) if finding.mendable}
    prepared = prepare(Wanted(client=facts.get("client") is not False), target, world)
    changes = [change for change in prepared.changes if change.path in missing]
    if changes:
        plan = planned(place, changes)
        yield from perform(place, plan)
        yield from (f"{step.path} was missing and is back" for step in plan.steps)
    if prepared.client and not knows(prepared.client, target):
        yield from told(prepared) or ["the client knows the plugin again"]
    there = (place.folder / STATE).exists()
    yield from stated(prepared, world) or ([] if there else ["the state for the plugin is written again"])
