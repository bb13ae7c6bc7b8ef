"""Facts about the estimate: of what is to be made, in seconds, and nothing is written for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hive_integration.dataset.compile import Options, compiled, planned
from hive_integration.dataset.estimate import estimated
from tests.dataset.tiny import book_of, install, units_text


def test_what_is_there_need_not_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before, all of it; afterwards only what looks at all together."""
    install(monkeypatch)
    units = tmp_path / "units.jsonl"
    units.write_text(units_text(book_of("mcp__t__a", "mcp__t__b")))
    plan = planned(units, Options(total=200, generator="tiny"))
    before = estimated(plan, tmp_path / "out")
    assert (before.examples, before.behaviours, before.there) == (200, 2, 0)
    assert not (tmp_path / "out").exists()
    compiled(plan, tmp_path / "out")
    after = estimated(plan, tmp_path / "out")
    assert after.there == 1
    assert 0 < after.seconds < before.seconds < 60
