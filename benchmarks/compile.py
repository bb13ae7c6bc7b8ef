"""How fast a dataset is made: claude-flow with its MCP tools, in minutes and MB, linear, the same with 1 or 2 workers.

What was made is then read by other means: every call against its schema by plain jsonschema, the splits against each
other, and every example against every other by its words. Times never fail this script; wrong data does.

    python benchmarks/compile.py [--count N] [--units FILE] [--write]

    --count N      the large size; a tenth of it is the small one [default: 100,000]
    --units FILE   a units.jsonl, instead of that of the pinned claude-flow
    --write        put the tables into docs/performance.md (only with the full count)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _page import put
from _scene import FRAMEWORK, make_scene
from jsonschema import Draft202012Validator

PROGRAM = str(Path(sys.executable).with_name("hive-ctx"))
FULL = 100_000
MINUTES, MEGABYTES, TIMES, DUPLICATES = 10.0, 1500.0, 11.0, 0.005
"""Issue 5, D.2 and D.3: for 100,000 on two cores; ten times the examples; the share that is told twice."""
PAGE = Path(__file__).parents[1] / "docs/performance.md"


@dataclass(frozen=True, slots=True)
class Run:
    """One compilation. `megabytes` of all its processes together, at most at one time."""

    seconds: float
    megabytes: float
    manifest: Mapping[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=FULL)
    parser.add_argument("--units", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hive-bench-") as folder:
        base = Path(folder).resolve()
        units = options.units or extracted(base)
        page = "\n".join(measured(base, units, options.count, wrong))
    print(page)
    for line in wrong:
        print(f"WRONG: {line}")
    if options.write and not wrong and options.count == FULL:
        put(PAGE, "compile", page)
    return 1 if wrong else 0


def extracted(base: Path) -> Path:
    """The units of the pinned framework, its server asked for its tools."""
    project = make_scene(base).template
    command = [PROGRAM, "extract", str(project), "--out", str(base / "units.jsonl"), "--start-servers", "--yes"]
    env = {"HOME": str(base), "PATH": os.environ["PATH"], "npm_config_offline": "true"}
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=300)
    return base / "units.jsonl"


def measured(base: Path, units: Path, count: int, wrong: list[str]) -> Iterator[str]:
    """The tables."""
    small = max(count // 10, 1)
    one = compiled(units, base / "one", small, 1)
    two = compiled(units, base / "two", small, 2)
    large = compiled(units, base / "large", count, 2)
    if one.manifest["hashes"] != two.manifest["hashes"]:
        wrong.append("one worker and two made other bytes")
    machine = f"{os.cpu_count()} cores, Python {'.'.join(map(str, sys.version_info[:3]))}"
    yield f"Measured {datetime.now(UTC):%Y-%m-%d} by `benchmarks/compile.py` on {machine}."
    yield ""
    shown = large.manifest["behaviours"]["shown"]
    yield f"{' '.join(FRAMEWORK)}, offline: {large.manifest['units']['units']:,} units, {shown:,} behaviours"
    yield ""
    yield "| examples | workers | minutes | ms each | MB, all processes | passed | |"
    yield "|--:|--:|--:|--:|--:|--:|---|"
    for workers, run in ((1, one), (2, two), (2, large)):
        made = run.manifest["counts"]["examples"]
        full = run is large and count == FULL
        met = verdict(run.seconds <= 60 * MINUTES and run.megabytes <= MEGABYTES) if full else ""
        took = f"{run.seconds / 60:.2f} | {1000 * run.seconds / made:.2f} | {run.megabytes:.0f}"
        yield f"| {made:,} | {workers} | {took} | {run.manifest['yield']:.1%} | {met} |"
    times = large.seconds / two.seconds
    yield f"| | | {times:.1f} × | | | | ten times as many, at most {TIMES:.0f} ×: {verdict(times <= TIMES)} |"
    yield ""
    yield from looked_at(base / "large", units, count, wrong)


def compiled(units: Path, out: Path, count: int, workers: int) -> Run:
    """One run of the command line."""
    command = [PROGRAM, "compile", str(units), "--out", str(out), "--count", str(count), "--workers", str(workers)]
    env = {"HOME": str(out.parent), "PATH": os.environ["PATH"]}
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    most, done = [0.0], threading.Event()
    watch = threading.Thread(target=_watched, args=(process.pid, most, done))
    watch.start()
    _, told = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watch.join()
    if process.returncode:
        raise RuntimeError(f"exit {process.returncode}: {told[-500:]}")
    return Run(seconds, most[0], json.loads((out / "manifest.json").read_text()))


def _watched(pid: int, most: list[float], done: threading.Event) -> None:
    """Every half second, what the process and those that it started hold."""
    while not done.wait(0.5):
        listed = subprocess.run(
            ["ps", "-e", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=False
        ).stdout
        rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
        ours = {pid}
        for _ in range(3):
            ours |= {child for child, parent, _ in rows if parent in ours}
        most[0] = max(most[0], sum(rss for each, _, rss in rows if each in ours) / 1024)


# What was made, read by other means.


def looked_at(out: Path, units: Path, count: int, wrong: list[str]) -> Iterator[str]:
    """Calls, splits and repetitions."""
    checked = {}
    for line in units.read_text().split("\n")[:-1]:
        unit = json.loads(line)
        if unit.get("schema") is not None:
            checked.setdefault(unit["name"], Draft202012Validator(unit["schema"]))
    calls = invalid = twice = 0
    seen: set[bytes] = set()
    requests: dict[str, set[bytes]] = {"train": set(), "eval": set()}
    for split, messages in read(out):
        requests[split].add(digest(next(m["content"] for m in messages if m["role"] == "user")))
        for call in (call for m in messages for call in m.get("tool_calls", ())):
            calls += 1
            name, arguments = call["function"]["name"], json.loads(call["function"]["arguments"])
            invalid += name not in checked or not checked[name].is_valid(arguments)
        whole = digest(json.dumps([[m["role"], m.get("content"), [c["function"] for c in m.get("tool_calls", ())]]
                                   for m in messages[1:]]))  # fmt: skip
        twice += whole in seen
        seen.add(whole)
    families: dict[str, set[str]] = {"train": set(), "eval": set()}
    for row in map(json.loads, (out / "provenance.jsonl").open(encoding="utf-8")):
        families[row["split"]].add(row["family"])
    shared = len(families["train"] & families["eval"])
    leaked = len(requests["train"] & requests["eval"])
    if invalid or shared or leaked or twice > DUPLICATES * count:
        wrong.append(
            f"{invalid} invalid calls, {shared} families and {leaked} requests in both splits, {twice} repeated"
        )
    yield f"{calls:,} calls, {invalid} of them not valid against the tool's own schema; {twice} examples told twice;"
    yield f"{len(families['train'])} families in training and {len(families['eval'])} in evaluation, {shared} in both;"
    yield f"{leaked} requests of the evaluation in training."


def read(out: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every conversation and its split."""
    for split in ("train", "eval"):
        with (out / f"{split}.jsonl").open(encoding="utf-8") as file:
            for line in file:
                yield split, json.loads(line)["messages"]


def digest(text: str) -> bytes:
    """Of the words, case aside."""
    return hashlib.blake2b(" ".join(text.casefold().split()).encode(), digest_size=12).digest()


def verdict(met: bool) -> str:
    return "met" if met else "**missed**"


if __name__ == "__main__":
    sys.exit(main())
