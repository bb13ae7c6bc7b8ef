"""Run the suite against a gateway: `python -m tests.conformance --base-url URL --key KEY --model NAME …`."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from hive_integration.files import atomic_write
from tests.conformance.stage import Arm, Gateway
from tests.conformance.suite import SCENARIOS, Result, run, scripted


def main(arguments: list[str] | None = None) -> int:
    """Run it, say each result, and end with 1 where one failed."""
    options = _parser().parse_args(arguments)
    if options.list:
        sys.stdout.writelines(f"{each.id:28} {each.must}\n" for each in SCENARIOS)
        return 0
    headers = dict(map(_header, options.header))
    claude = dict(map(_header, options.claude_header))
    gateway = Gateway(
        options.base_url.rstrip("/"),
        options.key,
        Arm(options.model, headers),
        Arm(options.claude_model, claude or headers) if options.claude_model else None,
        Arm(options.o_series_model, headers, options.o_series_url) if options.o_series_model else None,
        options.upstream_timeout,
    )
    wanted = [each for each in SCENARIOS if not options.only or any(part in each.id for part in options.only)]
    with scripted(options.upstream_port) as (theatre, _):
        results = run(gateway, theatre, wanted, _say)
    counts = Counter(result.outcome for result in results)
    sys.stdout.write(f"{counts['pass']} hold, {counts['fail']} do not, {counts['n/a']} do not apply\n")
    if options.json:
        atomic_write(Path(options.json), json.dumps([asdict(result) for result in results], indent=1) + "\n")
    return 1 if counts["fail"] else 0


def _say(result: Result) -> None:
    sys.stdout.write(f"{result.outcome:5} {result.id:28} {result.seconds:6.2f} s  {result.why}\n")
    sys.stdout.flush()


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip().lower(), value.strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--base-url", default="http://127.0.0.1:8787", help="where the gateway listens")
    parser.add_argument("--key", default="", help="the key that it wants of its clients")
    parser.add_argument("--model", default="conformance-chat", help="its model whose upstream is http://127.0.0.1:N/v1")
    parser.add_argument(
        "--upstream-port", type=int, default=9100, metavar="N", help="where the scripted upstream listens"
    )
    parser.add_argument(
        "--claude-model", default="", help="its model whose upstream is Anthropic's API at the same port"
    )
    parser.add_argument("--o-series-model", default="", help="its model that is o4-mini upstream")
    parser.add_argument("--o-series-url", default="", help="its base URL, where it is another one")
    parser.add_argument("--header", action="append", default=[], help="'name: value' sent with every request")
    parser.add_argument(
        "--claude-header", action="append", default=[], help="the same, for the Claude model, in their place"
    )
    parser.add_argument("--upstream-timeout", type=float, default=25, help="after how many silent seconds it gives up")
    parser.add_argument("--only", action="append", default=[], help="run scenarios whose id holds this")
    parser.add_argument("--json", default="", help="write the results to this file")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    return parser


if __name__ == "__main__":
    sys.exit(main())
