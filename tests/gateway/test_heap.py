"""Facts about what the allocator is told."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from hive_integration.gateway import heap


def test_threads_share_one_heap() -> None:
    """In a process of its own: threads that allocate make no second arena, and trimming goes through."""
    code = (
        "import threading; from hive_integration.gateway import heap\n"
        "heap.one_arena()\n"
        "work = [threading.Thread(target=lambda: [bytes(4000) for _ in range(1000)]) for _ in range(8)]\n"
        "[each.start() for each in work]; [each.join() for each in work]\n"
        "heap.give_back(); print('done')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "done\n"


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without these calls (macOS, musl) nothing is done, and nothing fails."""
    asked: list[object] = []

    class Bare:
        def __getattr__(self, name: str) -> object:
            asked.append(name)
            raise AttributeError(name)

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Bare())
    heap.one_arena()
    heap.give_back()
    assert asked == ["mallopt", "malloc_trim"]
