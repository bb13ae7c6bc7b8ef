"""Each meter's run and what its output says, in the rows of the truth. Nothing here judges.

A cell's unit is the meter's own: most rivals' parts are a quarter of the characters, so they are held against that.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _scene import Scene, run

from tests.e2e.npm import CACHE

RIVALS = {"cc-startup-audit": "0.2.0", "tokc": "0.3.0"}
EXTRAS = {"tokc": "[fast,exact,yaml]"}
"""tokc at its best: with tiktoken, the API's SDK and a whole YAML parser."""

CLAUDE, CHARS = "claude-4.8", "chars/4"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one meter said: tokens by row, each in `unit` unless `units` names another, and its total."""

    meter: str
    parts: Mapping[str, int]
    total: int | None
    unit: str = CLAUDE
    units: Mapping[str, str] = field(default_factory=dict)
    billed: bool = False
    """The total is what the API billed: with framing and the user's own words."""
    seconds: float = 0.0


def install_rivals() -> Path:
    """The folder with the rivals' programs: a virtual environment in the cache, made on the first call."""
    folder = CACHE.parent / "rivals" / "-".join(f"{name}-{version}" for name, version in RIVALS.items())
    if not (folder / "bin/tokc").exists():
        wanted = [f"{name}{EXTRAS.get(name, '')}=={version}" for name, version in RIVALS.items()]
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "--quiet", *wanted], check=True)
    return folder / "bin"


def timed(meter: Callable[[], Reading]) -> Reading:
    """The reading, with the seconds that it took."""
    start = time.perf_counter()
    reading = meter()
    return Reading(
        reading.meter, reading.parts, reading.total, reading.unit, reading.units, reading.billed,
        time.perf_counter() - start,
    )  # fmt: skip


# hive-ctx


def hive(scene: Scene, name: str, *options: str) -> Reading:
    """`hive-ctx audit` with Claude's tokenizer, and an empty cache."""
    program = Path(sys.executable).with_name("hive-ctx")
    env = scene.environment() | {"HIVE_CACHE_DIR": str(scene.home / ".cache/hive-ctx")}
    command = [str(program), "audit", ".", "--tokenizer", CLAUDE, "--format", "json", "--yes", *options]
    report = json.loads(run(command, scene.project, env))
    parts: Counter[str] = Counter()
    for unit in report["units"]:
        parts[_hive_row(unit)] += unit["tokens"]
        if unit["component"] == "skills" and ".claude/skills/" in unit["source"] and unit["load"] == "listed":
            parts["own_skills"] += unit["tokens"]
    parts["other"] += report["unattributed_tokens"]
    parts.pop("on_demand", None)
    return Reading(name, dict(parts), report["total_tokens"])


def _hive_row(unit: Mapping[str, Any]) -> str:
    component, load = unit["component"], unit["load"]
    if load == "on_demand":
        return "on_demand"
    if load == "deferred":
        return "deferred_mcp" if component == "mcp_tools" else "deferred_builtin"
    if component in {"builtin_tools", "mcp_tools"} and (load == "listed" or unit["name"] == "deferred tools"):
        return "tool_names"
    if unit["name"].startswith(_AROUND):
        return "environment"
    return "skills" if component == "commands" else component


_AROUND = ("environment heading", "environment: ", "context heading", "context footing")
"""Static lines around the environment. hive-ctx counts them to the system prompt, where no rival looks for them."""


# The client's own meter

_CONTEXT_ROWS = {
    "System prompt": "system_prompt",
    "System tools": "builtin_tools",
    "MCP tools": "mcp_tools",
    "MCP tools (deferred)": "deferred_mcp",
    "System tools (deferred)": "deferred_builtin",
    "Custom agents": "agents",
    "Memory files": "memory",
    "Skills": "skills",
    "Messages": "messages",
}
_AMOUNT = re.compile(r"([\d.,]+)(k|m)?")


def context(scene: Scene, port: int, name: str, *options: str) -> Reading:
    """`claude -p /context` against the counting upstream."""
    said = scene.run_client(port, "/context", *options, ENABLE_TOOL_SEARCH="true")
    rows = dict(re.findall(r"^\| ([^|]+?) \| ([\d.,]+[km]?) \| [\d.]+% \|$", said, re.MULTILINE))
    parts = {row: _amount(rows[label]) for label, row in _CONTEXT_ROWS.items() if label in rows}
    skills = re.findall(r"^\| [^|:]+ \| Project \| ~(\d+) \|$", said, re.MULTILINE)
    total = re.search(r"\*\*Tokens:\*\* ([\d.,]+[km]?)", said)
    if not parts or total is None:
        raise RuntimeError(f"/context printed no table: {said[:300]}")
    return Reading(
        name, parts | {"own_skills": sum(map(int, skills))}, _amount(total[1]), billed="--continue" in options
    )


def _amount(text: str) -> int:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise RuntimeError(f"not an amount: {text!r}")
    return round(float(match[1].replace(",", "")) * {"k": 1_000, "m": 1_000_000}.get(match[2] or "", 1))


# cc-startup-audit

_CC_ROWS = {
    "prompt_snapshot": "system_prompt",
    "deferred tool index": "tool_names",
    "subagent listing": "agents",
    "skill catalog": "skills",
    "MCP instructions": "mcp_tools",
    "nested CLAUDE.md": "memory",
    "hook_success": "hooks",
}
"""Everything else that it names is the client's surroundings: date, model, session, reminders."""


def startup_audit(scene: Scene, programs: Path, name: str, *options: str) -> Reading:
    """`cc-startup-audit` over the transcript of the session that the truth was recorded from."""
    said = json.loads(run([str(programs / "cc-startup-audit"), "--json", *options], scene.project, scene.environment()))
    (session,) = said["sessions"]
    parts: Counter[str] = Counter()
    for label, tokens in session["components"].items():
        parts[_CC_ROWS.get(label, "environment")] += tokens
    if said["mcp_servers"]:
        parts["deferred_mcp"] = sum(server["tokens"] for server in said["mcp_servers"])
    parts["builtin_tools"] = session["residual"]
    # The residual is the exact total less parts in quarters of characters: a number of tokens of no one unit.
    return Reading(name, dict(parts), session["total"], CHARS, {"builtin_tools": CLAUDE}, billed=True)


# tokc


def tokc(scene: Scene, programs: Path, name: str, env: Mapping[str, str], *options: str) -> Reading:
    """`tokc scan` after its `setup`, which reads the same transcript."""
    env = scene.environment() | env
    run([str(programs / "tokc"), "setup", "--auto", "--user"], scene.project, env)
    said = json.loads(run([str(programs / "tokc"), "scan", "--json", *options], scene.project, env))
    tokens = said["totals"]["t1"]
    return Reading(name, {"own_skills": tokens}, None)
