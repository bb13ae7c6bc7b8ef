"""What every soak test shares: its figures are shown and recorded."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

Say = Callable[[str, object], None]


@pytest.fixture
def say(record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]) -> Say:
    """Show figures on the terminal, and put them into the report."""

    def show(name: str, figures: object) -> None:
        record_property(name, str(figures))
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: {figures}\n")

    return show
