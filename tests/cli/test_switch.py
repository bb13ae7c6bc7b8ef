"""Facts about `hive-ctx switch` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.cli.main import main
from tests.registry.folder import HIVE, edit, make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "hive")


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["switch", *map(str, args)])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_it_says_what_now_runs_and_which_file_says_so(folder: Path, capsys) -> None:
    """Profile, card, model, file."""
    code, out, err = run(capsys, "finetuned", "--config", folder)
    assert (code, err) == (0, "")
    assert out == (
        "finetuned: tuned (ft:gpt-4.1-mini:acme::abc, http://127.0.0.1:9100/v1)\n"
        f"file: {folder / 'hive.toml'}, changed\n"
    )  # fmt: skip
    assert run(capsys, "status", "--config", folder)[1] == out.replace(", changed", "")
    assert run(capsys, "full", "--config", folder)[1].startswith(
        "full: claude (the model that the client names, https:"
    )
    assert (folder / "hive.toml").read_text() == HIVE


def test_json_is_for_scripts(folder: Path, capsys) -> None:
    """One object on standard output."""
    code, out, _ = run(capsys, "finetuned", "--config", folder, "--format", "json")
    report = json.loads(out)
    assert code == 0
    assert len(report.pop("version")) == 12
    assert report == {
        "schema": "hive-ctx/switch/1", "profile": "finetuned", "default": "finetuned", "card": "tuned",
        "model": "ft:gpt-4.1-mini:acme::abc", "base_url": "http://127.0.0.1:9100/v1",
        "file": str(folder / "hive.toml"), "environment": None, "changed": True,
    }  # fmt: skip
    assert json.loads(run(capsys, "finetuned", "--config", folder, "--format", "json")[1])["changed"] is False


def test_the_folder_may_come_from_the_environment(folder: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """HIVE_CONFIG_DIR, as for the gateway."""
    monkeypatch.setenv("HIVE_CONFIG_DIR", str(folder))
    assert run(capsys, "finetuned")[0] == 0
    assert 'default = "finetuned"' in (folder / "hive.toml").read_text()


@pytest.mark.parametrize(("value", "profile"), [("1", "finetuned"), ("off", "full"), ("", "full")])
def test_a_variable_that_overrules_the_file_is_said(
    folder: Path, capsys, monkeypatch: pytest.MonkeyPatch, value: str, profile: str
) -> None:
    """The file is written all the same; what runs here is another thing."""
    monkeypatch.setenv("USE_FINETUNED", value)
    to = "full" if profile == "finetuned" else "finetuned"
    code, out, _ = run(capsys, to, "--config", folder)
    assert code == 0
    assert out.startswith(f"{profile}: ")
    assert f"USE_FINETUNED is set in this environment and overrules the file, where default is {to}" in out
    report = json.loads(run(capsys, "status", "--config", folder, "--format", "json")[1])
    assert (report["profile"], report["default"], report["environment"]) == (profile, to, profile)


def test_a_variable_that_says_neither_is_refused_before_anything_is_written(
    folder: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear line."""
    monkeypatch.setenv("USE_FINETUNED", "maybe")
    code, out, err = run(capsys, "finetuned", "--config", folder)
    assert (code, out) == (1, "")
    assert "USE_FINETUNED is 'maybe': expected 1, true, yes or on" in err
    assert (folder / "hive.toml").read_text() == HIVE


def test_without_a_fine_tuned_model_there_is_nothing_to_switch_to(folder: Path, capsys) -> None:
    """And what to do about it."""
    edit(folder / "hive.toml", '"tuned"', '""')
    code, out, err = run(capsys, "finetuned", "--config", folder)
    assert (code, out) == (1, "")
    assert "there is no fine-tuned model to switch to: [switch] finetuned is empty in" in err
    assert f"hint: put its card into {folder / 'models'}" in err
    assert "full: claude" in run(capsys, "status", "--config", folder)[1]


@pytest.mark.parametrize("to", ["full", "finetuned", "status"])
def test_a_bad_file_is_told_with_its_line_and_stays(folder: Path, capsys, to: str) -> None:
    """Exit code 1, nothing on standard output."""
    edit(folder / "hive.toml", "fallback", "fallbak")
    before = (folder / "hive.toml").read_bytes()
    code, out, err = run(capsys, to, "--config", folder)
    assert (code, out) == (1, "")
    assert "hive.toml:6: unknown key 'fallbak' in [switch]; did you mean 'fallback'?" in err
    assert (folder / "hive.toml").read_bytes() == before


@pytest.mark.parametrize("args", [[], ["on"], ["full", "--config", "/nowhere/at/all"], ["full", "--format", "xml"]])
def test_wrong_usage_is_exit_code_two(capsys, args: list[str]) -> None:
    """Nothing is guessed."""
    code, out, err = run(capsys, *args)
    assert (code, out) == (2, "")
    assert err


def test_the_examples_of_help_are_options_that_exist(capsys) -> None:
    """A renamed option would leave a lie in the help."""
    _, out, _ = run(capsys, "--help")
    options, examples = out.split("Examples:")
    used = {word for word in examples.split() if word.startswith("--") and len(word) > 2}
    assert used == {"--config", "--format"}
    assert all(option in options for option in used)
