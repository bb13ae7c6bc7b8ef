"""What to do when something fails: what sentences say, and for every tool that its error is read and answered. Pure."""

from __future__ import annotations

from hive_integration.knowledge.behaviours.reading import Found, Reading
from hive_integration.knowledge.behaviours.said import said
from hive_integration.units.behaviour import BehaviourKind
from hive_integration.units.check import Check, CheckKind


def find(reading: Reading) -> Found:
    """Sentences about failing; of a tool, that an error is no result."""
    name = reading.unit.name
    if reading.unit.schema is not None:
        line = reading.context.listed.get(name, "")
        yield reading.behaviour(
            BehaviourKind.RECOVERY,
            f"When {name} answers with an error, mend its arguments or say what failed; never claim a result.",
            checks=[Check(CheckKind.CALLED, (name,))], units=[line] if line else [],
        )  # fmt: skip
    yield from said(reading, BehaviourKind.RECOVERY)
