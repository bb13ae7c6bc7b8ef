"""A terminal that a program runs in: type into it, read what it drew. No other program is needed for it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROWS, COLUMNS = 50, 160
_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_].*?\x1b\\|[ -/]*[0-~])", re.DOTALL
)


class Screen:
    """What was drawn so far, without the terminal's own language. Words are safe to look for; spaces may be moves."""

    def __init__(self, outer: int, process: subprocess.Popen[bytes]) -> None:
        self._outer, self.process = outer, process
        self._drawn = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """All of it, from the beginning."""
        return _ESCAPES.sub(b"", self._drawn).decode("utf-8", errors="replace")

    def wait_for(self, *words: str, seconds: float = 60.0) -> None:
        """Until each of the words was drawn."""
        end = time.monotonic() + seconds
        while not all(word in self.text for word in words):
            assert time.monotonic() < end, f"{words} not on the screen:\n{self.text[-3000:]}"
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.text[-3000:]}"
            time.sleep(0.05)

    def type(self, text: str) -> None:
        """Type a line. Its end comes apart: in the same breath it would be taken for pasted text."""
        os.write(self._outer, text.encode())
        time.sleep(0.5)
        os.write(self._outer, b"\r")

    def press(self, key: bytes) -> None:
        """Send one key."""
        os.write(self._outer, key)

    def _read(self) -> None:
        with suppress(OSError):  # the program has gone
            while piece := os.read(self._outer, 65536):
                self._drawn += piece


@contextmanager
def screen(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Iterator[Screen]:
    """Run a program in a terminal of its own, whose session it leads, for the length of the block."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        list(command), env=dict(env), cwd=cwd, stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - calls nothing that locks
    )  # fmt: skip
    os.close(inner)
    try:
        yield Screen(outer, process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()
        os.close(outer)
