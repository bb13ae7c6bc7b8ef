"""Facts about logs."""

from __future__ import annotations

import json

import pytest
import structlog

from hive_integration import logs


def test_logs_go_to_standard_error_as_json_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output belongs to reports alone."""
    logs.configure(verbose=True, json=True)
    logs.get("audit").info("seen", count=3)
    out, err = capsys.readouterr()
    assert out == ""
    assert {"event": "seen", "count": 3, "part": "audit", "level": "info"}.items() <= json.loads(err).items()


def test_without_verbose_only_warnings_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    """An ordinary run is quiet."""
    logs.configure()
    logs.get("audit").info("quiet")
    logs.get("audit").warning("loud")
    err = capsys.readouterr().err
    assert "loud" in err
    assert "quiet" not in err


def test_a_library_user_hears_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Without the command line's set-up a logger is quiet, and never writes to standard output."""
    structlog.reset_defaults()
    logs.get("audit").info("seen")
    assert capsys.readouterr() == ("", "")
