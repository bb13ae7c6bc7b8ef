"""Facts about answers whose model dies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.soak import kills

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("soak")]
Record = Callable[[str, object], None]


def test_every_answer_is_whole_although_its_model_dies(
    tmp_path: Path, record_property: Record, capsys: pytest.CaptureFixture[Any]
) -> None:
    """A thousand requests: each is whole, from one model or begun by one and ended by the other, and booked rightly;
    the gateway keeps neither descriptors nor memory."""
    run = kills.run(tmp_path)
    _say(run, "kills", record_property, capsys)
    outcomes = run.outcomes()
    assert set(outcomes) <= {kills.TUNED, kills.RETRIED, kills.WHOLE, kills.JOINED}, outcomes
    assert outcomes.total() == 1000
    assert min(outcomes[kills.TUNED], outcomes[kills.WHOLE]) > 100
    assert outcomes[kills.JOINED] > 20
    assert run.killed >= 3
    assert list(kills.misbooked(run))[:5] == []
    assert run.files[1] <= run.files[0] + 8
    assert run.memory[1] <= run.memory[0] + 24


def test_where_both_models_die_each_answer_ends_and_says_so(
    tmp_path: Path, record_property: Record, capsys: pytest.CaptureFixture[Any]
) -> None:
    """Two hundred requests while Claude's connections break, too: whole, or an error in the API's form."""
    run = kills.run(tmp_path, requests=300, claude_fails=True, seed=5)
    _say(run, "kills_of_both", record_property, capsys)
    outcomes = run.outcomes()
    assert set(outcomes) <= {kills.TUNED, kills.RETRIED, kills.WHOLE, kills.JOINED, kills.TOLD}, outcomes
    assert outcomes[kills.TOLD] > 5
    assert list(kills.misbooked(run))[:5] == []


def _say(run: kills.Run, name: str, record_property: Record, capsys: pytest.CaptureFixture[Any]) -> None:
    record_property(name, str(run))
    with capsys.disabled():
        print(f"\n{run}")
