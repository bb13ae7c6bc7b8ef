"""Facts about new configurations under load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak import reloads

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("soak")]
Record = Callable[[str, object], None]


def test_files_saved_under_load_fail_no_request(
    tmp_path: Path, record_property: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sixty files saved in five ways, and five bad ones: every answer is whole and of one configuration."""
    run = reloads.by_file(tmp_path, saves=60)
    _say(run, "reloads_by_file", record_property, capsys)
    assert run.faults() == []
    assert (run.reloads, run.refused) == (60, 5)
    assert len(run.versions) > 50
    assert len(run.answers) > 300


def test_a_thousand_reloads_under_load_fail_no_request(
    tmp_path: Path, record_property: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    """A thousand configurations, one after the other, under load: every answer is whole and of one configuration."""
    run = reloads.by_call(tmp_path, swaps=1000)
    _say(run, "reloads_by_call", record_property, capsys)
    assert run.faults() == []
    assert run.reloads == 1000
    assert len(run.answers) > 1000


def _say(run: reloads.Run, name: str, record_property: Record, capsys: pytest.CaptureFixture[str]) -> None:
    record_property(name, str(run))
    with capsys.disabled():
        print(f"\n{run}")
