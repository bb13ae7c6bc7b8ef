"""A configuration folder of its own for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.registry.folder import make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound configuration."""
    return make(tmp_path / "hive")
