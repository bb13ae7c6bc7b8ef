"""Facts about conversations that change their model all the time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import turns
from tests.soak.conftest import Say

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("soak")]


@pytest.mark.parametrize(
    ("talk", "number"),
    [
        pytest.param(turns.Talk(turns.ADAPTIVE, files=12), 200, id="adaptive"),
        pytest.param(turns.Talk(turns.ENABLED), 60, id="enabled"),
        pytest.param(turns.Talk(turns.ADAPTIVE, inside=True), 24, id="adaptive-inside"),
        pytest.param(turns.Talk(turns.ENABLED, inside=True), 24, id="enabled-inside"),
    ],
)
def test_a_conversation_that_changes_its_model_is_never_refused(
    talk: turns.Talk, number: int, tmp_path: Path, say: Say
) -> None:
    """No strict upstream refuses, nobody falls back, and both models see all that was said, Claude its own thinking."""
    upstream = turns.run(tmp_path, talk, number)
    say("conversation", talk)
    assert [why for _, why in upstream.refused] == []
    assert talk.faults == []
    assert talk.changes >= number
    assert list(turns.lost(talk, upstream)) == []
    assert list(turns.unstable(upstream)) == []
