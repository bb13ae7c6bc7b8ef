"""Facts about conversations that change their model all the time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.soak import turns

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("soak")]
ADAPTIVE = {"type": "adaptive"}
ENABLED = {"type": "enabled", "budget_tokens": 2048}


@pytest.mark.parametrize(
    ("talk", "number"),
    [
        pytest.param(turns.Talk(ADAPTIVE, files=12), 200, id="adaptive"),
        pytest.param(turns.Talk(ENABLED), 60, id="enabled"),
        pytest.param(turns.Talk(ADAPTIVE, inside=True), 24, id="adaptive-inside"),
        pytest.param(turns.Talk(ENABLED, inside=True), 24, id="enabled-inside"),
    ],
)
def test_a_conversation_that_changes_its_model_every_turn_is_never_refused(
    talk: turns.Talk,
    number: int,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    capsys: pytest.CaptureFixture[Any],
) -> None:
    """No strict upstream refuses, nobody falls back, and both models see all that was said, Claude its own thinking."""
    upstream = turns.run(tmp_path, talk, number)
    record_property("turns", str(talk))
    with capsys.disabled():
        print(f"\n{talk}, {len(upstream.refused)} refusals")
    assert [why for _, why in upstream.refused] == []
    assert talk.faults == []
    assert talk.changes >= number
    assert list(turns.lost(talk, upstream)) == []
    assert list(turns.unstable(upstream)) == []
