"""What the installed plugin costs a session that does not use it: tokens of the first request, time until it leaves.

Sessions of the real clients in the full profile, in turns with and without the plugin, so that a slow machine slows
both; the median of the differences. Beside it stands a plugin whose mod does nothing: what the client itself takes for
having a mod at all. Times never fail this script, they are printed as met or missed; tokens do.

    python benchmarks/plugin.py [--write] [--times N]       --write puts the table into docs/reference/plugin.md
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from _clock import measure
from _page import put

from hive_integration.files import atomic_write
from hive_integration.providers.fake import Answer, Recorded, reply, running
from tests.e2e.conftest import CLAUDE
from tests.e2e.npm import binary
from tests.plugin.scene import PLUGIN, Scene, main_requests, scene, state_of, tokens

CLIENTS = ("2.1.329", "2.1.197")
TIMES = 20
TOKENS_BAR, START_BAR = 60, 50.0
PAGE = Path(__file__).parents[1] / "docs/reference/plugin.md"
ARMS = ("no plugin", "hive", "a mod that does nothing")


@dataclass(frozen=True, slots=True)
class Run:
    """One session: milliseconds until its first request arrived, and that request's tokens."""

    start: float
    tokens: int


def main() -> int:
    times = int(sys.argv[sys.argv.index("--times") + 1]) if "--times" in sys.argv else TIMES
    with tempfile.TemporaryDirectory(prefix="hive-bench-") as folder:
        base = Path(folder).resolve()
        runs = {version: sessions(version, base, times) for version in CLIENTS}
    page = "\n".join([*machine(times), *table(runs)])
    print(page)
    if wrong := [version for version in CLIENTS if idle(runs[version]) > TOKENS_BAR]:
        print(f"WRONG: with {', '.join(wrong)} the idle plugin costs over {TOKENS_BAR} tokens")
    elif "--write" in sys.argv[1:]:
        put(PAGE, "plugin", page)
    return 1 if wrong else 0


def machine(times: int) -> Iterator[str]:
    """When, on what, how often."""
    today, cores = f"{datetime.now(UTC):%Y-%m-%d}", os.cpu_count()
    load = os.getloadavg()[0]
    yield f"Measured {today} by `benchmarks/plugin.py`, {times} rounds on {cores} cores (load at the end: {load:.1f})."
    yield ""


def sessions(version: str, base: Path, times: int) -> Mapping[str, list[Run]]:
    """The arms in turns, the order reversed each round; a first round is not counted."""
    it = scene(binary(CLAUDE, version, "claude"), base / version)
    loaded = {ARMS[0]: [], ARMS[1]: ["--plugin-dir", str(PLUGIN)], ARMS[2]: ["--plugin-dir", str(idle_mod(base))]}
    runs: dict[str, list[Run]] = {arm: [] for arm in ARMS}
    for number in range(times + 1):
        for arm in ARMS if number % 2 else reversed(ARMS):
            runs[arm].append(session(it, loaded[arm]))
    return {arm: each[1:] for arm, each in runs.items()}


def session(it: Scene, loaded: list[str]) -> Run:
    """One `claude -p` in the full profile."""
    arrived: list[float] = []

    def script(request: Recorded) -> Answer:
        if request.json.get("tools"):
            arrived.append(time.perf_counter())
        return reply(request, "done")

    with running(script) as upstream:
        it.write(state_of(upstream.base_url, {}, profile="full"))
        begun = time.perf_counter()
        measure([str(it.client), *loaded, "-p", "say hi"], it.env(upstream), it.project)
        return Run(1000 * (arrived[0] - begun), tokens(main_requests(upstream)[0]))


def idle_mod(base: Path) -> Path:
    """A plugin with a mod of one hook that is never reached before the first request."""
    folder = base / "idle-mod"
    manifest = {"name": "idle-mod", "version": "0.0.1", "description": "does nothing", "author": {"name": "bench"}}
    for name, text in {
        ".claude-plugin/plugin.json": json.dumps(manifest),
        "hooks/hooks.json": json.dumps({"modules": ["./register.js"]}),
        "hooks/register.js": "export function register(on) { on('session.end', async ($, e, next) => next(e)) }\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        atomic_write(folder / name, text)
    return folder


def table(runs: Mapping[str, Mapping[str, list[Run]]]) -> Iterator[str]:
    """A row an arm of each client."""
    yield "| client | | first request, tokens | more | starts after, ms (median) | more (median) | bar | |"
    yield "|---|---|--:|--:|--:|--:|--:|---|"
    for version, arms in runs.items():
        before = arms[ARMS[0]]
        for arm, each in arms.items():
            start = statistics.median(run.start for run in each)
            row = f"| {version} | {arm} | {each[0].tokens:,} | "
            if arm == ARMS[0]:
                yield f"{row}| {start:.0f} | | | |"
                continue
            more = statistics.median(b.start - a.start for a, b in zip(before, each, strict=True))
            judged = f"{START_BAR:.0f} | {'met' if more <= START_BAR else '**missed**'}" if arm == ARMS[1] else "| "
            yield f"{row}{each[0].tokens - before[0].tokens} | {start:.0f} | {more:+.0f} | {judged} |"


def idle(arms: Mapping[str, list[Run]]) -> int:
    """The most tokens that a session with the plugin carried more."""
    return max(b.tokens - a.tokens for a, b in zip(arms[ARMS[0]], arms[ARMS[1]], strict=True))


if __name__ == "__main__":
    sys.exit(main())
