"""Run the conformance suite against our gateway and its peers, and write `docs/conformance.md`.

    .venv/bin/python scripts/docs_conformance.py [hive-ctx] [litellm] [claude-code-router]

Without a name all are run. What is not run keeps its results, which lie beside the page in `conformance.json`.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from _page import put  # noqa: E402
from _peers import Peer, Route, ccr, litellm  # noqa: E402

from hive_integration import __version__  # noqa: E402
from hive_integration.files import atomic_write  # noqa: E402
from hive_integration.settings import now  # noqa: E402
from tests.conformance.complaints import COMPLAINTS  # noqa: E402
from tests.conformance.own import own_gateway  # noqa: E402
from tests.conformance.scenario import Scenario  # noqa: E402
from tests.conformance.stage import Arm, Gateway  # noqa: E402
from tests.conformance.suite import GROUPS, SCENARIOS, Result, run, scripted  # noqa: E402

PAGE, DATA = ROOT / "docs/conformance.md", ROOT / "docs/conformance.json"
NAMES = ("hive-ctx", "litellm", "claude-code-router")
TITLES = {"hive-ctx": "hive-ctx", "litellm": "LiteLLM", "claude-code-router": "claude-code-router"}
TIMEOUT = 25.0
CCR_AT_ITS_BEST = ("cleancache", "streamoptions", "openrouter")
MARKS = {"pass": "✓", "fail": "✗", "n/a": "–"}
CLAUDE = "claude-opus-4-8"


def main(wanted: list[str]) -> int:
    if unknown := set(wanted) - set(NAMES):
        raise SystemExit(f"unknown: {', '.join(unknown)}; known: {', '.join(NAMES)}")
    data = json.loads(DATA.read_text()) if DATA.exists() else {}
    for name in wanted or NAMES:
        version, results = measured(name)
        data[name] = {"version": version, "date": str(now().date()), "results": results}
        atomic_write(DATA, json.dumps(data, indent=1, ensure_ascii=False) + "\n")
        print(name, version, dict(Counter(each["outcome"] for each in results)), file=sys.stderr)
    there = {name: data[name] for name in NAMES if name in data}
    for part, text in (("counts", counts(there)), ("scenarios", scenarios(there)), ("failures", failures(there))):
        put(PAGE, part, text)
    return 0


def measured(name: str) -> tuple[str, list[dict[str, Any]]]:
    with scripted() as (theatre, url):
        if name == "hive-ctx":
            with own_gateway(url, timeout=TIMEOUT) as (gateway, server):
                return __version__, list(map(_plain, run(gateway, theatre, fresh=server.restart)))
        with started(name, url) as peer:
            chat, claude, o_series = (Arm(peer.models[each]) for each in ("chat", CLAUDE, "o-series"))
            gateway = Gateway(peer.base_url, peer.key, chat, claude, o_series, TIMEOUT)
            return peer.version, list(map(_plain, run(gateway, theatre)))


@contextmanager
def started(name: str, url: str) -> Iterator[Peer]:
    routes = [
        Route("chat", url, "gpt-4.1"),
        Route(CLAUDE, url, CLAUDE, "anthropic-messages"),
        Route("o-series", url, "o4-mini"),
    ]
    start = litellm(routes, TIMEOUT) if name == "litellm" else ccr(routes, TIMEOUT, CCR_AT_ITS_BEST)
    with start as peer:
        yield peer


def _plain(result: Result) -> dict[str, Any]:
    """A result without what is this machine's own."""
    why = re.sub(r"\(?(?:file://)?/[^\s:)'\"]+/[^\s)'\"]*\)?", "(a path)", result.why)
    return {**asdict(result), "why": " ".join(why.split())}


Data = Mapping[str, Mapping[str, Any]]


def _outcomes(data: Data) -> dict[str, dict[str, str]]:
    return {name: {each["id"]: each["outcome"] for each in run["results"]} for name, run in data.items()}


def counts(data: Data) -> str:
    outcomes = _outcomes(data)
    heads = [f"{TITLES[name]} {data[name]['version']}" for name in data]
    rows = ["| | " + " | ".join(["scenarios", *heads]) + " |", "|---|--:|" + "--:|" * len(data)]
    for title, group in [*GROUPS.items(), ("**all**", SCENARIOS)]:
        cells = [_held(group, outcomes[name]) for name in data]
        rows.append(f"| {title} | {len(group)} | " + " | ".join(cells) + " |")
    dates = ", ".join(f"{TITLES[name]} {data[name]['date']}" for name in data)
    return "\n".join([*rows, "", f"Held, of those that apply. Run: {dates}."])


def _held(group: tuple[Scenario, ...] | list[Scenario], outcomes: Mapping[str, str]) -> str:
    found = Counter(outcomes.get(each.id, "missing") for each in group)
    return f"{found['pass']} / {found['pass'] + found['fail']}"


def scenarios(data: Data) -> str:
    outcomes = _outcomes(data)
    lines = []
    for title, group in GROUPS.items():
        lines += [
            f"### {title}",
            "",
            "| scenario | what must hold | from | " + " | ".join(TITLES[n] for n in data) + " |",
        ]
        lines.append("|---|---|---|" + ":-:|" * len(data))
        for each in group:
            marks = " | ".join(MARKS.get(outcomes[name].get(each.id, ""), "") for name in data)
            lines.append(f"| `{each.id}` | {each.must} | {_source(each)} | {marks} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def _source(scenario: Scenario) -> str:
    threads = [COMPLAINTS[number][1].split(", ")[0] for number in scenario.complaints]
    return "; ".join([*threads, *([scenario.page] if scenario.page else [])])


def failures(data: Data) -> str:
    lines = []
    for name, run_ in data.items():
        failed = [each for each in run_["results"] if each["outcome"] != "pass"]
        lines += [f"### {TITLES[name]} {run_['version']}", ""]
        lines += [f"* `{each['id']}` ({each['outcome']}): {_code(each['why'])}" for each in failed] or ["Nothing."]
        lines.append("")
    return "\n".join(lines).rstrip()


def _code(why: str, limit: int = 200) -> str:
    text = why if len(why) <= limit else why[: limit - 1] + "…"
    return "`" + text.replace("`", "'") + "`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
