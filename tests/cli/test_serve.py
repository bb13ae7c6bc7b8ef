"""`hive-ctx serve` as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from hive_integration.cli.serve import serve
from tests.cli.gateway_folder import configuration, environment, free_port

COMMAND = [sys.executable, "-m", "hive_integration", "serve"]


@contextmanager
def started(base: Path, *options: str, **env: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`hive-ctx serve`, once it has said where it listens."""
    process = subprocess.Popen(
        [*COMMAND, *options], env=environment(base, **env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        yield process, process.stderr.readline()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """It says where on standard error, answers there, ends on SIGTERM with 0, and writes nothing to standard output."""
    config = configuration(tmp_path / "config")
    with started(tmp_path, "--config", str(config), "--port", "0", "--log-format", "json") as (process, said):
        assert said.startswith("hive-ctx listens on http://127.0.0.1:")
        with urllib.request.urlopen(f"{said.split()[-1]}/healthz", timeout=5) as answer:
            health = json.load(answer)
        assert (health["ok"], health["pid"]) == (True, process.pid)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, "")
    assert json.loads(err.splitlines()[-1])["event"] == "ends"
    assert list((tmp_path / "data" / "gateways").iterdir()) == []


def test_an_address_of_six_is_said_as_a_client_takes_it(tmp_path: Path) -> None:
    """In brackets; asked there, it answers."""
    with started(tmp_path, "--config", str(configuration(tmp_path / "config")), "--host", "::1") as (_, said):
        assert said.startswith("hive-ctx listens on http://[::1]:")
        with urllib.request.urlopen(f"{said.split()[-1]}/healthz", timeout=5) as answer:
            assert answer.status == 200


def test_the_options_come_before_the_file_and_the_variable_names_the_folder(tmp_path: Path) -> None:
    """`--port` over hive.toml's; `HIVE_CONFIG_DIR` in place of `--config`."""
    taken, port = free_port(), free_port()
    config = configuration(tmp_path / "config", port=taken)
    with started(tmp_path, "--port", str(port), HIVE_CONFIG_DIR=str(config)) as (_, said):
        assert said.endswith(f":{port}\n")
    with started(tmp_path, HIVE_CONFIG_DIR=str(config)) as (_, said):
        assert said.endswith(f":{taken}\n")


def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    """A variable that says neither yes nor no, a folder without a configuration that can be read: exit 1."""
    config = configuration(tmp_path / "config")
    with started(tmp_path, "--config", str(config), "--port", "0", USE_FINETUNED="perhaps") as (process, said):
        assert "USE_FINETUNED is 'perhaps'" in said
        assert process.wait(timeout=10) == 1
    (config / "hive.toml").write_text("[switch]\ndefault = 'ful'\n")
    with started(tmp_path, "--config", str(config), "--port", "0") as (process, said):
        assert "hive.toml:2" in said
        assert process.wait(timeout=10) == 1


def test_the_help_has_examples_and_wrong_options_are_wrong_usage() -> None:
    """As every command."""
    runner = CliRunner()
    assert "USE_FINETUNED=1 hive-ctx serve" in runner.invoke(serve, ["--help"]).output
    assert runner.invoke(serve, ["--port", "70000"]).exit_code == 2
    assert runner.invoke(serve, ["--linger", "0"]).exit_code == 2


def test_verbose_says_more(tmp_path: Path) -> None:
    """`hive-ctx -v serve`: a unit store that only remembers is no warning, but it is said."""
    config = configuration(tmp_path / "config")
    (tmp_path / "data" / "units.sqlite3").mkdir(parents=True)
    for option, expected in (((), False), (("-v",), True)):
        command = [*COMMAND[:-1], *option, "serve", "--config", str(config), "--port", "0", "--linger", "0.2"]
        done = subprocess.run(
            command, env=environment(tmp_path), capture_output=True, text=True, timeout=30, check=True
        )  # fmt: skip
        assert ("the unit store cannot be" in done.stderr) is expected


def test_it_ends_by_itself_when_nobody_uses_it(tmp_path: Path) -> None:
    """With `--linger`."""
    config = configuration(tmp_path / "config")
    with started(tmp_path, "--config", str(config), "--port", "0", "--linger", "0.3") as (process, _):
        assert process.wait(timeout=15) == 0
        assert not Path(f"/proc/{process.pid}").exists() or os.name != "posix"
