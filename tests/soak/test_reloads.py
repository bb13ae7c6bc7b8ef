"""Facts about new configurations under load."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import reloads
from tests.soak.conftest import Say

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("soak")]


def test_files_saved_under_load_fail_no_request(tmp_path: Path, say: Say) -> None:
    """Sixty files saved in five ways, and five bad ones: every answer is whole and of one configuration."""
    run = reloads.by_file(tmp_path, saves=60)
    say("reloads by file", run)
    assert run.faults() == []
    assert (run.reloads, run.refused) == (60, 5)
    assert len(run.versions) > 40
    assert len(run.answers) > 200


def test_a_thousand_reloads_under_load_fail_no_request(tmp_path: Path, say: Say) -> None:
    """A thousand configurations, one after the other, under load: every answer is whole and of one configuration."""
    run = reloads.by_call(tmp_path, swaps=1000)
    say("reloads by call", run)
    assert run.faults() == []
    assert run.reloads == 1000
    assert len(run.answers) > 1000
