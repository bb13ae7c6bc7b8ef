"""What each meter says about one project and one client, held against the first request on the wire.

    python benchmarks/rivals.py [--write]      --write puts the tables into docs/comparison.md

Every meter sees the same claude-flow project, the same home and the same client; those that ask the API, or read what
it billed, are given an upstream that counts. It fails only where hive-ctx's probe miscounts the request it recorded.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from _counts import UNITS, Body, billed, provide_ranks
from _meters import CHARS, CLAUDE, RIVALS, Reading, context, hive, install_rivals, startup_audit, timed, tokc
from _page import put
from _scene import CLIENT, FRAMEWORK, WORDS, Scene, make_scene
from _truth import ROWS, count_rows, deferred_rows, listed_skills
from _upstream import counting

from hive_integration.audit.session.probe import WORDS as PROBE_WORDS

PAGE = Path(__file__).parents[1] / "docs/comparison.md"
MORE_ROWS = {
    "own_skills": "of which the project's own skills",
    "deferred_builtin": "deferred: built-in tools",
    "deferred_mcp": "deferred: MCP tools",
}
"""Rows that are not in the total again."""

Truth = Mapping[str, Mapping[str, int]]
"""By unit, by row."""


def main() -> int:
    if find_spec("ctok") is None:
        print("the truth needs ctok, and that needs Python 3.12: nothing is measured")
        return 0
    programs = install_rivals()
    with tempfile.TemporaryDirectory(prefix="hive-bench-") as folder:
        base = Path(folder).resolve()
        os.environ.update(provide_ranks(base / "ranks"))
        scene = make_scene(base)
        body, truth, readings = measure(scene, programs)
        counted = total_of(count_rows(json.loads(recorded(scene).read_bytes()), PROBE_WORDS, UNITS[CLAUDE]))
    page = "\n".join(render(body, truth, readings))
    print(page)
    if "--write" in sys.argv[1:]:
        put(PAGE, "rivals", page)
    if readings[0].total != counted:
        print(f"WRONG: the probe says {readings[0].total}, its own recorded request holds {counted}")
        return 1
    return 0


def measure(scene: Scene, programs: Path) -> tuple[Body, Truth, list[Reading]]:
    """Run everything; the transcript's readers come right after the session that wrote it."""
    with counting() as upstream:
        scene.reset()
        scene.run_client(upstream.port, WORDS, ENABLE_TOOL_SEARCH="true")
        body = upstream.messages[0]
        skills = {path.name for path in (scene.project / ".claude/skills").iterdir()}
        rivals = list(after_a_session(scene, programs, upstream.port))
        scene.reset()
        rivals.insert(0, timed(lambda: context(scene, upstream.port, "/context, new session")))
        upstream.messages.clear()
        scene.reset()
        scene.run_client(upstream.port, WORDS, ENABLE_TOOL_SEARCH="false")
        everything = upstream.messages[0]
    truth = {
        unit: count_rows(body, WORDS, count)
        | {"own_skills": listed_skills(body, skills, count)}
        | deferred_rows(body, everything, count)
        for unit, count in UNITS.items()
    }
    return body, truth, [*ours(scene), *rivals]


def ours(scene: Scene) -> Iterator[Reading]:
    """hive-ctx's three ways."""
    for name, *options in (
        ("hive-ctx, probe", "--method", "probe", "--save-request", str(recorded(scene))),
        ("hive-ctx, static, servers asked", "--method", "static", "--start-servers"),
        ("hive-ctx, static", "--method", "static"),
    ):
        scene.reset()
        yield timed(lambda name=name, options=options: hive(scene, name, *options))


def recorded(scene: Scene) -> Path:
    """Where the probe leaves the request that it counted."""
    return scene.base / "probe.json"


def after_a_session(scene: Scene, programs: Path, port: int) -> Iterator[Reading]:
    """The rivals that need a session's transcript or bill, after one."""
    yield timed(lambda: context(scene, port, "/context, after a message", "--continue"))
    yield timed(lambda: startup_audit(scene, programs, "cc-startup-audit"))
    yield timed(lambda: startup_audit(scene, programs, "cc-startup-audit --probe-mcp", "--probe-mcp"))
    ranks = {"TIKTOKEN_CACHE_DIR": os.environ["TIKTOKEN_CACHE_DIR"]}
    api = ranks | {"ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}", "ANTHROPIC_API_KEY": "local"}
    yield timed(lambda: tokc(scene, programs, "tokc", ranks))
    yield timed(lambda: tokc(scene, programs, "tokc --exact", api, "--exact", "--model", "claude-sonnet-5"))


def total_of(rows: Mapping[str, int]) -> int:
    """The request's tokens without framing and the user's words."""
    return sum(rows[row] for row in ROWS)


def render(body: Body, truth: Truth, readings: list[Reading]) -> Iterator[str]:
    """The two tables and what they were measured with."""
    rivals = ", ".join(f"{name} {number}" for name, number in RIVALS.items())
    yield f"Measured {datetime.now(UTC):%Y-%m-%d} by `benchmarks/rivals.py`: Claude Code {CLIENT} with tool search on"
    yield f"({body['model']}), {' '.join(FRAMEWORK)} with its MCP server, {rivals}, hive-ctx {version('hive-ctx')}."
    yield ""
    yield from totals_table(body, truth, readings)
    yield ""
    yield from parts_table(truth, readings)


def totals_table(body: Body, truth: Truth, readings: list[Reading]) -> Iterator[str]:
    """Each meter's total against the truth of what it means by it."""
    ours_is, bill = total_of(truth[CLAUDE]), billed(body)
    others = f"{total_of(truth['o200k_base']):,} of o200k_base, {total_of(truth[CHARS]):,} quarters of characters"
    yield f"The request holds **{ours_is:,}** tokens of Claude's tokenizer ({others});"
    yield f"with framing and the user's two words the API bills {bill:,}."
    yield ""
    yield "| meter | total | truth | error | seconds |"
    yield "|---|--:|--:|--:|--:|"
    for reading in readings:
        meant = bill if reading.billed else ours_is
        cells = ("–", "–", "–") if reading.total is None else (
            f"{reading.total:,}", f"{meant:,}", error(reading.total, meant))  # fmt: skip
        yield f"| {reading.meter} | {' | '.join(cells)} | {reading.seconds:.1f} |"


def parts_table(truth: Truth, readings: list[Reading]) -> Iterator[str]:
    """Each meter's parts, with the error against the truth in the part's own unit."""
    yield f"| part | truth | {' | '.join(reading.meter for reading in readings)} |"
    yield "|---|--:|" + "--:|" * len(readings)
    for row, label in (ROWS | MORE_ROWS).items():
        if any(truth[CLAUDE].get(row, 0) or reading.parts.get(row) for reading in readings):
            cells = (cell(row, truth, reading) for reading in readings)
            yield f"| {label} | {truth[CLAUDE].get(row, 0):,} | {' | '.join(cells)} |"
    if any("messages" in reading.parts for reading in readings):
        cells = (f"{reading.parts['messages']:,}" if "messages" in reading.parts else "–" for reading in readings)
        yield f"| messages, not told apart | | {' | '.join(cells)} |"


def cell(row: str, truth: Truth, reading: Reading) -> str:
    """A part as the meter states it, and how far it is off in its own unit."""
    if row not in reading.parts:
        return "–"
    unit = reading.units.get(row, reading.unit)
    stated = reading.parts[row]
    return f"{stated:,} ({error(stated, truth[unit].get(row, 0))}{', ' + unit if unit == CHARS else ''})"


def error(stated: int, true: int) -> str:
    """The relative error, signed."""
    if stated == true:
        return "exact"
    return f"{(stated - true) / true:+.1%}" if true else f"{stated - true:+,}"


if __name__ == "__main__":
    sys.exit(main())
