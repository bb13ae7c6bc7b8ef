"""Facts about recorded bodies and older reports that are broken, through the command line."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.bodies import ANTHROPIC, BODIES
from tests.hostile.mutate import VALUES, nested
from tests.hostile.projects import ESCAPE, write
from tests.hostile.run import assert_sums, audit, run

BODY = json.dumps(ANTHROPIC).encode()
DEEP = b"[" * 200_000
REFUSED: Mapping[str, bytes] = {
    "nothing": b"",
    "blanks": b" \n\t ",
    "a number": b"5",
    "a list": b"[]",
    "another object": b'{"a": 1}',
    "half": BODY[: len(BODY) // 2],
    "two": BODY + BODY,
    "nested deeply": b'{"messages": ' + DEEP,
    "nested deeply and closed": b'{"model": ' + DEEP + b"]" * 200_000 + b', "messages": []}',
    "a tool nested without end": b'{"messages": [], "tools": [{"name": "a", "x": ' + DEEP + b"]" * 200_000 + b"}]}",
    "UTF-16": BODY.decode().encode("utf-16"),
    "compressed": b"\x1f\x8b\x08" + bytes(200),
    "tools that are none": b'{"messages": [], "tools": 5}',
    "over 64 MB": b'{"messages": [], "x": "' + b"x" * (64 * 2**20) + b'"}',
}
TAKEN: Mapping[str, bytes] = {
    "a byte order mark": b"\xef\xbb\xbf" + BODY,
    "odd bytes": BODY.replace(b"Runs a command", b"Runs \xff\xfe a command").replace(b"You help", b"\xed\xa0\x80"),
    "half characters": BODY.replace(b"You help", rb"\ud800 \udc1d\ud83d x\\ud800").replace(b"Lists.", rb"\udfff"),
    "keys twice": BODY[:-1] + b', "model": "other", "messages": []}',
    "a tool nested deeply": json.dumps(
        {"messages": [], "tools": [{"name": "a", "input_schema": {"a": nested(800)}}]}
    ).encode(),
    "no messages": b'{"messages": [], "system": []}',
    "escapes in names": json.dumps(
        {"messages": [], "model": ESCAPE, "system": f"# {ESCAPE}", "tools": [{"name": ESCAPE, "input_schema": {}}]}
    ).encode(),
    "endless names": json.dumps(
        {"messages": [], "model": "claude-opus-" + "9" * 5000, "tools": [{"name": "mcp__" + ":" * 500_000}]}
    ).encode(),
    "a version of many digits": BODY.replace(b"2.1.329", b"9" * 5000 + b".1.1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_request_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    """An exit code of 1, one line and what was expected."""
    outcome = run("audit", "--request", str(write(tmp_path / "body", REFUSED[name])))
    assert (outcome.code, "the request" in outcome.err) == (1, True)


@pytest.mark.parametrize("name", TAKEN)
def test_an_odd_request_is_audited(name: str, tmp_path: Path, home: Path) -> None:
    """All forms are made and the sums hold."""
    path = write(tmp_path / "body", TAKEN[name])
    for form in ("text", "markdown", "html", "json"):
        outcome = run("audit", "--request", str(path), "--format", form)
        assert outcome.code == 0, outcome.err
    assert_sums(outcome.report)


def test_any_value_may_stand_at_any_key_of_a_request(tmp_path: Path, home: Path) -> None:
    """Each key of each protocol in turn holds each odd value: a report, or one line."""
    path, codes = tmp_path / "body", []
    for body in BODIES:
        for key in body:
            for value in (*VALUES[::3], nested(900)):
                changed = {**copy.deepcopy(body), key: value}
                outcome = run("audit", "--request", str(write(path, changed)), "--format", "json")
                codes.append(outcome.code)
                if outcome.code == 0:
                    assert_sums(outcome.report)
    assert set(codes) == {0, 1}


def test_a_request_that_is_no_file_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a FIFO, a device, a link to itself, a name too long: never read, never waited for."""
    monkeypatch.chdir(project)
    os.mkfifo("fifo")
    Path("loop").symlink_to("loop")
    for name in (".", "fifo", "/dev/zero", "loop", "n" * 5000, "gone", ESCAPE):
        assert run("audit", "--request", name).code in {1, 2}
        assert run("audit", "--method", "static", "--compare", name).code in {1, 2}


def _older(project: Path) -> dict[str, Any]:
    return dict(audit(project))


def test_an_older_report_may_be_anything(project: Path, tmp_path: Path) -> None:
    """Any value at any key, and at any key of a unit, of a category, of the client: a comparison, or one line."""
    old, path = _older(project), tmp_path / "old.json"
    old["units"] = old["units"][:3]
    broken: list[dict[str, Any]] = []
    for value in (*VALUES[::2], -5, 10**4299, nested(900)):
        keys = ("schema", "total_tokens", "units", "categories", "client", "tokenizer", "method")
        broken += [{**old, key: value} for key in keys]
        keys = ("name", "tokens", "load", "source", "component", "digest")
        broken += [{**old, "units": [{**old["units"][0], key: value}]} for key in keys]
        broken += [{**old, "categories": [{"name": value, "tokens": 5}]}]
    codes = [_compared(project, path, older) for older in broken]
    assert set(codes) == {0, 1}


def _compared(project: Path, path: Path, old: object) -> int:
    outcome = run("audit", str(project), "--method", "static", "--compare", str(write(path, old)), "--top", "2")
    return outcome.code


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[" * 200_000, b"5", b"[]", b"{", b'{"schema": NaN}'])
def test_what_is_no_older_report_is_refused_before_the_work(data: bytes, project: Path, tmp_path: Path) -> None:
    """One line, with the command that writes one."""
    outcome = run("audit", str(project), "--method", "static", "--compare", str(write(tmp_path / "old", data)))
    assert (outcome.code, "hint:" in outcome.err) == (1, True)
