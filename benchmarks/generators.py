"""hive-ctx beside other generators of tool-use data on one small input: what each makes, what its checks let through.

    python benchmarks/generators.py [--count N] [--write]     --write puts the table into docs/comparison.md

The input is the invented server of the tests, and no model and no network: so distilabel, which has nothing to say
without a model, gets a script in its place, and of it only the pipeline and the checks are measured. What each made is
judged by code that belongs to none of them (plain jsonschema); then each is handed the same answers, faults planted in
them, and what its own checks let pass is counted. It fails only where hive-ctx makes or lets pass what is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from _page import put
from jsonschema import Draft202012Validator

from hive_integration.dataset.book import Book
from hive_integration.dataset.branches import Branches
from hive_integration.dataset.diversity import diversity
from hive_integration.dataset.example import Example
from hive_integration.dataset.gates import Limits, refused
from hive_integration.dataset.gates.duplicates import Seen
from hive_integration.units.dialogue import Call, Message
from hive_integration.units.lines import to_line
from tests.dataset.books import TOOLS, book
from tests.e2e.npm import CACHE

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs/comparison.md"
PEERS = {
    "MCPTune": ("mcptune==0.1.2",),
    # What distilabel 1.5.3 runs with: newer releases of the other two break its duplicate check and its cache.
    "distilabel": ("distilabel[minhash]==1.5.3", "datasketch==1.6.5", "datasets==3.2.0", "requests", "beautifulsoup4"),
}
PLANTED = {"good": 240, "wrong type": 40, "argument missing": 40, "not in its enumeration": 40, "no such tool": 40,
           "told twice": 40, "holds a secret": 40}  # fmt: skip
"""Answers by what is wrong with them."""
WORDS = (
    "river",
    "amber",
    "copper",
    "willow",
    "lantern",
    "harvest",
    "velvet",
    "thunder",
    "marble",
    "orchard",
    "saffron",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one generator did. `lines` are chat objects; `passed` says of each planted answer whether it did."""

    name: str
    seconds: float = 0.0
    lines: Sequence[Mapping[str, Any]] = ()
    passed: Sequence[bool] = ()
    again: bool | None = None
    """Whether a second run gave the same bytes."""
    error: str = ""
    rows: int = 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hive-bench-") as folder:
        base = Path(folder).resolve()
        tools = [{"name": n, "description": d, "schema": s} for n, (d, s) in TOOLS.items() if n.startswith("mcp__")]
        (base / "tools.json").write_text(json.dumps(tools))
        planted = plant(tools)
        (base / "planted.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in planted))
        found = [ours(base, planted, options.count), *(peer(name, base, options.count) for name in PEERS)]
    page = "\n".join(render(found, planted, options.count))
    print(page)
    if options.write:
        put(PAGE, "generators", page)
    return judge_ours(found[0], planted)


def ours(base: Path, planted: Sequence[Mapping[str, Any]], count: int) -> Outcome:
    """`hive-ctx compile`, twice, with another number of workers; its gates over the planted answers."""
    wanted = [entry for entry in book().entries if entry.unit.name.startswith("mcp__")]
    (base / "units.jsonl").write_text("".join(f"{to_line(entry)}\n" for entry in wanted))
    program = str(Path(sys.executable).with_name("hive-ctx"))
    took, files = [], []
    for workers in (1, 2):
        out = base / f"ours-{workers}"
        start = time.perf_counter()
        command = [program, "compile", str(base / "units.jsonl"), "--out", str(out), "--count", str(count)]
        subprocess.run([*command, "--workers", str(workers)], check=True, capture_output=True, timeout=600)
        took.append(time.perf_counter() - start)
        files.append({path.name: path.read_bytes() for path in out.glob("*.json*")})
    lines = [json.loads(line) for name in ("train", "eval") for line in files[0][f"{name}.jsonl"].splitlines()]
    passed = list(through_our_gates(Book(wanted), planted))
    return Outcome("hive-ctx", took[0], lines, passed, files[0] == files[1], rows=len(lines))


def through_our_gates(units: Book, planted: Sequence[Mapping[str, Any]]) -> Sequence[bool]:
    seen, passed = Seen(), []
    for row in planted:
        tool = units.tools.get(row["tool"])
        entry = units.units[tool.unit.digest] if tool else units.entries[0]
        key = hashlib.sha256(f"{len(passed)}".encode()).hexdigest()[:24]
        example = Example(
            key, (Message("system", "You are a coding agent."), Message("user", row["query"]),
                  Message("assistant", "", (Call("call_1", row["tool"], row["arguments"]),))),
            (row["tool"],), (entry.behaviours[0].id,), (entry.unit.digest,), "simple", False, "planted",
        )  # fmt: skip
        passed.append(not refused(example, units, Limits()) and not seen.reason(example.messages, key))
    return passed


def peer(name: str, base: Path, count: int) -> Outcome:
    """A peer in a Python of its own, installed on the first call; twice."""
    try:
        python = installed(name)
        done, texts = {}, []
        for i in range(2):
            out = base / f"{name}-{i}.jsonl"
            script = HERE / f"_in_{name.lower()}.py"
            command = [
                str(python),
                str(script),
                str(base / "tools.json"),
                str(base / "planted.jsonl"),
                str(count),
                str(out),
            ]
            env = {"PATH": "/usr/bin:/bin", "HOME": str(base), "HF_HUB_OFFLINE": "1", "HF_HOME": str(base / "hf")}
            ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600, env=env)
            done = json.loads(next(line for line in ran.stdout.splitlines() if line.startswith('{"seconds"')))
            texts.append(out.read_bytes())
    except (subprocess.SubprocessError, OSError, StopIteration) as error:
        said = getattr(error, "stderr", "") or str(error)
        return Outcome(name, error=" ".join(str(said).split())[-300:])
    lines = [json.loads(line) for line in texts[0].splitlines()] if name == "MCPTune" else []
    return Outcome(name, done["seconds"], lines, done["passed"], texts[0] == texts[1], rows=done["rows"])


def installed(name: str) -> Path:
    wanted = PEERS[name]
    folder = CACHE.parent / "generators" / hashlib.sha256(" ".join(wanted).encode()).hexdigest()[:12]
    if not (folder / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        subprocess.run([str(folder / "bin/pip"), "install", "--quiet", *wanted], check=True, capture_output=True)
        (folder / "made").touch()
    return folder / "bin/python"


# The planted answers.


def plant(tools: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Questions of random words, so that none is near another, with one fault each or none."""
    rng = random.Random(5)
    names = {tool["name"] for tool in tools}
    assert {"mcp__shed__bed_plant", "mcp__shed__bed_remove"} <= names
    rows: list[dict[str, Any]] = []
    for kind, count in PLANTED.items():
        for _ in range(count):
            query = " ".join(rng.choice(WORDS) + str(rng.randrange(1000)) for _ in range(9))
            arguments: dict[str, Any] = {
                "bedId": f"bed-{rng.randrange(10**6)}",
                "crop": rng.choice(["beans", "kale", "leek"]),
            }
            tool = "mcp__shed__bed_plant"
            if kind == "wrong type":
                arguments["depth"] = "three"
            elif kind == "argument missing":
                del arguments["bedId"]
            elif kind == "not in its enumeration":
                arguments["crop"] = "banana"
            elif kind == "no such tool":
                tool = "mcp__shed__bed_paint"
            elif kind == "holds a secret":
                arguments["bedId"] = "ghp_" + "".join(rng.choices("abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789", k=36))
            row = {"kind": kind, "tool": tool, "query": query, "arguments": arguments}
            rows.append({**rows[rng.randrange(PLANTED["good"])], "kind": kind} if kind == "told twice" else row)
    return rows


# Judging what was made.


def facts(outcome: Outcome) -> Mapping[str, str]:
    """What a generator made, in the rows of the table."""
    if outcome.error:
        return {"ran": f"no: {outcome.error}"}
    said = {
        "examples": f"{outcome.rows:,}", "seconds": f"{outcome.seconds:.1f}",
        "examples a second": f"{outcome.rows / outcome.seconds:,.0f}",
        "the same bytes again": {True: "yes", False: "no", None: "–"}[outcome.again],
    }  # fmt: skip
    if not outcome.lines:
        return said | dict.fromkeys(MADE, "– (a model's)")
    schemas = {name: Draft202012Validator(schema) for name, (_, schema) in TOOLS.items()}
    calls = [call["function"] for line in outcome.lines for m in line["messages"] for call in m.get("tool_calls", ())]
    valid = sum(c["name"] in schemas and schemas[c["name"]].is_valid(json.loads(c["arguments"])) for c in calls)
    branches = Branches()
    for call in calls:
        if call["name"] in TOOLS:
            branches.add(call["name"], TOOLS[call["name"]][1], json.loads(call["arguments"]))
    asked = [next(m["content"] for m in line["messages"] if m["role"] == "user") for line in outcome.lines]
    ways = Counter(way for line in outcome.lines for way in shapes(line["messages"]))
    spread = diversity(asked)
    total = len(outcome.lines)
    return said | {
        "calls valid against their schema": share(valid, len(calls)),
        "questions that nobody else asks": share(sum(n == 1 for n in Counter(asked).values()), total),
        "distinct-2 of questions": f"{spread.distinct[1]:.2f}",
        "likeness to the nearest question": f"{spread.nearest_mean:.2f}",
        "branches of the schemas": share(branches.covered, branches.possible),
        "questions name the tool": share(sum(any(n in q for n in TOOLS) for q in asked), total),
        **{way: share(ways[way], total) for way in SHAPES},
    }


SHAPES = (
    "with an answer to the result",
    "with another call after a result",
    "several turns",
    "no call, and rightly so",
)
MADE = ("calls valid against their schema", "questions that nobody else asks", "distinct-2 of questions",
        "likeness to the nearest question", "branches of the schemas", "questions name the tool", *SHAPES)  # fmt: skip


def shapes(messages: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    roles = [message["role"] for message in messages]
    called = [bool(message.get("tool_calls")) for message in messages]
    found = {
        SHAPES[0]: "tool" in roles and roles[-1] == "assistant",
        SHAPES[1]: any(called[i] and "tool" in roles[:i] for i in range(len(roles))),
        SHAPES[2]: roles.count("user") > 1,
        SHAPES[3]: not any(called),
    }
    return [name for name, holds in found.items() if holds]


def caught(outcome: Outcome, planted: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Of each kind of planted answer the share that did not pass; of the good ones the share that did."""
    if outcome.error:
        return {}
    found = {}
    for kind, count in PLANTED.items():
        passed = sum(ok for row, ok in zip(planted, outcome.passed, strict=True) if row["kind"] == kind)
        name = "good ones that pass" if kind == "good" else f"caught: {kind}"
        found[name] = share(passed if kind == "good" else count - passed, count)
    return found


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def render(found: Sequence[Outcome], planted: Sequence[Mapping[str, Any]], count: int) -> list[str]:
    """The table: a row a fact, a column a generator."""
    columns = [{**facts(each), **caught(each, planted)} for each in found]
    rows = list(dict.fromkeys(name for column in columns for name in column))
    heads = ["hive-ctx", *(f"{name} {PEERS[name][0].partition('==')[2]}" for name in PEERS)]
    return [
        f"{count:,} examples were asked for, of {sum(n.startswith('mcp__') for n in TOOLS)} tools; "
        f"{len(planted)} planted answers. No model, no network; distilabel's model is a script that answers at once. "
        "hive-ctx's time is that of the whole command with one worker, the others' that of their generator alone. "
        "MCPTune's results and answers come from a running server and a model, which were not there.",
        "", f"| | {' | '.join(heads)} |", f"|---|{'--:|' * len(heads)}",
        *(f"| {name} | {' | '.join(column.get(name, '–') for column in columns)} |" for name in rows),
    ]  # fmt: skip


def judge_ours(outcome: Outcome, planted: Sequence[Mapping[str, Any]]) -> int:
    """1 where something wrong was made or let pass."""
    said = facts(outcome)
    wrong = [name for name, value in caught(outcome, planted).items() if value != "100.0 %"]
    wrong += [name for name in ("calls valid against their schema",) if said[name] != "100.0 %"]
    wrong += ["the same bytes again"] if not outcome.again else []
    for name in wrong:
        print(f"WRONG: {name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
