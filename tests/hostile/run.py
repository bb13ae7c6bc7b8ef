"""Run the real command line on what a stranger left behind, and hold every output to the same promises."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.audit.render import FORMS
from hive_integration.cli.main import main

SECONDS = 20
"""No hostile case may take longer for one report, on a machine shared with others."""

STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What would steer a terminal or reorder a line. A line end is no such thing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Mapping[str, Any]:
        """Standard output as the JSON report."""
        value: Mapping[str, Any] = json.loads(self.out)
        return value


def run(*args: str) -> Outcome:
    """Call `hive-ctx` in this process. Whatever it was given: in time, without a trace of a bug, and printable."""
    out, err = io.StringIO(), io.StringIO()
    begin, code = time.monotonic(), -1
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main(list(args))
    except SystemExit as stop:
        code = int(stop.code or 0)
    outcome = Outcome(code, out.getvalue(), err.getvalue())
    assert time.monotonic() - begin < SECONDS
    assert code in {0, 1, 2}, outcome.err
    assert "Traceback" not in outcome.out + outcome.err
    assert not (found := STEERS.search(outcome.out + outcome.err)), found
    (outcome.out + outcome.err).encode(sys.getdefaultencoding())
    if code:
        assert outcome.out == ""
        assert len(outcome.err.splitlines()) <= 2
        assert outcome.err.startswith("hive-ctx: ")
    return outcome


def audit(project: Path, *args: str) -> Mapping[str, Any]:
    """The JSON report of a static audit that succeeds, after the other forms were made, too; its sums hold."""
    for form in FORMS:
        outcome = run("audit", str(project), "--method", "static", "--format", form, *args)
        assert outcome.code == 0, outcome.err
        if form == "json":
            report = outcome.report
    assert_sums(report)
    return report


def assert_sums(report: Mapping[str, Any]) -> None:
    """The categories add up to the total; so do the idle units with the unattributed rest. Nothing is negative."""
    total = report["total_tokens"]
    idle = [unit["tokens"] for unit in report["units"] if unit["load"] in {"always", "listed"}]
    assert sum(row["tokens"] for row in report["categories"]) == total
    assert sum(idle) + report["unattributed_tokens"] == total
    assert min([0, *idle, report["unattributed_tokens"], report["deferred_tokens"], report["on_demand_tokens"]]) == 0


def warned(report: Mapping[str, Any], what: str) -> bool:
    """Whether a warning matches the pattern `what`."""
    return any(re.search(what, line) for line in report["warnings"])
