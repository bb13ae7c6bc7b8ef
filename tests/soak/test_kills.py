"""Facts about answers whose model dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import kills
from tests.soak.conftest import Say

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("soak")]
WHOLE = {kills.TUNED, kills.CLAUDE, kills.JOINED}


def test_every_answer_is_whole_although_its_model_dies(tmp_path: Path, say: Say) -> None:
    """A thousand requests: each is whole, from one model or begun by one and ended by the other, and booked rightly;
    the gateway keeps neither descriptors nor memory."""
    run = kills.run(tmp_path)
    say("kills", run)
    outcomes = run.outcomes()
    assert set(outcomes) <= WHOLE, outcomes
    assert outcomes.total() == 1000
    assert min(outcomes[kills.TUNED], outcomes[kills.CLAUDE]) > 100
    assert outcomes[kills.JOINED] > 20
    assert run.killed >= 3
    assert list(kills.misbooked(run))[:5] == []
    _assert_nothing_is_kept(run)


def test_every_answer_is_whole_where_a_dying_model_is_asked_again_and_again(tmp_path: Path, say: Say) -> None:
    """The same without a circuit breaker, so that every request meets its failures, and is tried again."""
    run = kills.run(tmp_path, requests=320, breaker=False, seed=7)
    say("kills without a breaker", run)
    outcomes, reasons = run.outcomes(), run.reasons()
    assert set(outcomes) <= WHOLE, outcomes
    assert min(outcomes[kills.JOINED], reasons["retry: connection"], reasons["fallback: connection"]) > 10
    assert list(kills.misbooked(run))[:5] == []
    _assert_nothing_is_kept(run)


def test_where_both_models_die_each_answer_ends_and_says_so(tmp_path: Path, say: Say) -> None:
    """Two hundred requests while Claude's connections break, too: whole, or an error in the API's form; what Claude's
    side itself says, however odd, is passed on."""
    run = kills.run(tmp_path, requests=200, claude_fails=True, seed=5)
    say("kills of both", run)
    outcomes = run.outcomes()
    assert set(outcomes) <= {*WHOLE, kills.TOLD, kills.PASSED}, outcomes
    assert outcomes[kills.TOLD] > 5
    assert list(kills.misbooked(run))[:5] == []
    _assert_nothing_is_kept(run)


def _assert_nothing_is_kept(run: kills.Run) -> None:
    assert run.files[1] <= run.files[0] + 8
    assert run.memory[1] <= run.memory[0] + 24
