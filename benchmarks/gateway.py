"""How fast the gateway is: beside a byte proxy, LiteLLM's proxy and claude-code-router, in one run on one machine.

The bodies are first requests of the real client, recorded here: `small` on an empty project, `big` on claude-flow
with every tool declared. The load is wrk's, from one thread. Times never fail this script, they are printed as met or
missed; a wrong answer does.

    python benchmarks/gateway.py [--write] [--seconds N]     --write puts the tables into docs/performance.md
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from _gateway import hive
from _nginx import COMMAND, SAID, WORDS, Nginx, upstream
from _page import put
from _peers import CCR, KEY, LITELLM, Peer, Route, ccr, litellm
from _scene import make_scene

from tests.e2e.npm import binary

PAGE = Path(__file__).parents[1] / "docs/performance.md"
PROGRAM = str(Path(sys.executable).with_name("hive-ctx"))
KINDS = ("whole", "stream")
TIMES, SHARE, MEMORY = 25, 20, 150
"""The bars: so many times the best peer's throughput; at most 1/20 of its median; megabytes."""
HISTORY = (0, 400, 800, 1600)
"""KB of conversation added to the small body, to see that cost is linear in size."""
LUA = """
local f = io.open(os.getenv("BODY"), "rb"); wrk.body = f:read("*a"); f:close()
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["x-api-key"] = "sk-peer-test"
wrk.headers["anthropic-version"] = "2023-06-01"
"""


def targets(nginx: Nginx, units: Sequence[str]) -> Mapping[str, Callable[[str], AbstractContextManager[Peer]]]:
    """Who is measured, each as a context manager for one kind of upstream."""
    proxy = f"http://127.0.0.1:{nginx.proxy}"
    return {
        "nginx, a byte proxy (the limit)": lambda kind: nullcontext(Peer("", "", f"{proxy}/{kind}", 0, {"chat": "m"})),
        "hive-ctx, fine-tuned profile": lambda kind: hive(nginx.route(kind), units),
        "hive-ctx, all of it translated": lambda kind: hive(nginx.route(kind), ()),
        f"claude-code-router {CCR}": lambda kind: ccr([nginx.route(kind)]),
        f"LiteLLM {LITELLM}, one worker": lambda kind: litellm([nginx.route(kind)]),
    }


@dataclass(frozen=True, slots=True)
class Load:
    """What one target did under load: requests a second, median milliseconds, answers that were no success."""

    rate: float
    median: float
    failed: int


def main() -> int:
    seconds = int(sys.argv[sys.argv.index("--seconds") + 1]) if "--seconds" in sys.argv else 8
    if shutil.which("wrk") is None:
        raise RuntimeError("this benchmark needs wrk: apt-get install wrk nginx-light")
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hive-bench-") as folder, ExitStack() as stack:
        base = Path(folder).resolve()
        (base / "post.lua").write_text(LUA)
        bodies = recorded(base)
        (base / "nginx").mkdir()
        nginx = stack.enter_context(upstream(base / "nginx"))
        rows: dict[str, dict[str, tuple[Load, Load]]] = {}
        memory: list[float] = []
        for name, make in targets(nginx, digests(bodies, base)).items():
            for kind in KINDS:
                with make(kind) as peer:
                    for size, body in bodies.items():
                        path = sent(body, kind, peer, base)
                        wrong += checked(name, peer, path, kind) if peer.pid else []
                        loads = (load(base, peer, path, 1, seconds), load(base, peer, path, 16, seconds))
                        rows.setdefault(name, {})[f"{size}, {kind}"] = loads
                        print(f"{name} | {size}, {kind} | {loads}", file=sys.stderr, flush=True)
                    memory += [megabytes(peer.pid)] if name.startswith("hive-ctx") else []
        growth = list(linear(base, nginx.route("stream"), bodies["small"], seconds))
        page = "\n".join([*machine(), "", *table(rows), "", *bars(rows, max(memory)), "", *growth])
    print(page)
    for line in wrong:
        print(f"WRONG: {line}")
    if "--write" in sys.argv[1:] and not wrong:
        put(PAGE, "gateway", page)
    return 1 if wrong else 0


def machine() -> Iterator[str]:
    """When and on what."""
    python = ".".join(map(str, sys.version_info[:3]))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    yield f"Measured {today} by `benchmarks/gateway.py` on {os.cpu_count()} cores, Python {python}."


def recorded(base: Path) -> Mapping[str, bytes]:
    """First requests of the real client, without and with a framework: 24 and 380 tools."""
    project = make_scene(base).template
    empty = base / "empty"
    empty.mkdir()
    client = binary("@anthropic-ai/claude-code", "2.1.197", "claude")
    return {"small": record(client, empty, base), "big": record(client, project, base)}


def record(client: Path, project: Path, base: Path) -> bytes:
    """One first request, as the client sends it behind a gateway."""
    kept, home = base / "body.json", base / "home"
    home.mkdir(exist_ok=True)
    code = (
        "import sys; from pathlib import Path; from hive_integration.settings import read_world\n"
        "from hive_integration.audit.session.probe import Probe, record\n"
        "body = record(Probe(Path(sys.argv[1]), Path(sys.argv[2])), read_world()).body\n"
        "Path(sys.argv[3]).write_bytes(body)"
    )
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb", "npm_config_offline": "true"}
    subprocess.run([sys.executable, "-c", code, str(client), str(project), str(kept)], env=env, check=True)
    return kept.read_bytes()


def digests(bodies: Mapping[str, bytes], base: Path) -> Sequence[str]:
    """Every unit of the bodies, as the audit names them: the manifest of a model that holds it all."""
    found: list[str] = []
    for body in bodies.values():
        (base / "asked.json").write_bytes(body)
        env = {"HOME": str(base), "PATH": "", "HIVE_CACHE_DIR": str(base / "cache")}
        command = [PROGRAM, "audit", "--request", str(base / "asked.json"), "--format", "json"]
        done = subprocess.run(command, env=env, capture_output=True, check=True, cwd=base)
        found += [unit["digest"] for unit in json.loads(done.stdout)["units"]]
    return found


def sent(body: bytes, kind: str, peer: Peer, base: Path) -> Path:
    """The body with `stream` as the workload wants it, in a file for wrk."""
    asked = json.loads(body) | {"stream": kind == "stream", "model": peer.models["chat"]}
    path = base / f"{kind}.json"
    path.write_text(json.dumps(asked, separators=(",", ":"), ensure_ascii=False))
    return path


def checked(name: str, peer: Peer, body: Path, kind: str) -> Iterator[str]:
    """One answer, read: the text and the tool call are all there, in a message that ends."""
    headers = {"x-api-key": KEY, "anthropic-version": "2023-06-01", "content-type": "application/json"}
    answer = httpx2.post(f"{peer.base_url}/v1/messages", content=body.read_bytes(), headers=headers, timeout=60)
    try:
        text, arguments, reason = read(answer.text, kind)
    except ValueError:
        text, arguments, reason = "", None, f"unreadable: {answer.text[:100]!r}"
    expected = SAID if kind == "whole" else "".join(f" word{i}" for i in range(WORDS))
    if (answer.status_code, text.strip(), reason) != (200, expected.strip(), "tool_use"):
        yield f"{name}, {kind}: {answer.status_code}, {len(text)} characters of text, stop_reason {reason}"
    elif arguments != COMMAND:
        yield f"{name}, {kind}: the tool call came as {arguments!r}"


def read(raw: str, kind: str) -> tuple[str, Any, str | None]:
    """(text, arguments, stop reason) of a Messages answer."""
    if kind == "whole":
        message = json.loads(raw)
        blocks = message.get("content") or []
        text = "".join(block.get("text", "") for block in blocks)
        return text, next((b["input"] for b in blocks if b["type"] == "tool_use"), None), message.get("stop_reason")
    events = [json.loads(line[5:]) for line in raw.splitlines() if line.startswith("data:") and "[DONE]" not in line]
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    text = "".join(delta.get("text", "") for delta in deltas)
    partial = "".join(delta.get("partial_json", "") for delta in deltas)
    reason = next((e["delta"].get("stop_reason") for e in events if e["type"] == "message_delta"), None)
    return text, json.loads(partial or "null"), reason


def load(base: Path, peer: Peer, body: Path, connections: int, seconds: int) -> Load:
    """What wrk measures."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "-s", str(base / "post.lua")]
    env = os.environ | {"BODY": str(body)}
    said = subprocess.run(
        [*command, "--latency", f"{peer.base_url}/v1/messages"], env=env, capture_output=True, text=True, check=True
    ).stdout
    rate, median = re.search(r"Requests/sec:\s+([\d.]+)", said), re.search(r"50%\s+([\d.]+)(us|ms|s)", said)
    if rate is None or median is None:
        raise RuntimeError(f"wrk said: {said[-300:]}")
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}[median[2]]
    return Load(float(rate[1]), float(median[1]) * scale, int(bad[1]) if bad else 0)


def table(rows: Mapping[str, Mapping[str, tuple[Load, Load]]]) -> Iterator[str]:
    """Requests a second at 16 connections, and the median at one."""
    loads = list(next(iter(rows.values())))
    yield f"| requests/s at 16 connections · median at one | {' | '.join(loads)} |"
    yield "|---" + "|--:" * len(loads) + "|"
    for name, row in rows.items():
        cells = [f"{many.rate:,.0f}/s · {one.median:.2f} ms" for one, many in row.values()]
        yield f"| {name} | {' | '.join(cells)} |"


def bars(rows: Mapping[str, Mapping[str, tuple[Load, Load]]], megabytes: float) -> Iterator[str]:
    """Ours against the best peer, workload by workload."""
    peers = [row for name, row in rows.items() if name.startswith(("claude-code-router", "LiteLLM"))]
    yield f"| against the best peer | throughput, bar {TIMES} × | median, bar 1/{SHARE} | |"
    yield "|---|--:|--:|---|"
    for name, row in rows.items():
        if not name.startswith("hive-ctx"):
            continue
        for workload, (one, many) in row.items():
            times = many.rate / max(peer[workload][1].rate for peer in peers)
            share = min(peer[workload][0].median for peer in peers) / one.median
            met = "met" if times >= TIMES and share >= SHARE else "**missed**"
            yield f"| {name}: {workload} | {times:.0f} × | 1/{share:.0f} | {met} |"
    met = "met" if megabytes < MEMORY else "**missed**"
    yield f"| resident memory after all of it, bar {MEMORY} MB | {megabytes:.0f} MB | | {met} |"


def linear(base: Path, route: Route, body: bytes, seconds: int) -> Iterator[str]:
    """The same request with more and more conversation: milliseconds at one connection, and for each further MB."""
    asked = json.loads(body)
    yield "| body with so much conversation | median | each further MB |"
    yield "|---|--:|--:|"
    before: tuple[float, float] | None = None
    with hive(route, ()) as peer:
        for kilobytes in HISTORY:
            turns = [{"role": role, "content": f"{role} {i} " + "word " * 200} for i in range(kilobytes // 2)
                     for role in ("user", "assistant")]  # fmt: skip
            longer = asked | {"messages": [*asked["messages"], *turns, {"role": "user", "content": "go on"}]}
            path = sent(json.dumps(longer).encode(), "stream", peer, base)
            one = load(base, peer, path, 1, max(seconds // 2, 2))
            size = path.stat().st_size / 1e6
            each = f"{(one.median - before[1]) / (size - before[0]):.2f} ms" if before else ""
            yield f"| {size:.2f} MB | {one.median:.2f} ms | {each} |"
            before = (size, one.median)


def megabytes(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


if __name__ == "__main__":
    sys.exit(main())
