"""Facts about `hive-ctx extract`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hive_integration.cli.extract import extract
from hive_integration.errors import UsageError
from hive_integration.registry.store import FILE, Store
from hive_integration.units.lines import Extracted, from_line

HEAD = "---\nname: release\ndescription: Ship a version\n---\n\n"
SKILL = f"{HEAD}# Release\n\n## Workflow\n1. Tag it\n2. Push it\n3. Say it\n"
AGENT = "---\nname: tester\ndescription: Tests everything\n---\nYou are a careful tester of everything.\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    files = {
        "CLAUDE.md": "# Rules\n\nAlways run the tests.\nNever push to main directly.\n",
        ".claude/skills/release/SKILL.md": SKILL,
        ".claude/agents/tester.md": AGENT,
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("HIVE_DATA_DIR", str(tmp_path / "data"))
    return folder


def run(project: Path, *options: str) -> tuple[Result, list[Extracted]]:
    out = project.parent / "out" / "units.jsonl"
    result = CliRunner().invoke(extract, [str(project), "--out", str(out), *options], catch_exceptions=False)
    lines = out.read_text().split("\n") if out.is_file() else [""]
    return result, [from_line(line) for line in lines if line]


def test_a_projects_files_become_units_with_behaviours(project: Path) -> None:
    """Each line reads back; category, level, route and behaviours are there."""
    result, lines = run(project)
    assert result.exit_code == 0
    places = {(e.unit.name, e.unit.load.value): (e.unit.category.value, e.unit.level.value) for e in lines}
    assert places == {
        ("tester", "listed"): ("agent_personas", "L3"),
        ("tester", "on_demand"): ("agent_personas", "L3"),
        ("release", "listed"): ("methodologies", "L1"),
        ("release", "on_demand"): ("methodologies", "L1"),
        ("CLAUDE.md", "always"): ("operational_rules", "L0"),
    }
    assert all(e.route == "weights" and e.behaviours and e.tokens["o200k_base"] for e in lines)


def test_a_behaviour_names_file_and_line(project: Path) -> None:
    """The line is the file's own, front matter counted."""
    _, lines = run(project)
    sources = {b.statement: b.source for e in lines for b in e.behaviours}
    assert sources["Never push to main directly."] == "CLAUDE.md:4"
    assert sources["You are a careful tester of everything."] == ".claude/agents/tester.md:5"
    assert sources["release, workflow: Tag it, then Push it, then Say it."] == ".claude/skills/release/SKILL.md:9"
    assert sources["Give tester this: Tests everything."] == ".claude/agents/tester.md:3"


def test_the_file_is_its_users_alone(project: Path) -> None:
    """It holds the texts themselves: mode 0600, written whole."""
    run(project)
    out = project.parent / "out" / "units.jsonl"
    assert out.stat().st_mode & 0o777 == 0o600
    assert os.listdir(out.parent) == ["units.jsonl"]


def test_the_same_project_gives_the_same_bytes(project: Path) -> None:
    """Twice over."""
    run(project)
    out = project.parent / "out" / "units.jsonl"
    first = out.read_bytes()
    run(project)
    assert out.read_bytes() == first


def test_the_report_is_json_for_scripts(project: Path) -> None:
    """On standard output alone; what has no text is named, and that the client is left out."""
    result, lines = run(project, "--format", "json")
    shown = json.loads(result.stdout)
    assert shown["schema"] == "hive-ctx/extract/1"
    assert shown["units"] == len(lines) == sum(row["units"] for row in shown["places"])
    assert shown["method"] == "static"
    assert shown["client_included"] is False
    assert "identity" in shown["without_text"]


def test_the_report_is_a_table_for_people(project: Path) -> None:
    """Units by category and level, routes, behaviours by kind, and what a probe would bring."""
    result, _ = run(project)
    for words in ("agent_personas L3", "weights", "method", "--method probe brings them", "--include-client"):
        assert words in result.stdout


def test_a_secret_is_warned_of_and_not_compiled(project: Path) -> None:
    """On standard error, by its file; the secret is not repeated."""
    secret = "ghp_" + "a1B2c3D4e5" * 4
    (project / "CLAUDE.md").write_text(f"Always push with {secret} to it.\n")
    result, lines = run(project)
    line = next(e for e in lines if e.unit.name == "CLAUDE.md")
    assert (line.route, line.behaviours) == ("stay", ())
    assert "CLAUDE.md:1: never compiled" in result.stderr
    assert secret not in result.output


def test_the_unit_store_is_filled(project: Path, tmp_path: Path) -> None:
    """The gateway finds the texts there."""
    _, lines = run(project)
    with Store(tmp_path / "data" / FILE) as store:
        assert all(store.get(line.unit.digest) for line in lines)


def test_a_recorded_request_is_a_source_too(project: Path) -> None:
    """The client's own texts are in it; they stay out unless they are asked for, and are marked."""
    tools = [
        {"name": name, "description": "Does it.", "input_schema": {"type": "object", "properties": {}}}
        for name in ("Bash", "Read", "mcp__hive__store_it")
    ]
    body = {"model": "claude-x", "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}], "tools": tools,
            "system": [{"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.329.a;"},
                       {"type": "text", "text": "# Tone and style\nNever use emojis in it.\n"}]}  # fmt: skip
    request = project.parent / "body.json"
    request.write_text(json.dumps(body))
    _, lines = run(project, "--request", str(request))
    assert "mcp__hive__store_it" in {e.unit.name for e in lines}
    assert not {"Bash", "Tone and style"} & {e.unit.name for e in lines}
    _, lines = run(project, "--method", "request", "--request", str(request), "--include-client")
    own = {e.unit.name: e.unit.source for e in lines}
    assert own["Tone and style"] == "claude-code@2.1.329/Tone and style"
    assert own["Bash"] == "claude-code@2.1.329/tools/Bash"


def test_request_needs_a_file(project: Path) -> None:
    """As in the audit."""
    with pytest.raises(UsageError, match="needs a recorded body"):
        run(project, "--method", "request")


def test_out_is_needed(project: Path) -> None:
    """Where to write is never guessed."""
    result = CliRunner().invoke(extract, [str(project)])
    assert result.exit_code == 2
    assert "--out" in result.output
