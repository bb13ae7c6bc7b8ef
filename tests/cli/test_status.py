"""Facts about `hive-ctx status` as a user meets it: with a gateway, without one, with a broken configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.cli.main import main
from hive_integration.gateway.presence import announce
from tests.gateway import standin

from .gateway_folder import configuration
from .test_standing import standing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HIVE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HIVE_GATEWAY_KEY", standin.KEY)
    return configuration(tmp_path / "config")


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["status", *args])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_without_a_gateway_it_says_what_would_run(folder: Path, capsys) -> None:
    """In the shape of a running one's status; nothing is started."""
    code, out, err = run(capsys, "--config", str(folder), "--format", "json")
    shown = json.loads(out)
    assert (code, err) == (0, "")
    assert (shown["running"], shown["schema"]) == (False, "hive-ctx/status/1")
    assert shown["profile"]["effective"] == "full"
    assert [card["id"] for card in shown["cards"]] == ["claude", "tuned"]
    assert not (folder.parent / "data").exists()
    assert "full: claude" in run(capsys, "--config", str(folder))[1]


def test_with_a_gateway_it_gives_its_words_and_its_address(folder: Path, capsys) -> None:
    """JSON on standard output alone."""
    said = {key: value for key, value in standing().items() if key not in {"running", "url", "pid", "config_dir"}}
    with standin.running(folder, status=said) as gateway:
        announce(folder.parent / "data" / "gateways", gateway.presence)
        code, out, err = run(capsys, "--config", str(folder), "--format", "json")
        shown = json.loads(out)
        assert (code, err) == (0, "")
        assert (shown["running"], shown["pid"], shown["url"]) == (True, gateway.pid, f"http://127.0.0.1:{gateway.port}")
        assert {key: shown[key] for key in said} == said
        assert "1,234,567" in run(capsys, "--config", str(folder))[1]


def test_a_broken_configuration_is_exit_code_one(folder: Path, capsys) -> None:
    """With the report, and the reason on standard error."""
    (folder / "hive.toml").write_text('[switch]\ndefault = "ful"\n')
    code, out, err = run(capsys, "--config", str(folder), "--format", "json")
    assert code == 1
    assert json.loads(out)["reload"]["ok"] is False
    assert "hive.toml:2" in err
    assert "expected 'full' or" in run(capsys, "--config", str(folder))[1]


def test_a_running_gateway_with_a_bad_reload_is_exit_code_one(folder: Path, capsys) -> None:
    """It goes on with what it read before; the file still wants mending."""
    broken = standing(reload={"at": "2026-11-24T10:00:00+00:00", "ok": False, "error": "hive.toml:2: bad"})
    with standin.running(folder, status=broken) as gateway:
        announce(folder.parent / "data" / "gateways", gateway.presence)
        code, out, err = run(capsys, "--config", str(folder))
    assert code == 1
    assert "acme-hive-7b" in out
    assert "hive.toml:2: bad" in err


def test_a_wrong_key_or_folder_is_said(folder: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """An expected failure and wrong usage."""
    with standin.running(folder) as gateway:
        announce(folder.parent / "data" / "gateways", gateway.presence)
        monkeypatch.setenv("HIVE_GATEWAY_KEY", "other")
        assert run(capsys, "--config", str(folder))[0] == 1
    code, _, err = run(capsys, "--config", str(folder / "nowhere"))
    assert code == 2
    assert "no folder" in err
