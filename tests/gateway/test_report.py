"""The status, from the parts of a running gateway."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from hive_integration import __version__
from hive_integration.gateway.report import report
from hive_integration.gateway.strip import Removed
from hive_integration.units import Component
from tests.gateway.made import furniture


async def test_the_status_is_of_this_moment(tmp_path: Path) -> None:
    """Every part of the gateway speaks in it."""
    async with AsyncExitStack() as stack:
        parts = furniture(stack, tmp_path)
        parts.breaker("tuned").failed()
        parts.savings.book((Removed("sha256:1", Component.SYSTEM_PROMPT, "bees", "Mind the bees."),), "o200k_base")
        parts.counts.calibration("tuned").learn(100, 150)
        parts.leases.held = 2
        status = report(parts)
        parts.env = {**parts.env, "USE_FINETUNED": "0"}
        other = report(parts)
    assert (status["version"], status["config"]) == (__version__, parts.config.version)
    assert (status["profile"]["effective"], status["chosen_by"], status["leases"]) == ("finetuned", "file", 2)
    assert [unit["name"] for unit in status["removed"]] == ["bees"]
    assert "tuned" in status["calibration"]
    assert (other["profile"]["effective"], other["chosen_by"]) == ("full", "environment")
