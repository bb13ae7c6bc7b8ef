"""All scenarios, and how they are run against one gateway: most side by side, those that break the upstream last."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from hive_integration.providers.fake import running
from tests.conformance import calls, claude, counting, errors, requests, security, streams, switching
from tests.conformance.expect import Failed, NotApplicable
from tests.conformance.scenario import Scenario
from tests.conformance.stage import Gateway, Stage, Theatre

GROUPS: dict[str, Sequence[Scenario]] = {
    "Streams": streams.SCENARIOS,
    "Tool calls": calls.SCENARIOS,
    "Requests to a chat upstream": requests.SCENARIOS,
    "Tokens and other endpoints": counting.SCENARIOS,
    "Errors": errors.SCENARIOS,
    "Keys and hosts": security.SCENARIOS,
    "The way to Claude": claude.SCENARIOS,
    "Switching models": switching.SCENARIOS,
}
SCENARIOS: tuple[Scenario, ...] = tuple(scenario for group in GROUPS.values() for scenario in group)
WORKERS = 3


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario ended. `outcome` is pass, fail or n/a; `why` says why it is not a pass."""

    id: str
    outcome: str
    why: str = ""
    seconds: float = 0.0


@contextmanager
def scripted(port: int = 0) -> Iterator[tuple[Theatre, str]]:
    """The upstream that every scenario shares, and its base URL; it speaks both protocols."""
    theatre = Theatre()
    with running(theatre.answer, port=port) as upstream:
        yield theatre, upstream.base_url


def run(
    gateway: Gateway,
    theatre: Theatre,
    scenarios: Sequence[Scenario] = SCENARIOS,
    told: Callable[[Result], None] = lambda _: None,
    fresh: Callable[[], object] = lambda: None,
) -> list[Result]:
    """Run scenarios; the results are in their order. `told` hears each as it ends.

    `fresh` is called before each of those that break the upstream: it gives back a gateway that has seen no fault yet.
    Without it a gateway that leaves a failing upstream alone for a while does so in the scenarios that follow, too.
    """
    _warm_up(gateway, theatre)
    results: dict[str, Result] = {}

    def one(scenario: Scenario) -> None:
        result = perform(scenario, Stage(scenario.id, gateway, theatre))
        told(result)
        results[scenario.id] = result

    phases = {phase: [each for each in scenarios if each.phase == phase] for phase in ("plain", "slow", "faults")}
    with ThreadPoolExecutor(len(phases["slow"]) or 1) as beside, ThreadPoolExecutor(WORKERS) as pool:
        begun = [beside.submit(one, each) for each in phases["slow"]] + [
            pool.submit(one, each) for each in phases["plain"]
        ]
    for future in begun:
        future.result()
    for scenario in phases["faults"]:
        fresh()
        one(scenario)
    return [results[scenario.id] for scenario in scenarios]


def _warm_up(gateway: Gateway, theatre: Theatre) -> None:
    """A few requests that do not count: a gateway may load what it needs when it is first asked."""
    stage = Stage("warm-up", gateway, theatre)
    for streamed in (True, None):
        stage.ask(stream=streamed)
        if gateway.claude:
            stage.ask_claude(stream=streamed)
    stage.close()


def perform(scenario: Scenario, stage: Stage) -> Result:
    """Run one scenario to its result. An exception that is none of ours is a bug of the suite and is raised."""
    begun = time.monotonic()
    outcome, why = "pass", ""
    try:
        scenario.run(stage)
    except Failed as failure:
        outcome, why = "fail", str(failure)
    except NotApplicable as reason:
        outcome, why = "n/a", str(reason)
    finally:
        stage.close()
    return Result(scenario.id, outcome, why, round(time.monotonic() - begun, 3))
