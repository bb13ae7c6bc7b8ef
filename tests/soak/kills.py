"""A fine-tuned model that dies at random, in every way, while many requests run: each answer is whole all the same.

Its process is killed and started again, its connections break off in the ways of `upstream.FAULTS`. The circuit breaker
leaves such a model alone as soon as it knows, so the switch goes from card to card of it, a batch of requests each.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from hive_integration import tasks
from tests.soak.client import HEADERS, Got, ask, asked, session
from tests.soak.stage import Place, Process, end, gateway, start_upstream, upstream
from tests.soak.upstream import FAULTS, INPUT, MESSAGE, STEP, Wanted, arguments, words
from tests.wire.legal import Message

BATCH = 40
"""Requests that begin at once, all to one card."""
PATIENCE = {"connect_timeout": 1.0, "idle_timeout": 0.5, "retries": 1, "retry_budget": 1.0}
CHUNKS = 12
NO_BREAKER = ("-c", "from hive_integration.gateway import breaker\n"
              "breaker.IN_A_ROW = breaker.WITHIN = 1_000_000\n"
              "from hive_integration.cli.main import main\nmain()")  # fmt: skip
"""The gateway with a breaker that never opens."""


@dataclass(frozen=True)
class Trial:
    """One request, and what came."""

    wanted: Wanted
    got: Got

    @property
    def session(self) -> str:
        """By which the ledger names it."""
        return f"soak-{self.wanted.id}"


@dataclass
class Run:
    """All that a run left behind. `url`: where the model listens."""

    url: str
    trials: list[Trial] = field(default_factory=list)
    rows: Mapping[str, Sequence[sqlite3.Row]] = field(default_factory=dict)
    """The ledger's rows of each session."""
    killed: int = 0
    """How often the model's process was killed."""
    files: tuple[int, int] = (0, 0)
    memory: tuple[float, float] = (0.0, 0.0)
    """Open descriptors, and resident MB, before and after."""

    def outcomes(self) -> Counter[str]:
        """How many ended in which way."""
        return Counter(_outcome(trial) for trial in self.trials)

    def reasons(self) -> Counter[str]:
        """Why arms were needed beside the first, by the ledger."""
        rows = [row for rows in self.rows.values() for row in rows if row["fallback"]]
        return Counter(f"{row['arm']}: {row['fallback']}" for row in rows)

    def __str__(self) -> str:
        ways = ", ".join(f"{count} {way}" for way, count in self.outcomes().most_common())
        return (
            f"{len(self.trials)} requests, the model's process killed {self.killed} times: {ways}; arms by reason "
            f"{dict(self.reasons())}; descriptors {self.files[0]} to {self.files[1]}, memory {self.memory[0]:.0f} to "
            f"{self.memory[1]:.0f} MB"
        )


TUNED, CLAUDE, JOINED, TOLD, PASSED = (
    "whole from the tuned model", "whole from Claude", "begun by one and ended by the other", "told that it failed",
    "passed on as Claude's side said it",
)  # fmt: skip


_PASSED = {"html": (b"<html>",), "badjson": (b'"text":"claude/',)}
"""What Claude's side may say that no client can read: that way is byte-exact, so it is not put right."""


def _outcome(trial: Trial) -> str:
    """One of those above; anything else is a fault, in words."""
    got, wanted = trial.got, trial.wanted
    if wanted.claudefault in _PASSED and any(mark in got.raw for mark in _PASSED[wanted.claudefault]):
        return PASSED
    if got.broken:
        return f"FAULT broke off: {got.broken}"
    if got.status != 200:
        told = got.status >= 500 and b'"type":"error"' in got.raw.replace(b" ", b"")
        return TOLD if told else f"FAULT status {got.status}: {got.raw[:100]!r}"
    try:
        message = got.message()
    except (AssertionError, ValueError, KeyError) as error:
        return f"FAULT not legal: {error}"
    if message.error:
        return TOLD
    return _whole(message, wanted, got)


def _whole(message: Message, wanted: Wanted, got: Got) -> str:
    tuned, claude = "".join(words("tuned", wanted)), "".join(words("claude", wanted))
    who = "tuned" if message.text == tuned else "claude"
    calls = [("Bash", arguments(who, wanted))] if wanted.call else []
    if message.calls != calls or message.stop_reason != ("tool_use" if wanted.call else "end_turn"):
        return f"FAULT calls {message.calls}, {message.stop_reason}"
    if message.text == tuned:
        return TUNED if not got.headers.get("x-hive-fallback") else "FAULT the wrong mark"
    if message.text == claude:
        marked = bool(got.headers.get("x-hive-fallback")) or message.comments
        return CLAUDE if marked else "FAULT the mark is missing"
    begun = message.text.removesuffix(claude)
    if begun != message.text and begun.strip() and tuned.startswith(begun.rstrip()):
        return JOINED
    return f"FAULT neither text nor the other: {message.text[:300]!r}"


def run(folder: Path, *, requests: int = 1000, claude_fails: bool = False, breaker: bool = True, seed: int = 3) -> Run:
    """Do it. Without `breaker` the gateway never leaves a card alone.

    `claude_fails`: the full model breaks off at random, too, so an answer may have to say that it failed.
    """
    model = Model(start_upstream(seed=seed))
    place, it = Place(folder), Run(model.url)
    try:
        with upstream(seed + 1) as claude:
            place.tuned(model.url)
            place.claude(claude.url, **PATIENCE)
            place.switch()
            with gateway(place, () if breaker else NO_BREAKER) as gate:
                uvloop.run(_all(place, gate, model, it, (requests, claude_fails, seed)))
    finally:
        end(model.process)
    it.rows = _rows(place.ledger)
    assert place.bugs() == []
    return it


class Model:
    """The fine-tuned model's process, which is killed and started again at one port."""

    def __init__(self, process: Process) -> None:
        self.process, self.url = process, process.url
        self.seed = 100

    async def die(self) -> None:
        """Die, and come back."""
        end(self.process)
        self.seed += 1
        self.process = await asyncio.to_thread(start_upstream, int(self.url.rpartition(":")[2]), self.seed)


async def _all(place: Place, gate: Process, model: Model, it: Run, how: tuple[int, bool, int]) -> None:
    requests, claude_fails, seed = how
    dice = random.Random(seed)
    batches = [
        [_drawn(dice, first + n, claude_fails=claude_fails) for n in range(min(BATCH, requests - first))]
        for first in range(0, requests, BATCH)
    ]
    # What a gateway needs once is not what it loses with each request: the measure begins after the first batches.
    await _work(place, gate, it, batches[:3])
    files, memory = gate.files, gate.memory
    over = asyncio.Event()
    killer = tasks.spawn(_kill(model, it, dice, over))
    try:
        await _work(place, gate, it, batches[3:])
    finally:
        over.set()
        await killer
    it.files, it.memory = (files, gate.files), (memory, gate.memory)


async def _work(place: Place, gate: Process, it: Run, batches: list[list[tuple[Wanted, bool]]]) -> None:
    """Ask, batch by batch, and wait until the gateway has nothing to do."""
    async with session() as client:
        for batch in batches:
            card = f"tuned-{batch[0][0].id}"
            place.tuned(it.url, card, **PATIENCE)
            place.switch(finetuned=card)
            await _until(client, gate, lambda status, card=card: status["profile"]["finetuned"] == card)
            it.trials += await asyncio.gather(*(_trial(client, gate, *each) for each in batch))
    await asyncio.sleep(1.0)


async def _until(client: aiohttp.ClientSession, gate: Process, holds: Any) -> None:
    async with asyncio.timeout(10):
        while True:
            async with client.get(f"{gate.url}/hive/status", headers=HEADERS) as answer:
                if holds(await answer.json()):
                    return
            await asyncio.sleep(0.01)


async def _trial(client: aiohttp.ClientSession, gate: Process, wanted: Wanted, stream: bool) -> Trial:
    said = f"soak id={wanted.id} chunks={wanted.chunks} gap={wanted.gap}"
    said += f" fault={wanted.fault}" if wanted.fault else ""
    said += f" claudefault={wanted.claudefault}" if wanted.claudefault else ""
    body = asked(said + (" call=1;" if wanted.call else ";"), stream=stream)
    headers = {"x-claude-code-session-id": f"soak-{wanted.id}"}
    return Trial(wanted, await ask(client, f"{gate.url}/v1/messages", body, headers=headers, within=30))


def _drawn(dice: random.Random, n: int, *, claude_fails: bool) -> tuple[Wanted, bool]:
    """A request, and whether it is streamed. Half of them fail at first; a third of those at each try anew."""
    fault = dice.choice(FAULTS) if dice.random() < 0.35 else "random" if dice.random() < 0.25 else ""
    other = dice.choice(FAULTS) if claude_fails and dice.random() < 0.5 else ""
    wanted = Wanted(f"r{n}", CHUNKS, 0.004, call=dice.random() < 0.3, fault=fault, claudefault=other)
    return wanted, dice.random() < 0.8


async def _kill(model: Model, it: Run, dice: random.Random, over: asyncio.Event) -> None:
    """Kill it at random until all is over. It is not cancelled: a process that is just starting must not be lost."""
    while not over.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), 0.3 + dice.random())
            return
        await model.die()
        it.killed += 1


def _rows(ledger: Path) -> Mapping[str, Sequence[sqlite3.Row]]:
    base = sqlite3.connect(ledger)
    base.row_factory = sqlite3.Row
    found: dict[str, list[sqlite3.Row]] = {}
    for row in base.execute("SELECT * FROM arms ORDER BY time"):
        found.setdefault(row["session"], []).append(row)
    base.close()
    return found


# What must hold at its end.


def misbooked(run: Run) -> Iterator[str]:
    """Requests whose rows in the ledger do not say what happened."""
    if len(run.rows) != len(run.trials):
        yield f"{len(run.rows)} sessions in the ledger, {len(run.trials)} requests"
    for trial in run.trials:
        rows = run.rows.get(trial.session, ())
        if why := _misbooked(trial, rows):
            yield f"{trial.wanted}: {why}; {[(row['arm'], row['card'], row['status'], row['output']) for row in rows]}"


def _misbooked(trial: Trial, rows: Sequence[sqlite3.Row]) -> str:
    outcome, arms = _outcome(trial), [row["arm"] for row in rows]
    if len({row["request"] for row in rows}) != 1:
        return "not one id"
    if arms.count("fallback") > 1 and not trial.wanted.claudefault:
        return "more than one fallback"
    breaker = rows[0]["fallback"] == "breaker_open"
    if arms[0] != "first" and not breaker:
        return "no first arm"
    if outcome == TUNED and (rows[-1]["status"] != 200 or not rows[-1]["card"].startswith("tuned")):
        return "the last arm is not the tuned model's"
    if outcome in {CLAUDE, JOINED} and (rows[-1]["card"] != "claude" or rows[-1]["status"] != 200):
        return "the last arm is not Claude's"
    if outcome not in {TOLD, PASSED}:
        last = rows[-1]
        if (last["input"], last["output"]) != (INPUT, STEP * trial.wanted.chunks):
            return f"the last arm's usage is {last['input']} and {last['output']}"
        return _untold(trial, rows)
    return ""


def _untold(trial: Trial, rows: Sequence[sqlite3.Row]) -> str:
    """An answer that was translated tells the usage of all arms together; one that was passed on tells Claude's."""
    message = trial.got.message()
    told = (message.usage["input_tokens"], message.usage["output_tokens"])
    counted = rows[-1:] if message.id == MESSAGE else rows
    sums = (sum(row["input"] for row in counted), sum(row["output"] for row in counted))
    return "" if told == sums else f"the client was told {told} tokens, the ledger has {sums}"
