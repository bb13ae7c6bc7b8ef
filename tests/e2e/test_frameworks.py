"""Facts about the static audit on real frameworks, held against the probe on the same folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.docs_frameworks import audit, compared

from .frameworks import FRAMEWORKS

pytestmark = pytest.mark.e2e

CASES = [(name, "2.1.329") for name in FRAMEWORKS] + [("claude-flow 3.43.0", "2.1.197"), ("ECC 2.0.0", "2.1.197")]


@pytest.mark.parametrize(("framework", "version"), CASES)
def test_static_is_within_the_bars_of_the_wire(framework: str, version: str, tmp_path: Path) -> None:
    """Issue F.2: each part within 5 % or 60 tokens, the total within 3 %; and the same units, by digest."""
    scene = FRAMEWORKS[framework](tmp_path / "scene")
    static = audit(scene, version, "--method", "static", "--start-servers")
    probe = audit(scene, version, "--method", "probe")
    _, misses = compared(framework, version, static, probe)
    assert misses == []
    assert probe["unattributed_tokens"] <= 0.02 * probe["total_tokens"]
    for component in ("agents", "skills", "commands", "mcp_tools"):
        here, there = (_digests(report, component) for report in (static, probe))
        assert len(here ^ there) <= 0.02 * len(there) + 1


def _digests(report: dict, component: str) -> set[str]:
    return {u["digest"] for u in report["units"] if u["component"] == component and u["load"] in {"listed", "deferred"}}
