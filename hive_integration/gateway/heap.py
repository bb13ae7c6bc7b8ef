"""What the C library's allocator is told, where it is glibc's: anywhere else both calls do nothing.

Measured with 16 bodies of 410 KB in flight: 141 MB resident with one arena and trimmed, 147 MB as glibc comes. Under
the interpreter's lock further arenas bring nothing: each only keeps holes of its own.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8  # malloc.h


def one_arena() -> None:
    """All threads share one heap. Call it before the first thread starts."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return what is free at the heap's end and in whole pages: loading leaves some MB of it."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
