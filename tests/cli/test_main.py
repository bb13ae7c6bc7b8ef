"""Facts about the command line's boundary: exit codes, one clear line, and a report where it is a bug."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from hive_integration.cli.main import COMMANDS, hive_ctx, main
from hive_integration.errors import GateError, HiveError, UsageError


def ended(*args: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(args))
    return int(caught.value.code or 0)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> object:
    """`failing(error)`: make the `audit` command raise it."""

    def install(error: BaseException) -> None:
        @click.command()
        def audit() -> None:
            raise error

        monkeypatch.setattr(type(hive_ctx), "get_command", lambda *_: audit)

    return install


@pytest.mark.parametrize(
    ("error", "code"),
    [(HiveError("no", hint="do"), 1), (UsageError("no"), 2), (GateError("no"), 4), (KeyboardInterrupt(), 130)],
)
def test_each_error_has_its_exit_code(failing, error: BaseException, code: int, capsys) -> None:
    """The contract's codes, with nothing on standard output."""
    failing(error)
    assert ended("audit") == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.lstrip().startswith("hive-ctx: ")


def test_an_expected_failure_is_one_line_and_a_hint(failing, capsys) -> None:
    """Line ends in a message do not break it up."""
    failing(HiveError("what is\nwrong", hint="do this"))
    ended("audit")
    assert capsys.readouterr().err == "hive-ctx: what is wrong\n  hint: do this\n"


def test_a_bug_leaves_a_private_report_and_says_where(failing, capsys, monkeypatch, tmp_path: Path) -> None:
    """Exit code 3, no traceback on the screen, the file readable by its owner alone."""
    monkeypatch.setenv("HIVE_CACHE_DIR", str(tmp_path))
    failing(ZeroDivisionError("oops"))
    assert ended("audit") == 3
    err = capsys.readouterr().err
    report = next((tmp_path / "reports").iterdir())
    assert str(report) in err
    assert "Traceback" not in err
    assert "ZeroDivisionError" in report.read_text()
    assert report.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_it_lets_it_clean_up(failing, number: int) -> None:
    """A closed terminal or a CI's time limit ends it by way of every `finally`, with 128 and the signal's number."""

    class Killed(Exception):
        def __init__(self) -> None:
            os.kill(os.getpid(), number)
            time.sleep(5)

    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)}
    try:
        failing(Killed)
        assert ended("audit") == 128 + number
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_standard_stream_is_no_bug(closed: str, tmp_path: Path) -> None:
    """As some supervisors start their programs: the exit code is what it would be."""
    env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "HIVE_DATA_DIR": str(tmp_path)}
    command = f'"{sys.executable}" -m hive_integration status {closed}'
    done = subprocess.run(["/bin/sh", "-c", command], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_command_or_option_is_wrong_usage(capsys) -> None:
    """Exit code 2, and where to look."""
    assert ended("nonsense") == 2
    assert ended("audit", "--nonsense") == 2
    assert "--help" in capsys.readouterr().err


def test_help_lists_every_command(capsys) -> None:
    """Each command has its line."""
    assert ended("--help") == 0
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys) -> None:
    """`--help` shows how it is called."""
    assert ended(command, "--help") == 0
    assert f"hive-ctx {command}" in capsys.readouterr().out
