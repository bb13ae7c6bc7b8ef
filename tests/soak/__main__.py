"""The whole soak, with larger numbers: `python -m tests.soak [slow] [reloads] [turns] [kills]`."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from hive_integration import logs
from tests.soak import kills, reloads, slow, turns

Work = Callable[[Path], tuple[object, int]]
"""A folder -> (figures, how many faults)."""


def _slow(folder: Path) -> tuple[object, int]:
    figures = slow.run(folder, streams=512, chunks=400)
    return figures, len(figures.lost) + (figures.own_worst > 250)


def _by_file(folder: Path) -> tuple[object, int]:
    run = reloads.by_file(folder, saves=1000)
    return run, len(run.faults())


def _by_call(folder: Path) -> tuple[object, int]:
    run = reloads.by_call(folder, swaps=5000)
    return run, len(run.faults())


def _turns(talk: turns.Talk, number: int) -> Work:
    def work(folder: Path) -> tuple[object, int]:
        upstream = turns.run(folder, talk, number)
        return talk, len(upstream.refused) + len(talk.faults) + len(list(turns.lost(talk, upstream)))

    return work


def _kills(**how: int | bool) -> Work:
    def work(folder: Path) -> tuple[object, int]:
        run = kills.run(folder, **how)  # type: ignore[arg-type]
        bad = sum(count for way, count in run.outcomes().items() if way.startswith("FAULT"))
        return run, bad + len(list(kills.misbooked(run)))

    return work


PARTS: Mapping[str, Mapping[str, Work]] = {
    "slow": {"512 slow streams": _slow},
    "reloads": {"1,000 files saved under load": _by_file, "5,000 reloads under load": _by_call},
    "turns": {
        "400 turns": _turns(turns.Talk(turns.ADAPTIVE, files=40), 400),
        "400 turns, thinking enabled": _turns(turns.Talk(turns.ENABLED), 400),
        "100 turns, changes inside of tool loops": _turns(turns.Talk(turns.ADAPTIVE, inside=True), 100),
        "the same, thinking enabled": _turns(turns.Talk(turns.ENABLED, inside=True), 100),
    },
    "kills": {
        "the model killed in 5,000 requests": _kills(requests=5000),
        "the same in 2,000 without a breaker": _kills(requests=2000, breaker=False, seed=7),
        "both killed in 1,000 requests": _kills(requests=1000, claude_fails=True, seed=5),
    },
}


def main() -> int:
    """Run what was named, say each result; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all where none is named")
    wanted = parser.parse_args().parts or list(PARTS)
    if unknown := [part for part in wanted if part not in PARTS]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(PARTS)}")
    logs.configure(level=logging.ERROR, json=False)  # one part runs the gateway in this process
    faults = 0
    for part in wanted:
        for name, work in PARTS[part].items():
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                try:
                    figures, bad = work(Path(folder))
                except AssertionError as error:
                    figures, bad = f"ended early: {error}", 1
            faults += bad
            sys.stdout.write(f"| {name} | {bad} faults | {time.monotonic() - began:.0f} s | {figures} |\n")
            sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
