"""Our own gateway against the whole suite, with its fallback and, where the upstream fails, without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.conformance.own import own_gateway
from tests.conformance.scenario import Scenario
from tests.conformance.suite import SCENARIOS, Result, run, scripted

FAULTS = [scenario for scenario in SCENARIOS if scenario.phase == "faults" and not scenario.id.startswith("claude-")]

pytestmark = [pytest.mark.xdist_group("conformance"), pytest.mark.timeout(400)]


def _results(scenarios: Sequence[Scenario], *, fallback: bool) -> Mapping[str, Result]:
    with scripted() as (theatre, url), own_gateway(url, fallback=fallback) as (gateway, server):
        results = run(gateway, theatre, scenarios, fresh=server.restart)
    return {result.id: result for result in results}


@pytest.fixture(scope="module")
def results() -> Mapping[str, Result]:
    """All scenarios, run once."""
    return _results(SCENARIOS, fallback=True)


@pytest.fixture(scope="module")
def without_fallback() -> Mapping[str, Result]:
    """Those in which the upstream fails, where nothing else may answer."""
    return _results(FAULTS, fallback=False)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_it_holds(scenario: Scenario, results: Mapping[str, Result]) -> None:
    """What the scenario says must hold does, and none of them is left out."""
    result = results[scenario.id]
    assert result.outcome == "pass", f"{scenario.must}: {result.why}"


@pytest.mark.parametrize("scenario", FAULTS, ids=lambda scenario: scenario.id)
def test_it_fails_cleanly_alone(scenario: Scenario, without_fallback: Mapping[str, Result]) -> None:
    """With `fallback = false` the client is told, in the form of the API."""
    result = without_fallback[scenario.id]
    assert result.outcome == "pass", f"{scenario.must}: {result.why}"
