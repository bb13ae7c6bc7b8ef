"""Facts about the probe's own terminal."""

from __future__ import annotations

import os
import sys

import pytest

from hive_integration.audit.session.terminal import COLUMNS, ROWS, terminal


@pytest.mark.timeout(20)
def test_what_is_drawn_never_blocks_the_program() -> None:
    """More than a terminal's buffer holds can be written: somebody reads it."""
    with terminal() as (side, _):
        assert os.isatty(side)
        assert os.get_terminal_size(side) == (COLUMNS, ROWS)
        for _ in range(50):
            os.write(side, b"x" * 4000)


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted under /proc")
def test_nothing_stays_open() -> None:
    """Both sides are closed with the block."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with terminal():
            pass
    assert len(os.listdir("/proc/self/fd")) == before
