"""Facts about running a program in one's own place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hive_integration.cli.child import find_program, run_child
from hive_integration.errors import HiveError

ENV = {"PATH": os.environ.get("PATH", os.defpath)}
LAUNCHER = """
import os, sys
from hive_integration.cli.child import run_child
sys.exit(run_child([sys.executable, "-c", sys.argv[1]], dict(os.environ)))
"""


def launched(code: str, **options) -> subprocess.Popen[str]:
    """A launcher in a session of its own, whose child runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, code], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        start_new_session=True, **options,
    )  # fmt: skip


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _ = process.communicate(timeout=20)
    return process.returncode, out


@pytest.mark.parametrize("code", [0, 1, 3, 77, 255])
def test_the_exit_code_is_the_programs(code: int) -> None:
    """Whatever it is."""
    assert run_child([sys.executable, "-c", f"raise SystemExit({code})"], ENV) == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV])
def test_a_program_that_a_signal_ended_gives_128_and_the_number(number: int) -> None:
    """As a shell says it."""
    assert run_child([sys.executable, "-c", f"import os; os.kill(os.getpid(), {number})"], ENV) == 128 + number


def test_the_environment_is_the_given_one() -> None:
    """Nothing of this process's own comes in."""
    code = "import os; raise SystemExit(sorted(set(os.environ) - {'LC_CTYPE', 'PATH'}) == ['X'])"
    assert run_child([sys.executable, "-c", code], {**ENV, "X": "1"}) == 1


def test_input_and_output_are_inherited() -> None:
    """What goes into the launcher comes out of the program."""
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, "import sys; print(sys.stdin.read().upper()); sys.stderr.write('e')"],
        input="hello", capture_output=True, text=True, timeout=20, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("HELLO\n", "e")


def test_it_is_in_the_same_process_group() -> None:
    """So that the terminal's signals reach it, and job control works."""
    process = launched("import os; print(os.getpgrp())")
    assert int(line_of(process)) == process.pid
    assert ended(process)[0] == 0


WAITS = "import signal, sys, time\n{}\nprint('ready', flush=True)\nfor _ in range(200): time.sleep(0.05)\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_is_sent_to_the_launcher_alone_is_passed_on(number: int) -> None:
    """The program may end in order, with a code of its own."""
    process = launched(WAITS.format(f"signal.signal({number}, lambda *_: sys.exit(7))"))
    assert line_of(process) == "ready"
    os.kill(process.pid, number)
    assert ended(process)[0] == 7


def test_an_interrupt_is_the_programs_business() -> None:
    """It goes to the whole group, as from a terminal; a program that goes on keeps its launcher."""
    process = launched(WAITS.format("signal.signal(signal.SIGINT, lambda *_: print('asked', flush=True))"))
    assert line_of(process) == "ready"
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        assert line_of(process) == "asked"
    assert process.poll() is None
    os.kill(process.pid, signal.SIGTERM)
    assert ended(process)[0] == 128 + signal.SIGTERM


def test_an_interrupted_program_ends_as_in_a_shell() -> None:
    """One that does not care for SIGINT is ended by it: 130."""
    process = launched(WAITS.format("signal.signal(signal.SIGINT, signal.SIG_DFL)"))
    assert line_of(process) == "ready"
    os.killpg(process.pid, signal.SIGINT)
    assert ended(process)[0] == 130


def test_the_program_does_not_inherit_our_deafness() -> None:
    """SIGINT and SIGQUIT have their default meaning in it, unless they were ignored before (`nohup`)."""
    code = "import signal; print([int(signal.getsignal(n) is signal.SIG_IGN) for n in (1, 2, 3, 15)])"
    for ignored, said in (((), "[0, 0, 0, 0]"), ((signal.SIGHUP,), "[1, 0, 0, 0]")):
        process = launched(code, preexec_fn=lambda ignored=ignored: _hearing(ignored))
        try:
            assert line_of(process) == said
        finally:
            ended(process)


def _hearing(ignored: tuple[int, ...]) -> None:
    """Whatever the tests themselves were started with: a job in the background hears no SIGINT."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_launcher_without_a_terminal_waits_through_a_stop() -> None:
    """It does not stop itself where no shell would wake it."""
    process = launched("import os, signal; os.kill(os.getpid(), signal.SIGSTOP); print('on')")
    child = children(process.pid)
    deadline = time.monotonic() + 10
    while state(child) != "T" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert state(process.pid) == "S"
    os.kill(child, signal.SIGCONT)
    assert ended(process) == (0, "on\n")


def test_on_a_terminal_a_launcher_stops_with_its_program() -> None:
    """Else the shell would wait for ever on a program that sleeps; going on goes on in both."""
    outer, inner = os.openpty()
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP); print('on', flush=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, code], stdin=inner, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    _, status = os.waitpid(process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(process.pid, signal.SIGCONT)
    assert ended(process) == (0, "on\n")
    os.close(inner)
    os.close(outer)


def children(pid: int) -> int:
    deadline = time.monotonic() + 10
    path = Path(f"/proc/{pid}/task/{pid}/children")
    while not (found := path.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return int(found[0])


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_program_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    """On PATH, or by its path."""
    with pytest.raises(HiveError, match="no program nonsense-program") as caught:
        find_program("nonsense-program", ENV)
    assert "PATH" in caught.value.hint
    (tmp_path / "text").write_text("no program")
    with pytest.raises(HiveError, match=f"no program {tmp_path}/text"):
        find_program(str(tmp_path / "text"), ENV)
    assert find_program("sh", ENV).endswith("/sh")


def test_a_program_that_does_not_start_is_one_clear_line(tmp_path: Path) -> None:
    """Executable, but nothing that this machine can run."""
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF broken")
    broken.chmod(0o755)
    with pytest.raises(HiveError, match="does not start"):
        run_child([str(broken)], ENV)
