"""Many slow streams through one gateway process: how late each chunk is, against the same client without a gateway.

Each chunk says when it was sent, so lateness is measured chunk by chunk, on one clock. What the machine itself adds is
measured in the same run: streams straight from the upstream, and the time in which the gateway had no core.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from hive_integration import tasks
from tests.soak.client import Got, ask, asked, session
from tests.soak.stage import Place, Process, gateway, upstream
from tests.wire.legal import Message

_STAMP = re.compile(rb"\[(\d+)@(\d+)\]")
RAMP = 1.5
"""Seconds over which the streams begin."""
WINDOW = 0.25
"""Seconds before a chunk was sent and after it arrived in which the machine's own stalls are looked for."""
Late = tuple[int, int]
"""(sent, arrived), both in nanoseconds of the monotonic clock."""


@dataclass(frozen=True)
class Figures:
    """What was measured. Times in ms; `own` is what is left when the machine's own share is taken off."""

    streams: int
    chunks: int
    lost: Sequence[str]
    """Why a stream does not count as whole, one line each."""
    worst: float
    p99: float
    p50: float
    control_worst: float
    control_p99: float
    own_worst: float
    starved: float
    """How long the gateway had no core, in all."""
    most_at_once: int
    cpu: float
    """Processor time of the gateway, in seconds."""
    memory: float

    def __str__(self) -> str:
        return (
            f"{self.streams} streams ({self.most_at_once} at once), {self.chunks} chunks, {len(self.lost)} lost; late "
            f"by p50 {self.p50:.1f}, p99 {self.p99:.1f}, worst {self.worst:.1f} ms; without a gateway p99 "
            f"{self.control_p99:.1f}, worst {self.control_worst:.1f} ms; the gateway's own share at worst "
            f"{self.own_worst:.1f} ms; it had no core for {self.starved:.0f} ms in all; {self.cpu:.1f} s of processor "
            f"time, {self.memory:.0f} MB"
        )


def run(folder: Path, *, streams: int = 512, chunks: int = 64, gap: float = 0.15, controls: int = 32) -> Figures:
    """Measure it."""
    place = Place(folder)
    with upstream() as up:
        place.tuned(up.url)
        place.claude(up.url)
        place.switch()
        with gateway(place) as gate:
            return uvloop.run(_measure(gate, up, streams, (chunks, gap, controls)))


async def _measure(gate: Process, up: Process, streams: int, how: tuple[int, float, int]) -> Figures:
    chunks, gap, controls = how
    dice = random.Random(2)
    waits: list[tuple[int, float]] = []
    async with session() as client:
        assert (await ask(client, f"{gate.url}/v1/messages", asked("soak id=warm;"))).status == 200
        await asyncio.sleep(1.0)  # what a gateway loads when it starts is loaded then
        before, watch = gate.used, tasks.spawn(_watch(gate, waits))

        async def one(url: str, name: str, wait: float) -> Got:
            await asyncio.sleep(wait)
            words = f"soak id={name} chunks={chunks} gap={gap} stamp=1;"
            return await ask(client, url, asked(words), within=30 + 2 * chunks * gap)

        through = [one(f"{gate.url}/v1/messages", f"g{n}", RAMP * dice.random()) for n in range(streams)]
        direct = [one(f"{up.url}/v1/messages", f"d{n}", RAMP * dice.random()) for n in range(controls)]
        everything = await asyncio.gather(*through, *direct)
    memory = gate.memory
    watch.cancel()
    got, control = everything[:streams], everything[streams:]
    lost = [f"stream {n}: {why}" for n, each in enumerate(got) if (why := _fault(each, chunks))]
    assert not any(_fault(each, chunks) for each in control), "the control itself failed"
    late, usual = [x for each in got for x in _late(each)], [x for each in control for x in _late(each)]
    delays, controls_ = sorted(b - a for a, b in late), sorted(b - a for a, b in usual)
    return Figures(
        streams, len(late), lost, delays[-1] / 1e6, _at(delays, 0.99), _at(delays, 0.5), controls_[-1] / 1e6,
        _at(controls_, 0.99), _own(late, usual, waits), 1000 * (waits[-1][1] - waits[0][1]), _most(got),
        gate.used - before, memory,
    )  # fmt: skip


async def _watch(gate: Process, waits: list[tuple[int, float]]) -> None:
    """Note every 20 ms how long the gateway has waited for a core until then."""
    while True:
        waits.append((time.monotonic_ns(), gate.waited))
        await asyncio.sleep(0.02)


def _fault(got: Got, chunks: int) -> str:
    """Why a stream is not whole; empty where it is."""
    try:
        message: Message = got.message()
    except AssertionError as error:
        return str(error)
    numbers = [int(n) for n, _ in _STAMP.findall(message.text.encode())]
    if numbers != list(range(chunks)) or _STAMP.sub(b"", message.text.encode()):
        return f"its text is not whole or not in order: {message.text[:200]!r}"
    return message.error["message"] if message.error else ""


def _late(got: Got) -> list[Late]:
    """When each chunk was sent, and when the read ended that brought the last byte of it."""
    ends = [size for _, size in got.reads]
    return [(int(m[2]), got.reads[bisect_left(ends, m.end())][0]) for m in _STAMP.finditer(got.raw)]


def _own(late: Sequence[Late], usual: Sequence[Late], waits: Sequence[tuple[int, float]]) -> float:
    """The worst lateness in ms that neither the control nor a lack of cores explains.

    Taken off are the control's worst lateness around that time, and how long the gateway had no core then: what piles
    up in such a time holds up what comes after it.
    """
    usual, times = sorted(usual), [at for at, _ in waits]
    sent = [a for a, _ in usual]
    worst, near = 0.0, int(WINDOW * 1e9)
    for a, b in late:
        if b - a <= worst * 1e6:
            continue
        around = usual[bisect_left(sent, a - near) : bisect_left(sent, b + near)]
        control = max((y - x for x, y in around), default=0) / 1e6
        first, last = max(bisect_left(times, a - near) - 1, 0), min(bisect_left(times, b), len(waits) - 1)
        starved = 1000 * (waits[last][1] - waits[first][1])
        worst = max(worst, (b - a) / 1e6 - control - starved)
    return worst


def _most(got: Sequence[Got]) -> int:
    """How many streams were open at once: between their first and their last read."""
    reads = [each.reads for each in got if each.reads]
    steps = sorted([(each[0][0], 1) for each in reads] + [(each[-1][0], -1) for each in reads])
    most = now = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def _at(values: Sequence[int], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)] / 1e6
