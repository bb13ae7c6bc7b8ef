"""How fast the static audit is: against tiktoken over the same text, to 10,000 files, and at start-up.

Each figure comes from processes started here, side by side, so a slow machine slows both sides. Times never fail this
script, they are printed as met or missed; wrong figures do.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from _clock import Measured, best, measure
from _counts import provide_ranks
from _hives import make_hive
from _scene import PATH, make_scene
from hive_integration.audit.scopes import find_setup

from hive_integration.audit.inventory import take_inventory
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
"""A file among 10,000 may cost so many times what it costs among 1,000."""


def main() -> int:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hive-bench-") as folder:
        base = Path(folder).resolve()
        for line in [*against_tiktoken(base, wrong), "", *growth(base, wrong), "", *start_up(base)]:
            print(line, flush=True)
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


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
    yield f"claude-flow 3.43.0: {len(texts)} texts, {size / 1e6:.2f} MB, o200k_base, best of 5 processes"
    yield ""
    yield "| | seconds | MB | bar | |"
    yield "|---|--:|--:|--:|---|"
    yield f"| plain tiktoken, the same text | {peer.seconds:.2f} | {peer.megabytes:.0f} | | |"
    for name, run in (("static audit, nothing remembered", cold), ("static audit, counts remembered", warm)):
        yield f"| {name} | {run.seconds:.2f} | {run.megabytes:.0f} | {bar:.2f} | {verdict(run.seconds <= bar)} |"


def growth(base: Path, wrong: list[str]) -> Iterator[str]:
    """Generated projects: what a file costs among few and among many."""
    env = environment(base)
    idle = audit(make_hive(base / "hive0", 0), env | {"HIVE_CACHE_DIR": str(base / "cache0")}).seconds
    yield f"generated projects, counts not remembered; an empty one takes {idle:.2f} s"
    yield ""
    yield "| files | seconds | ms a file | peak MB | |"
    yield "|--:|--:|--:|--:|---|"
    each: dict[int, float] = {}
    for files in SIZES:
        project = make_hive(base / f"hive{files}", files)
        run = audit(project, env | {"HIVE_CACHE_DIR": str(base / f"cache{files}")})
        each[files] = (run.seconds - idle) / files
        held = {unit["source"] for unit in json.loads(run.output)["units"] if ".claude/" in unit["source"]}
        if len(held) != files:
            wrong.append(f"{files} files were generated, the report names {len(held)}")
        yield f"| {files:,} | {run.seconds:.2f} | {1000 * each[files]:.2f} | {run.megabytes:.0f} | |"
    ratio = each[SIZES[-1]] / each[SIZES[-2]]
    linear = f"linear, at most {LINEAR_BAR} ×: {verdict(ratio <= LINEAR_BAR)}"
    yield f"| 10,000 against 1,000 | | {ratio:.2f} × | | {linear} |"


def start_up(base: Path) -> Iterator[str]:
    """`hive-ctx --help` beside what no Python program can do without."""
    env = environment(base)
    yield "start-up, best of 15"
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
    """An empty home, so that the person's own configuration is not audited too."""
    (base / "home").mkdir(exist_ok=True)
    return {"HOME": str(base / "home"), "PATH": PATH, "HIVE_CACHE_DIR": str(base / "cache")}


def unit_texts(project: Path, base: Path) -> dict[str, str]:
    """By digest, every text that the audit of `project` counts."""
    env = environment(base)
    world = World(env, base / "home", project, base / "cache", base / "managed")
    setup = find_setup(project, world)
    return {unit.digest: unit.text for unit in take_inventory(setup, conditions_of(setup), now()).units}


def differences(texts: Mapping[str, str], counts: list[int], report: Mapping[str, Any]) -> Iterator[str]:
    """Where the audit and plain tiktoken disagree."""
    true = dict(zip(texts, counts, strict=True))
    stated = {unit["digest"]: unit["tokens"] for unit in report["units"]}
    if missing := len(true.keys() - stated.keys()):
        yield f"{missing} of {len(true)} texts are not in the report"
    off = [digest for digest in true.keys() & stated.keys() if true[digest] != stated[digest]]
    if off:
        yield f"{len(off)} texts are counted otherwise than by tiktoken"


def verdict(met: bool) -> str:
    return "met" if met else "**missed**"


def _seconds(run: Measured) -> float:
    return run.seconds


if __name__ == "__main__":
    sys.exit(main())
