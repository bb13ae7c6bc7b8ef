"""Compare the static audit with the probe on real frameworks, and write the table in `docs/frameworks.md`.

    .venv/bin/python scripts/docs_frameworks.py [--check]

Each framework is set up in a scratch folder and audited both ways by the command line, with both pinned clients, in the
same state. `--check` fails where a part is off by more than 5 % and 60 tokens, or a total by more than 3 %.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from hive_integration.files import atomic_write  # noqa: E402
from hive_integration.settings import now  # noqa: E402
from tests.e2e.conftest import CLAUDE  # noqa: E402
from tests.e2e.frameworks import FRAMEWORKS, Scene  # noqa: E402
from tests.e2e.npm import binary  # noqa: E402

CLIENTS = ("2.1.329", "2.1.197")
PARTS = ("agents", "commands", "skills", "memory", "mcp_tools")
PAGE = ROOT / "docs" / "frameworks.md"
HEAD = """# Static against probe, on real frameworks

`make docs` makes this table. *Probe* is what the real client sent, *static* is what the files said (with
`--start-servers`, so that MCP tools count); o200k tokens. Both audits ran on the same folder, one after the other. A
part is met within 5 % or 60 tokens, a total within 3 %. Static cannot know hook output and git state.

Measured {date}.

| framework | client | {parts} | total | worst part | total off |
|---|---|{dashes}--:|--:|--:|
"""


def main() -> int:
    rows, missed = [], []
    for name, build in FRAMEWORKS.items():
        for version in CLIENTS:
            with tempfile.TemporaryDirectory(prefix="hive-ctx-docs-") as folder:
                scene = build(Path(folder).resolve() / "scene")
                static = audit(scene, version, "--method", "static", "--start-servers")
                probe = audit(scene, version, "--method", "probe")
            row, misses = compared(name, version, static, probe)
            rows.append(row)
            missed += misses
            print(row, *misses, sep="\n", file=sys.stderr)
    head = HEAD.format(date=now().date(), parts=" | ".join(PARTS), dashes="--:|" * len(PARTS))
    tail = "\nEach cell: probe / static.\n" + "".join(f"\n* missed: {miss}" for miss in missed) + "\n" * bool(missed)
    atomic_write(PAGE, head + "\n".join(rows) + "\n" + tail)
    return 1 if missed and "--check" in sys.argv else 0


def audit(scene: Scene, version: str, *options: str) -> dict[str, Any]:
    client = binary(CLAUDE, version, "claude")
    done = subprocess.run(
        [sys.executable, "-m", "hive_integration", "audit", str(scene.project), "--format", "json", "--yes",
         "--client", str(client), *scene.options, *options],
        env={"HOME": str(scene.home), "PATH": os.environ["PATH"], "HIVE_CACHE_DIR": str(scene.home / ".hive-cache"),
             "PYTHONPATH": str(ROOT), "TERM": "dumb", "npm_config_offline": "true"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{scene.project} {options}: {done.stderr}")
    return json.loads(done.stdout)


def compared(name: str, version: str, static: dict[str, Any], probe: dict[str, Any]) -> tuple[str, list[str]]:
    parts = [(part, tokens(probe, part), tokens(static, part)) for part in PARTS]
    misses = [
        f"{name}, {version}: {part} {there:,} on the wire, {here:,} by static"
        for part, there, here in parts
        if abs(there - here) > max(0.05 * there, 60)
    ]
    there, here = probe["total_tokens"], static["total_tokens"]
    if abs(there - here) > 0.03 * there:
        misses.append(f"{name}, {version}: total {there:,} on the wire, {here:,} by static")
    worst = max((abs(a - b) / a if a else 0.0 for _, a, b in parts if abs(a - b) > 60), default=0.0)
    cells = " | ".join(f"{a:,} / {b:,}" for _, a, b in parts)
    row = f"| {name} | {version} | {cells} | {there:,} / {here:,} | {worst:.1%} | {(here - there) / there:+.1%} |"
    return row, misses


def tokens(report: dict[str, Any], part: str) -> int:
    return next(category["tokens"] for category in report["categories"] if category["name"] == part)


if __name__ == "__main__":
    sys.exit(main())
