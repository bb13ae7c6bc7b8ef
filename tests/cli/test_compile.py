"""Facts about `hive-ctx compile`: what it shows, what it refuses, and that killing it changes nothing. As a program."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hive_integration.cli.compile import _time
from tests.dataset.tiny import book_of, units_text

PROGRAM = str(Path(sys.executable).with_name("hive-ctx"))
NAMES = ["mcp__shop__order_create", "mcp__shop__order_cancel", "mcp__shop__stock_count", "mcp__notes__note_store"]
FILES = ("train.jsonl", "eval.jsonl", "provenance.jsonl", "rejects.jsonl", "preferences.jsonl", "manifest.json")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units.jsonl of four tools."""
    path = tmp_path / "units.jsonl"
    path.write_text(units_text(book_of(*NAMES)))
    return path


def start(units: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """The command, begun."""
    command = [PROGRAM, "compile", str(units), "--out", str(out), "--count", "160", *options]
    env = {"HOME": str(out.parent), "PATH": "/usr/bin:/bin", "HIVE_CACHE_DIR": str(out.parent / "cache")}
    return subprocess.Popen(
        command,
        cwd=out.parent,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(units: Path, out: Path, *options: str) -> tuple[int, str, str]:
    """The command, ended: exit code, standard output, standard error."""
    process = start(units, out, *options)
    said, told = process.communicate(timeout=100)
    return process.returncode, said, told


def texts(folder: Path) -> dict[str, bytes]:
    """The bytes of a dataset."""
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def test_it_says_what_it_will_do_and_what_came_of_it(units: Path, tmp_path: Path) -> None:
    """The estimate and progress on standard error, the table on standard output."""
    code, said, told = run(units, tmp_path / "out", "--workers", "1")
    assert code == 0, told
    assert "160 examples of 4 behaviours: about" in told
    assert "0 of 164" in told
    assert "the dataset is in" in told
    assert said.split()[:2] == ["train", "eval"]
    for word in ("examples", "simple", "moderate", "complex", "4 behaviours of 4 units"):
        assert word in said
    assert json.loads((tmp_path / "out/manifest.json").read_text())["counts"]["examples"] == 160


def test_json_stands_alone_on_standard_output(units: Path, tmp_path: Path) -> None:
    """The manifest without the coverage, and what this run did; a second run did nothing."""
    shown = [json.loads(run(units, tmp_path / "out", "--workers", "1", "--format", "json")[1]) for _ in range(2)]
    assert shown[0]["schema"] == "hive-ctx/compile/1"
    assert shown[0]["counts"]["examples"] == 160
    assert shown[0]["new"] >= 160
    assert (shown[1]["new"], shown[1]["parts"]) == (0, 0)
    assert shown[0]["hashes"] == shown[1]["hashes"]


@pytest.mark.timeout(280)
def test_killed_ten_times_it_ends_with_the_same_bytes(units: Path, tmp_path: Path) -> None:
    """With two workers, at random moments; until it is done there is no manifest. One worker makes the same."""
    begin = time.monotonic()
    assert run(units, tmp_path / "whole", "--workers", "1")[0] == 0
    took = time.monotonic() - begin
    rng, killed = random.Random(7), 0
    while killed < 10:
        process = start(units, tmp_path / "out", "--workers", "2")
        time.sleep(rng.uniform(0.1, 1.0) * took)
        done = process.poll() is not None
        os.killpg(process.pid, signal.SIGKILL) if rng.random() < 0.5 else process.kill()
        process.communicate()
        killed += 1
        if not done:
            assert not (tmp_path / "out/manifest.json").exists() or texts(tmp_path / "out") == texts(tmp_path / "whole")
    code, _, told = run(units, tmp_path / "out", "--workers", "2", "--resume")
    assert code == 0, told
    assert texts(tmp_path / "out") == texts(tmp_path / "whole")


def test_an_unfinished_folder_is_gone_on_with(units: Path, tmp_path: Path) -> None:
    """Said so, with and without --resume."""
    (tmp_path / "out/.parts").mkdir(parents=True)
    code, _, told = run(units, tmp_path / "out", "--workers", "1")
    assert code == 0
    assert "was not finished: going on with it" in told


def test_what_makes_no_sense_is_refused(units: Path, tmp_path: Path) -> None:
    """A folder with something else, no such units, a phase without behaviours, a teacher nobody knows."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/thesis.tex").write_text("")
    code, _, told = run(units, tmp_path / "taken")
    assert (code, "holds something else: thesis.tex" in told) == (2, True)
    code, _, told = run(tmp_path / "none.jsonl", tmp_path / "out")
    assert (code, "hint: `hive-ctx extract" in told) == (1, True)
    code, _, told = run(units, tmp_path / "out", "--phase", "1")
    assert (code, "phase 1 has no behaviour" in told) == (1, True)
    code, _, told = run(units, tmp_path / "out", "--teacher", "nobody")
    assert (code, "no card 'nobody'" in told) == (2, True)
    code, _, told = run(units, tmp_path / "out", "--teacher", "http://127.0.0.1:9/v1#claude-opus-5-5")
    assert (code, "may not train a model" in told) == (2, True)
    units.write_text(units.read_text() + "{}\n")
    code, _, told = run(units, tmp_path / "out")
    assert (code, "units.jsonl:5: " in told) == (1, True)
    assert not (tmp_path / "out").exists()


def test_the_system_prompt_is_the_user_s(units: Path, tmp_path: Path) -> None:
    """It opens every example."""
    assert run(units, tmp_path / "out", "--workers", "1", "--system", "You are Ada.")[0] == 0
    rows = [json.loads(line) for line in (tmp_path / "out/train.jsonl").read_text().split("\n")[:-1]]
    assert {row["messages"][0]["content"] for row in rows} == {"You are Ada."}


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 seconds"), (59, "59 seconds"), (240, "4 minutes")])
def test_times_are_rough(seconds: float, said: str) -> None:
    """Seconds, or minutes."""
    assert _time(seconds) == said
