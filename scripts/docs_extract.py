"""Extract the knowledge of real frameworks, and write the tables of `docs/compiler.md`.

    .venv/bin/python scripts/docs_extract.py [--check]

Each framework is set up in a scratch folder and extracted by the command line: the real client against a recorder, so
that its tools are there, its own texts left out. `--check` fails where less than 98 % of a framework's units are placed
for certain, or where less than 95 % of the labelled sample agrees.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from hive_integration.files import atomic_write  # noqa: E402
from hive_integration.settings import now  # noqa: E402
from hive_integration.units.behaviour import BehaviourKind  # noqa: E402
from hive_integration.units.lines import Extracted, from_line  # noqa: E402
from tests.e2e.conftest import CLAUDE  # noqa: E402
from tests.e2e.frameworks import FRAMEWORKS, Scene  # noqa: E402
from tests.e2e.npm import binary  # noqa: E402

PAGE = ROOT / "docs" / "compiler.md"
LABELS = ROOT / "tests" / "knowledge"
NAMES = ("claude-flow 3.43.0", "claude-flow 2.7.0 files", "BMAD 6.12.0", "SuperClaude 4.3.0")
UNSEEN = "ECC 2.0.0"
"""A framework that no sign was made for."""
CERTAIN, AGREED = 0.98, 0.95
BEGIN, END = "<!-- extract: made by scripts/docs_extract.py -->", "<!-- /extract -->"
CLIENT = "claude-code@"


def main() -> int:
    found = {name: _of(name) for name in (*NAMES, UNSEEN)}
    samples = [(name, *agreement(labels(name), found)) for name in ("labels.jsonl", "labels_second.jsonl")]
    text = "\n".join(_tables({name: _own(found[name]) for name in NAMES}, samples, _own(found[UNSEEN])))
    page = PAGE.read_text()
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    atomic_write(PAGE, f"{before}{BEGIN}\n{text}\n{END}{after}")
    low = [name for name in NAMES if certain(_own(found[name])) < CERTAIN]
    missed = low or samples[0][1] < AGREED * samples[0][2]
    print(*(f"{name}: {good} of {all_}" for name, good, all_, _ in samples), *low, sep="\n", file=sys.stderr)
    return 1 if missed and "--check" in sys.argv else 0


def _of(name: str) -> Sequence[Extracted]:
    with tempfile.TemporaryDirectory(prefix="hive-ctx-docs-") as folder:
        scene = FRAMEWORKS[name](Path(folder).resolve() / "scene")
        return extract(scene, "--method", "probe", "--include-client")[1]


def extract(scene: Scene, *options: str) -> tuple[Mapping[str, Any], Sequence[Extracted]]:
    """The report and the lines of one call of the command."""
    out = scene.home / "units.jsonl"
    client = binary(CLAUDE, "2.1.329", "claude")
    done = subprocess.run(
        [sys.executable, "-m", "hive_integration", "extract", str(scene.project), "--out", str(out), "--format", "json",
         "--yes", "--client", str(client), *scene.options, *options],
        env={"HOME": str(scene.home), "PATH": os.environ["PATH"], "HIVE_CACHE_DIR": str(scene.home / ".hive-cache"),
             "HIVE_DATA_DIR": str(scene.home / ".hive-data"), "PYTHONPATH": str(ROOT), "TERM": "dumb",
             "npm_config_offline": "true"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{scene.project} {options}: {done.stderr}")
    return json.loads(done.stdout), [from_line(line) for line in out.read_text().split("\n") if line]


# Agreement with the samples.

Label = Mapping[str, str]


def labels(name: str) -> Sequence[Label]:
    return [json.loads(line) for line in (LABELS / name).read_text().splitlines()]


def agreement(rows: Iterable[Label], found: Mapping[str, Sequence[Extracted]]) -> tuple[int, int, list[str]]:
    """(units placed as they are labelled, labels, the others in words). Raises where a labelled unit is gone."""
    good, total, others = 0, 0, []
    for row in rows:
        unit = _labelled(row, found[row["framework"]]).unit
        total += 1
        if (unit.category, unit.level) == (row["category"], row["level"]):
            good += 1
        else:
            others.append(f"{row['name']} ({row['framework']}): {row['category']} {row['level']}, "
                          f"placed as {unit.category} {unit.level}")  # fmt: skip
    return good, total, others


def _labelled(row: Label, lines: Sequence[Extracted]) -> Extracted:
    """The labelled unit: by its digest, else (a text that names the machine) by its name and load."""
    key = ("component", "load", "name")
    same = [e for e in lines if e.unit.digest == row["digest"]]
    named = [e for e in lines if (e.unit.component, e.unit.load, e.unit.name) == tuple(row[k] for k in key)]
    if not (same or named):
        raise LookupError(f"no unit {row['name']} ({row['load']}) in {row['framework']}")
    return (same or named)[0]


# The tables.


def _own(lines: Iterable[Extracted]) -> Sequence[Extracted]:
    """The framework's own units: the client lists MCP tools, but their names are their servers'."""
    return [e for e in lines if not e.unit.source.startswith(CLIENT) or e.unit.component == "mcp_tools"]


def certain(lines: Sequence[Extracted]) -> float:
    """The share that a rule placed for certain."""
    return 1 - sum(e.ambiguous for e in lines) / len(lines)


def _tables(
    found: Mapping[str, Sequence[Extracted]], samples: Sequence[tuple[str, int, int, list[str]]],
    unseen: Sequence[Extracted],
) -> Iterable[str]:  # fmt: skip
    yield f"Measured {now().date()}, Claude Code 2.1.329 by probe; the client's own texts are left out.\n"
    places = sorted({(str(e.unit.category), str(e.unit.level)) for lines in found.values() for e in lines})
    yield _row("units (o200k tokens)", *found)
    yield _row("---", *("--:" for _ in found))
    for place in places:
        yield _row(" ".join(place), *(_cell(lines, place) for lines in found.values()))
    yield _row("**all**", *(f"{len(lines):,} ({_tokens(lines):,})" for lines in found.values()))
    yield _row("placed for certain", *(f"{certain(lines):.1%}" for lines in found.values()))
    for route in ("weights", "stay", "pointer"):
        yield _row(f"→ {route}", *(f"{sum(e.route == route for e in lines):,}" for lines in found.values()))
    yield ""
    yield _row("behaviours (with a check)", *found)
    yield _row("---", *("--:" for _ in found))
    said = {name: {b.id: b for e in lines for b in e.behaviours}.values() for name, lines in found.items()}
    for kind in BehaviourKind:
        of_kind = [[b for b in each if b.kind is kind] for each in said.values()]
        yield _row(kind, *(f"{len(each):,} ({sum(bool(b.checks) for b in each):,})" for each in of_kind))
    yield _row("**all**", *(f"{len(each):,} ({sum(bool(b.checks) for b in each):,})" for each in said.values()))
    yield ""
    for name, good, total, others in samples:
        yield f"`tests/knowledge/{name}`: {good} of {total} agree ({good / total:.1%}). The others:\n"
        yield from (f"* {other}" for other in others)
        yield ""
    yield f"{UNSEEN}, for which no sign was made: {certain(unseen):.1%} of {len(unseen):,} units placed for certain."


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _cell(lines: Sequence[Extracted], place: tuple[str, str]) -> str:
    here = [e for e in lines if (e.unit.category, e.unit.level) == place]
    return f"{len(here):,} ({_tokens(here):,})" if here else "–"


def _tokens(lines: Iterable[Extracted]) -> int:
    return sum(e.tokens["o200k_base"] for e in lines)


if __name__ == "__main__":
    sys.exit(main())
