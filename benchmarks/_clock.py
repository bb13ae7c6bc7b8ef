"""Processes measured from outside: time and peak memory. Best of several, since noise only ever adds."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: wall `seconds`, `cpu` seconds, peak resident `megabytes`, what it printed."""

    seconds: float
    cpu: float
    megabytes: float
    output: str


def measure(command: list[str], env: Mapping[str, str], cwd: Path | None = None) -> Measured:
    """Run a command to its end. Raises RuntimeError with its last words where it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            said = err.read().decode(errors="replace").strip()[-300:]
            raise RuntimeError(f"{' '.join(command[:3])}: exit {process.returncode}: {said}")
        return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read().decode())


def best(command: list[str], env: Mapping[str, str], *, times: int, cwd: Path | None = None) -> Measured:
    """The fastest of `times` runs."""
    return min((measure(command, env, cwd) for _ in range(times)), key=lambda run: run.seconds)
