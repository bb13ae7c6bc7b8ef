"""Facts about many slow streams at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import slow
from tests.soak.conftest import Say

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("soak")]


def test_no_slow_stream_stalls_and_none_is_lost(tmp_path: Path, say: Say) -> None:
    """512 streams at once, a chunk each 0.15 s for some 10 s: all whole and in order, none late by over 250 ms."""
    figures = slow.run(tmp_path)
    say("slow streams", figures)
    assert figures.lost == []
    assert figures.most_at_once == figures.streams == 512
    assert figures.own_worst <= 250, str(figures)
