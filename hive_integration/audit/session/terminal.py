"""A pseudo-terminal for a program that wants one: it is given a size, and what the program draws is thrown away."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

ROWS, COLUMNS = 40, 120


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """(inner, outer) file descriptors of a new terminal, for the length of the block; what is typed goes to outer."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    reader = threading.Thread(target=_drain, args=(outer,), daemon=True)
    reader.start()
    try:
        yield inner, outer
    finally:
        os.close(inner)
        reader.join(timeout=2)
        os.close(outer)


def _drain(outer: int) -> None:
    with suppress(OSError):  # the other side has gone
        while os.read(outer, 65536):
            pass
