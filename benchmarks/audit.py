"""How fast the static audit is: against tiktoken over the same text, to 10,000 files, and at start-up.

Each figure comes from processes started here, side by side, so a slow machine slows both sides. Times never fail this
script, they are printed as met or missed; wrong figures do.

    python benchmarks/audit.py [--write]       --write puts the tables into docs/performance.md
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _clock import Measured, best, measure
from _counts import provide_ranks
from _hives import make_hive
from _page import put
from _scene import FRAMEWORK, make_scene

from hive_integration.audit.sources.inventory import take_inventory
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.audit.static import conditions_of
from hive_integration.settings import World, now

PROGRAM = str(Path(sys.executable).with_name("hive-ctx"))
SIZES = (100, 1_000, 10_000)
PEER = """
import json, sys, tiktoken
encode = tiktoken.get_encoding("o200k_base").encode_ordinary
with open(sys.argv[1]) as file:
    print(json.dumps([len(encode(text)) for text in json.load(file)]))
"""
"""All that a counter without hive-ctx has to do: load the same ranks, read the same text, encode it."""

FACTOR, MARGIN = 1.5, 0.5
START_BAR = 0.250
LINEAR_BAR = 1.5
"""A further file among 10,000 may cost so many times what it costs among 1,000."""
PAGE = Path(__file__).parents[1] / "docs/performance.md"


def main() -> int:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hive-bench-") as folder:
        base = Path(folder).resolve()
        sections = (machine(), against_tiktoken(base, wrong), growth(base, wrong), start_up(base))
        page = "\n\n".join("\n".join(section) for section in sections)
    print(page)
    for line in wrong:
        print(f"WRONG: {line}")
    if "--write" in sys.argv[1:] and not wrong:
        put(PAGE, "audit", page)
    return 1 if wrong else 0


def machine() -> Iterator[str]:
    """When and on what."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield f"Measured {datetime.now(UTC):%Y-%m-%d} by `benchmarks/audit.py` on {os.cpu_count()} cores, Python {python}."


def against_tiktoken(base: Path, wrong: list[str]) -> Iterator[str]:
    """claude-flow's files: the audit, with nothing and with everything remembered, and the peer."""
    project = make_scene(base).template
    env = environment(base)
    texts = unit_texts(project, base)
    handed = base / "texts.json"
    handed.write_text(json.dumps(list(texts.values())))
    peer = best([sys.executable, "-c", PEER, str(handed)], env | provide_ranks(base / "ranks"), times=5)
    cold = min((audit(project, env | {"HIVE_CACHE_DIR": str(base / f"cold{i}")}) for i in range(5)), key=_seconds)
    warm = min((audit(project, env | {"HIVE_CACHE_DIR": str(base / "cold0")}) for _ in range(5)), key=_seconds)
    wrong += differences(texts, json.loads(peer.output), json.loads(cold.output))
    bar = FACTOR * peer.seconds + MARGIN
    size = sum(len(text.encode()) for text in texts.values())
    yield f"{' '.join(FRAMEWORK)}: {len(texts)} texts, {size / 1e6:.2f} MB, o200k_base, best of 5 processes"
    yield ""
    yield "| | seconds | MB | bar | |"
    yield "|---|--:|--:|--:|---|"
    yield f"| plain tiktoken, the same text | {peer.seconds:.2f} | {peer.megabytes:.0f} | | |"
    for name, run in (("static audit, nothing remembered", cold), ("static audit, counts remembered", warm)):
        yield f"| {name} | {run.seconds:.2f} | {run.megabytes:.0f} | {bar:.2f} | {verdict(run.seconds <= bar)} |"


def growth(base: Path, wrong: list[str]) -> Iterator[str]:
    """Generated projects: what one more file costs among few and among many, whatever the start costs.

    By CPU time: the wall's depends on what else the machine does.
    """
    env = environment(base)
    yield "Generated projects, counts not remembered, best of 3 processes"
    yield ""
    yield "| files | seconds | peak MB | CPU ms for each further file | |"
    yield "|--:|--:|--:|--:|---|"
    before, each = (0, 0.0), []
    for files in SIZES:
        project = make_hive(base / f"hive{files}", files)
        run = min(
            (audit(project, env | {"HIVE_CACHE_DIR": str(base / f"hive{files}-{i}")}) for i in range(3)), key=_cpu
        )
        held = {unit["source"] for unit in json.loads(run.output)["units"] if ".claude/" in unit["source"]}
        if len(held) != files:
            wrong.append(f"{files} files were generated, the report names {len(held)}")
        each.append(1000 * (run.cpu - before[1]) / (files - before[0]))
        further = f"{each[-1]:.2f}" if before[0] else ""
        before = (files, run.cpu)
        yield f"| {files:,} | {run.seconds:.2f} | {run.megabytes:.0f} | {further} | |"
    linear = each[2] <= LINEAR_BAR * each[1]
    yield f"| | | | {each[2] / each[1]:.2f} × | linear, at most {LINEAR_BAR} ×: {verdict(linear)} |"


def start_up(base: Path) -> Iterator[str]:
    """`hive-ctx --help` beside what no Python program can do without."""
    env = environment(base)
    yield "Start-up, best of 15 processes"
    yield ""
    yield "| | ms | bar | |"
    yield "|---|--:|--:|---|"
    for name, command in (
        ("python -c pass", [sys.executable, "-c", "pass"]),
        ("python -c 'import click'", [sys.executable, "-c", "import click"]),
    ):
        yield f"| `{name}` | {1000 * best(command, env, times=15).seconds:.0f} | | |"
    run = best([PROGRAM, "--help"], env, times=15)
    met = verdict(run.seconds <= START_BAR)
    yield f"| `hive-ctx --help` | {1000 * run.seconds:.0f} | {1000 * START_BAR:.0f} | {met} |"


def audit(project: Path, env: Mapping[str, str]) -> Measured:
    """One static audit as JSON."""
    command = [PROGRAM, "audit", str(project), "--method", "static", "--tokenizer", "o200k_base", "--format", "json"]
    return measure(command, env, project)


def environment(base: Path) -> dict[str, str]:
    """An empty home and PATH, so that neither the person's configuration nor a client of theirs plays a part."""
    (base / "home").mkdir(exist_ok=True)
    return {"HOME": str(base / "home"), "PATH": str(base / "home"), "HIVE_CACHE_DIR": str(base / "cache")}


def unit_texts(project: Path, base: Path) -> dict[str, str]:
    """By digest, every text that the audit of `project` counts."""
    env = environment(base)
    world = World(env, base / "home", project, base / "cache", base / "managed")
    setup = find_setup(project, world)
    return {unit.digest: unit.text for unit in take_inventory(setup, conditions_of(setup), now()).units}


def differences(texts: Mapping[str, str], counts: list[int], report: Mapping[str, Any]) -> Iterator[str]:
    """Where the audit and plain tiktoken disagree; a listing's line may share a token with the next one."""
    true = dict(zip(texts, counts, strict=True))
    stated = {unit["digest"]: unit["tokens"] for unit in report["units"]}
    if missing := len(true.keys() - stated.keys()):
        yield f"{missing} of {len(true)} texts are not in the report"
    off = [digest for digest in true.keys() & stated.keys() if abs(true[digest] - stated[digest]) > 1]
    if off:
        yield f"{len(off)} texts are counted otherwise than by tiktoken"


def verdict(met: bool) -> str:
    return "met" if met else "**missed**"


def _seconds(run: Measured) -> float:
    return run.seconds


def _cpu(run: Measured) -> float:
    return run.cpu


if __name__ == "__main__":
    sys.exit(main())
