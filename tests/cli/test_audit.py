"""Facts about `hive-ctx audit` as a user meets it: exit codes, streams, files, budget and comparison."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hive_integration.cli.main import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / ".claude" / "agents").mkdir(parents=True)
    (folder / ".claude" / "agents" / "scout.md").write_text("---\nname: scout\ndescription: Looks around.\n---\nLook.")
    (folder / "CLAUDE.md").write_text("Always be kind.\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", "/nowhere")
    return folder


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["audit", *args])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_json_goes_to_standard_output_alone(project: Path, capsys) -> None:
    """A script may pipe it; the folder is this one by default."""
    code, out, _ = run(capsys, "--format", "json")
    report = json.loads(out)
    assert code == 0
    assert (report["schema"], report["method"], report["target"]) == (
        "hive-ctx/audit/1",
        "static",
        str(project.resolve()),
    )
    assert {"scout", "CLAUDE.md"} <= {unit["name"] for unit in report["units"]}


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_every_format_is_written_whole_to_a_file(project: Path, tmp_path: Path, capsys, form: str) -> None:
    """With --out nothing goes to standard output, and the file ends with a line end."""
    code, out, err = run(capsys, str(project), "--format", form, "--out", str(tmp_path / "report"))
    assert (code, out) == (0, "")
    assert "idle tokens" in err
    assert (tmp_path / "report").read_text().endswith("\n")


def test_a_budget_that_is_not_met_is_exit_code_four_after_the_report(project: Path, capsys) -> None:
    """CI fails, and still has the report."""
    code, out, err = run(capsys, "--budget", "10", "--format", "json")
    assert code == 4
    assert json.loads(out)["total_tokens"] > 10
    assert "the budget is 10" in err
    assert run(capsys, "--budget", "1000000")[0] == 0


def test_compare_shows_what_came(project: Path, tmp_path: Path, capsys) -> None:
    """An agent added since the older report is named."""
    old = tmp_path / "old.json"
    run(capsys, "--format", "json", "--out", str(old))
    (project / ".claude" / "agents" / "smith.md").write_text("---\nname: smith\ndescription: Makes things.\n---\nMake.")
    _, out, _ = run(capsys, "--compare", str(old), "--format", "json")
    changes = json.dumps(json.loads(out)["compare"])
    assert "smith" in changes
    assert "scout" not in changes


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["/nowhere/at/all"], 2, "/nowhere/at/all"),
        (["--method", "probe"], 1, "no `claude` on PATH"),
        (["--client", "/nowhere/claude"], 1, "no client at /nowhere/claude"),
        (["--method", "request"], 2, "--request FILE"),
        (["--request", "missing.json"], 2, "no file missing.json"),
        (["--request", "CLAUDE.md"], 1, "not JSON"),
        (["--request", "CLAUDE.md", "--method", "probe"], 2, "exclude"),
        (["--tokenizer", "o300k_base"], 2, "did you mean o200k_base"),
        (["--tokenizer", "anthropic-api:claude-opus-5-5"], 2, "ANTHROPIC_API_KEY"),
        (["--compare", "missing.json"], 1, "missing.json"),
        (["--budget", "-1"], 2, "-1"),
        (["--out", "CLAUDE.md/x"], 1, "cannot write"),
        (["--method", "url", "--timeout", "1"], 1, "no request arrived within 1 s"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_hint(project: Path, capsys, args: list[str], code: int, words: str) -> None:
    """No traceback, nothing on standard output."""
    ended, out, err = run(capsys, *args)
    assert (ended, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


def test_without_consent_nothing_is_started(project: Path, capsys, monkeypatch) -> None:
    """`auto` without a terminal reads files only, even where a client is on PATH."""
    client = project / "claude"
    client.write_text(f"#!/bin/sh\ntouch {project}/started\n")
    client.chmod(0o755)
    monkeypatch.setenv("PATH", f"{project}:/usr/bin:/bin")
    code, out, _ = run(capsys, "--format", "json")
    assert (code, json.loads(out)["method"]) == (0, "static")
    assert not (project / "started").exists()


def test_the_examples_of_help_are_options_that_exist(capsys) -> None:
    """A renamed option would leave a lie in the help."""
    _, out, _ = run(capsys, "--help")
    options, examples = out.split("Examples:")
    used = {word for word in examples.split() if word.startswith("--")}
    assert used
    assert all(option in options for option in used)
