"""Facts about progress."""

from __future__ import annotations

import pytest

from hive_integration.cli.progress import waiting


def test_without_a_terminal_it_is_one_plain_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A log of a CI run shows what was done, without escapes, and standard output stays clean."""
    with waiting("running"):
        pass
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "running …\n"
