"""A child process and everything it started end with the conversation."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hive_integration.audit.servers.stdio import Command, started
from hive_integration.tasks import run

PARENT = """
import os, signal, subprocess, sys, time
stubborn = sys.argv[1] != "leaves"
if stubborn: signal.signal(signal.SIGTERM, signal.SIG_IGN)
code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-S", "-c", code])
time.sleep(0.2)
with open(sys.argv[2], "w") as file: file.write(f"{os.getpid()} {child.pid}")
if stubborn: time.sleep(600)
"""


def _alive(pid: int) -> bool:
    """Whether the process runs a moment from now: one that is dead and not yet buried does not."""
    time.sleep(0.1)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


async def _until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", ["stubborn", "leaves"])
def test_a_server_and_its_children_end_even_when_they_ignore_the_signal(kind: str, tmp_path: Path) -> None:
    """A parent that will not go, and a child whose parent went before: neither outlives the conversation."""
    note = tmp_path / "pids"
    script = tmp_path / "parent.py"
    script.write_text(PARENT)

    async def main() -> None:
        async with started(Command([sys.executable, "-S", str(script), kind, str(note)], dict(os.environ))):
            await _until(lambda: note.exists() and bool(note.read_text()))

    begin = time.monotonic()
    run(main())
    assert time.monotonic() - begin < 5
    pids = [int(pid) for pid in note.read_text().split()]
    assert len(pids) == 2
    assert [pid for pid in pids if _alive(pid)] == []


def test_an_interrupted_conversation_leaves_nothing_behind(tmp_path: Path) -> None:
    """Cancelling the caller ends the server too."""
    note = tmp_path / "pids"
    script = tmp_path / "parent.py"
    script.write_text(PARENT)

    async def main() -> None:
        async with (
            asyncio.timeout(1),
            started(Command([sys.executable, "-S", str(script), "stubborn", str(note)], dict(os.environ))),
        ):
            await asyncio.sleep(600)

    with pytest.raises(TimeoutError):
        run(main())
    assert [pid for pid in map(int, note.read_text().split()) if _alive(pid)] == []


def test_what_a_server_says_last_on_standard_error_is_kept() -> None:
    """The last line that is not blank, however much came before it."""
    code = "import sys; sys.stderr.write('x' * 100_000 + '\\nlast words\\n \\n')"

    async def main() -> str:
        async with started(Command([sys.executable, "-S", "-c", code], {})) as (server, _):
            await _until(lambda: server.ended)
        return server.last_words

    assert run(main()) == "last words"


def test_a_program_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    """Starting nothing raises at once and leaves nothing to end."""

    async def main() -> None:
        async with started(Command([str(tmp_path / "none")], {})):
            pass

    with pytest.raises(FileNotFoundError):
        run(main())
