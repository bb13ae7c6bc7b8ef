"""Measure how far o200k is from Claude's tokenizers, and write `hive_integration/tokens/calibration.json`.

    python scripts/calibrate_claude.py --group NAME FOLDER... [--group ...] [--request FILE]

A group is a framework: its files are held out together, so near-copies between its versions cannot flatter the error.
For each group the weights are fitted on all the others and tried on it; the errors of all groups, pooled, are the
bound. The shipped weights are fitted on everything. `--request` adds the tools of a recorded request, MCP tools by
server; nothing of the texts is stored. Needs Python 3.12 or later (ctok) and about a minute.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hive_integration.files import atomic_write, read_text
from hive_integration.settings import now
from hive_integration.tokens.calibrated import FEATURES, features
from hive_integration.tokens.claude import ClaudeCounter

TARGET = Path(__file__).parent.parent / "hive_integration" / "tokens" / "calibration.json"
KINDS = {".md": "prose", ".json": "JSON", ".js": "code", ".mjs": "code", ".ts": "code", ".py": "code", ".sh": "code"}
KINDS |= {".yaml": "YAML, TOML", ".yml": "YAML, TOML", ".toml": "YAML, TOML"}
SIZES = range(400, 40_000)
PER_SUFFIX = {".md": 60}
OTHER_SUFFIXES = 15
SHORTEST = 40  # tokens: below, one token is several per cent
LISTED = re.compile(r"---\n.*?^name: *(.+?)$.*?^description: *(.+?)$", re.S | re.M)


class Sample(NamedTuple):
    """One text: whose it is, of which kind, and the text."""

    group: str
    kind: str
    text: str


class Row(NamedTuple):
    """One measured text: group, kind, the figures of `FEATURES`, and the tokens that Claude counts."""

    group: str
    kind: str
    figures: list[int]
    tokens: int


def main() -> None:
    """Gather, count, fit, write, print the table for the reference page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", nargs="+", action="append", metavar=("NAME", "FOLDER"), required=True)
    parser.add_argument("--request", type=Path, help="a recorded Messages request with tools")
    options = parser.parse_args()
    samples = [sample for name, *folders in options.group for folder in folders for sample in from_files(name, folder)]
    if options.request:
        samples += from_request(options.request)
    samples = list({sample.text: sample for sample in samples}.values())
    size = sum(len(sample.text) for sample in samples)
    corpus = f"{len(samples)} texts, {size / 1e6:.1f} MB, from {', '.join(sorted({s.group for s in samples}))}"
    families = {name: measure(name, samples) for name in ("claude-3", "claude-4.8")}
    table = {"date": now().date().isoformat(), "corpus": corpus, "features": FEATURES, "families": families}
    atomic_write(TARGET, json.dumps(table, indent=1, ensure_ascii=False) + "\n")


def from_files(group: str, folder: str) -> Iterator[Sample]:
    """Files of a framework's package, the same ones at every run, and its listing as a client would print it."""
    root = Path(folder)
    found = [p for p in sorted(root.rglob("*")) if "node_modules" not in p.relative_to(root).parts and p.is_file()]
    for suffix, kind in KINDS.items():
        fitting = [p for p in found if p.suffix == suffix and p.stat().st_size in SIZES]
        fitting.sort(key=lambda p: hashlib.sha256(str(p.relative_to(root)).encode()).digest())
        for path in fitting[: PER_SUFFIX.get(suffix, OTHER_SUFFIXES)]:
            text = read_text(path).text
            yield Sample(group, "other scripts" if _foreign(text) else kind, text)
    heads = (LISTED.match(read_text(path).text[:3000]) for path in found if path.suffix == ".md")
    lines = sorted({f"- {head[1]}: {head[2]}" for head in heads if head})[:160]
    for start in range(0, len(lines), 8):
        yield Sample(group, "listing lines", "\n".join(lines[start : start + 8]))


def from_request(path: Path) -> Iterator[Sample]:
    """Each tool's JSON; an MCP tool belongs to its server's group."""
    for tool in json.loads(path.read_bytes())["tools"]:
        server = re.match("mcp__(.+?)__", tool["name"])
        yield Sample(
            server[1] if server else "claude-code",
            "tool JSON",
            json.dumps(tool, separators=(",", ":"), ensure_ascii=False),
        )


def _foreign(text: str) -> bool:
    return sum(c > "\u036f" and c.isalpha() for c in text) > len(text) / 10


def measure(family: str, samples: Sequence[Sample]) -> dict[str, object]:
    """Fit one family; print its errors by kind; return what `calibrated` reads."""
    counts = ClaudeCounter(family).count([sample.text for sample in samples])
    figures = features([sample.text for sample in samples])
    rows = [
        Row(sample.group, sample.kind, row, tokens)
        for sample, row, tokens in zip(samples, figures, counts, strict=True)
        if tokens >= SHORTEST
    ]
    errors: list[tuple[str, float]] = []
    for group in sorted({row.group for row in rows}):
        weights = fit([row for row in rows if row.group != group])
        errors += [(row.kind, estimate(weights, row) / row.tokens - 1) for row in rows if row.group == group]
    print(f"\n{family}, held out by framework\n")
    print("| kind | texts | bias | median | 95 % | largest |\n|---|--:|--:|--:|--:|--:|")
    for kind in [*sorted({kind for kind, _ in errors}), ""]:
        some = [error for of, error in errors if kind in ("", of)]
        median, p95, largest = quantiles(some)
        bias = statistics.mean(some)
        print(f"| {kind or 'all'} | {len(some)} | {bias:+.1%} | {median:.1%} | {p95:.1%} | {largest:.1%} |")
    return {
        "weights": [round(weight, 3) for weight in fit(rows)],
        "median": round(median, 4),
        "p95": round(p95, 4),
        "max": round(largest, 4),
        "held_out": len(errors),
    }


def quantiles(errors: Sequence[float]) -> tuple[float, float, float]:
    """Median, 95th percentile and largest of the errors' sizes."""
    sizes = sorted(abs(error) for error in errors)
    return statistics.median(sizes), sizes[int(0.95 * (len(sizes) - 1))], sizes[-1]


def estimate(weights: Sequence[float], row: Row) -> float:
    """The linear model's tokens."""
    return sum(weight * value for weight, value in zip(weights, row.figures, strict=True))


def fit(rows: Sequence[Row], *, rounds: int = 6, sweeps: int = 300) -> list[float]:
    """Weights of zero or more with a small relative error, near the least absolute one (reweighted least squares)."""
    width = range(len(FEATURES))
    trust = [1 / row.tokens**2 for row in rows]
    weights = [0.5 for _ in width]
    for _ in range(rounds):
        weighed = [[share * value for value in row.figures] for share, row in zip(trust, rows, strict=True)]
        normal = [
            [sum(w[i] * row.figures[j] for w, row in zip(weighed, rows, strict=True)) for j in width] for i in width
        ]
        right = [sum(w[i] * row.tokens for w, row in zip(weighed, rows, strict=True)) for i in width]
        for _ in range(sweeps):
            for i in width:
                if normal[i][i]:
                    rest = right[i] - sum(normal[i][j] * weights[j] for j in width)
                    weights[i] = max(0.0, weights[i] + rest / normal[i][i])
        trust = [1 / row.tokens**2 / max(0.01, abs(estimate(weights, row) / row.tokens - 1)) for row in rows]
    return weights


if __name__ == "__main__":
    main()
