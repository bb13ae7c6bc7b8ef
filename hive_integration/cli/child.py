"""Run a program in this one's place: its terminal, its signals, its exit code are what they would be. Starts a process.

What the terminal sends (interrupt, quit, stop, a new size) reaches the program itself, which decides what it means:
this process only waits. What is sent to this process alone (SIGTERM, SIGHUP) is passed on.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from hive_integration.errors import HiveError

_FORWARDED = (signal.SIGTERM, signal.SIGHUP)
_LEFT_TO_THE_CHILD = (signal.SIGINT, signal.SIGQUIT)


def find_program(name: str, env: Mapping[str, str]) -> str:
    """The program's path. Raises HiveError where there is none, before anything is started."""
    found = shutil.which(name, path=env.get("PATH", os.defpath))
    if found is None:
        hint = f"is it installed, and on PATH? `command -v {name}` says" if os.sep not in name else "is it executable?"
        raise HiveError(f"no program {name}", hint=hint)
    return found


def run_child(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Run it to its end. Its exit code; 128 and the signal's number where a signal ended it."""
    with _signals() as started:
        try:
            process = subprocess.Popen(command, env=dict(env))
        except OSError as error:
            raise HiveError(f"{command[0]} does not start: {error.strerror}", hint="is it a program?") from error
        started(process.pid)
        code = _wait(process)
    return code if code >= 0 else 128 - code


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for its end. Where it stops itself, stop too, or the shell would never get its terminal back."""
    while True:
        pid, state = os.waitpid(process.pid, os.WUNTRACED)
        if pid == process.pid and not os.WIFSTOPPED(state):
            process.returncode = os.waitstatus_to_exitcode(state)
            return process.returncode
        if sys.stdin is not None and sys.stdin.isatty():
            os.kill(os.getpid(), signal.SIGSTOP)
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)


@contextmanager
def _signals() -> Iterator[Callable[[int], None]]:
    """Handlers for the length of the block; to be told the program's process id. What was ignored stays ignored."""
    running: list[int] = []
    early: list[int] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        if running:
            os.kill(running[0], number)  # not reaped before `_wait` returns: it is still this program's id
        else:
            early.append(number)

    def started(pid: int) -> None:
        running.append(pid)
        for number in early:
            os.kill(pid, number)

    before = {number: signal.getsignal(number) for number in (*_FORWARDED, *_LEFT_TO_THE_CHILD)}
    mine = {number: old for number, old in before.items() if old not in {signal.SIG_IGN, None}}
    for number in mine:
        # A handler that does nothing, not SIG_IGN: the program would inherit that.
        signal.signal(number, forward if number in _FORWARDED else _nothing)
    try:
        yield started
    finally:
        for number, old in mine.items():
            signal.signal(number, old)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    pass
