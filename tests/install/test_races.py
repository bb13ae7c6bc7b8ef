"""Facts about installing and uninstalling while others write the same settings file, without a lock."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
TIMES = 200


def _race(how: str, folder: Path) -> Mapping[str, Any]:
    command = [sys.executable, "-m", "tests.install.racing", how, str(TIMES), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen: Mapping[str, Any] = json.loads(done.stdout)
    return seen


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds readers back for the moment of the exchange")
def test_no_write_of_a_renaming_writer_is_lost(tmp_path: Path) -> None:
    """It finds each of its writes again, and a reader finds a whole file at every instant."""
    seen = _race("renaming", tmp_path)
    assert seen["writer"]["lost"] == 0
    assert seen["reader"]["bad"] == 0
    assert seen["last"]["count"] == seen["writer"]["count"] > 100
    assert seen["last"]["env"]["MINE"] == "1"
    assert seen["beside"] == ["settings.local.json"]
    assert seen["good"] > TIMES // 2  # the writer's own stale writes may undo ours


def test_a_writer_in_place_never_leaves_a_torn_file(tmp_path: Path) -> None:
    """Only while it writes itself is its file torn; afterwards it is whole, and has what it wrote."""
    seen = _race("in-place", tmp_path)
    assert seen["reader"]["bad"] == 0
    assert seen["last"]["count"] == seen["writer"]["count"] > 100
    assert seen["last"]["env"]["MINE"] == "1"
    assert seen["beside"] == ["settings.local.json"]
