"""Facts about the probe, with the real clients and the real claude-flow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hive_integration.audit.session.probe import WORDS
from hive_integration.tokens.openai import OpenAICounter

pytestmark = pytest.mark.e2e


def independent_count(body: dict[str, Any]) -> int:
    """The idle text of a recorded body, counted without the code under test: whole texts, whole tools, one by one."""
    texts = [block["text"] for block in body["system"]]
    for message in body["messages"]:
        content = message["content"]
        texts += [content] if isinstance(content, str) else [block["text"] for block in content]
    texts = [text for text in texts if text != WORDS]
    texts += [
        json.dumps(tool, separators=(",", ":"), ensure_ascii=False)
        for tool in body["tools"]
        if not tool.get("defer_loading")
    ]
    return sum(OpenAICounter("o200k_base").count(texts))


def audited(project: Path, home: Path, client: Path, *options: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(report, recorded body) of one probe by the command line, in a home of its own."""
    kept = project.parent / "body.json"
    command = [sys.executable, "-m", "hive_integration", "audit", str(project), "--method", "probe", "--format", "json"]
    done = subprocess.run(
        [*command, "--client", str(client), "--save-request", str(kept), *options],
        env={"HOME": str(home), "PATH": os.environ["PATH"], "HIVE_CACHE_DIR": str(home / "cache"),
             "HIVE_DATA_DIR": str(home / "cache"), "TERM": "dumb",
             "npm_config_offline": "true"},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), json.loads(kept.read_text())


def check(report: dict[str, Any], body: dict[str, Any]) -> None:
    """Issue F.1: the total is the independent count, the sums hold, at most 2 % is unattributed."""
    assert report["total_tokens"] == independent_count(body)
    assert sum(category["tokens"] for category in report["categories"]) == report["total_tokens"]
    idle = sum(unit["tokens"] for unit in report["units"] if unit["load"] in {"always", "listed"})
    assert idle + report["unattributed_tokens"] == report["total_tokens"]
    assert report["unattributed_tokens"] <= 0.02 * report["total_tokens"]


@pytest.fixture(params=["2.1.329", "2.1.197"])
def client(request: pytest.FixtureRequest, claude_329: Path, claude_197: Path) -> Path:
    return {"2.1.329": claude_329, "2.1.197": claude_197}[request.param]


def test_an_empty_project_is_counted_to_the_token(client: Path, tmp_path: Path) -> None:
    """With nothing configured, what is sent is the client's own, and all of it is known."""
    project, home = tmp_path / "empty", tmp_path / "home"
    project.mkdir()
    home.mkdir()
    report, body = audited(project, home, client)
    check(report, body)
    assert report["unattributed_tokens"] == 0
    assert {unit["source"].partition("@")[0] for unit in report["units"]} == {"claude-code"}


def test_claude_flow_is_counted_to_the_token(
    client: Path, claude_flow_3: Callable[[Path], Path], tmp_path: Path
) -> None:
    """353 MCP tools, agents, commands, skills and hooks: each attributed to its file, server or hook."""
    project, home = claude_flow_3(tmp_path / "flow"), tmp_path / "home"
    home.mkdir(exist_ok=True)
    report, body = audited(project, home, client)
    check(report, body)
    tools = [u for u in report["units"] if u["component"] == "mcp_tools" and u["load"] == "deferred"]
    assert len(tools) == 353
    assert report["notes"]["tool_search"] is True
    agents = [u for u in report["units"] if u["component"] == "agents" and u["source"].startswith(".claude/agents/")]
    assert len(agents) >= 15
    assert any(unit["component"] == "hooks" for unit in report["units"])
    assert report["notes"]["loaded_total_tokens"] > report["total_tokens"] + 50_000


def with_plugin(home: Path, client: Path) -> None:
    """A plugin, installed by the client itself."""
    market, plugin = home / "market", home / "market" / "plug"
    for folder in (market / ".claude-plugin", plugin / ".claude-plugin", plugin / "commands"):
        folder.mkdir(parents=True)
    listed = {"name": "m", "owner": {"name": "o"}, "plugins": [{"name": "plug", "source": "./plug"}]}
    (market / ".claude-plugin" / "marketplace.json").write_text(json.dumps(listed))
    (plugin / ".claude-plugin" / "plugin.json").write_text('{"name": "plug", "version": "1.0.0"}')
    (plugin / "commands" / "zap.md").write_text("---\ndescription: Zaps.\n---\nZap.")
    for command in (["marketplace", "add", str(market)], ["install", "plug@m"]):
        env = {"HOME": str(home), "PATH": os.environ["PATH"], "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
        subprocess.run([client, "plugin", *command], env=env, capture_output=True, timeout=60, check=True)


def test_the_probe_leaves_the_users_configuration_alone(client: Path, tmp_path: Path) -> None:
    """No session, no state, no mark on a plugin: the home folder has the same files with the same bytes afterwards."""
    project, home = tmp_path / "project", tmp_path / "home"
    project.mkdir()
    with_plugin(home, client)
    (home / ".claude" / "agents").mkdir(parents=True)
    (home / ".claude" / "agents" / "scout.md").write_text("---\nname: scout\ndescription: Looks.\n---\nLook.")
    (home / ".claude" / ".credentials.json").write_text('{"claudeAiOauth":{"accessToken":"SECRET"}}')
    (home / ".claude.json").write_text('{"primaryApiKey":"SECRET"}')

    def tree() -> dict[str, bytes]:
        own = home / "cache"
        files = (path for path in home.rglob("*") if path.is_file() and not path.is_relative_to(own))
        return {str(path): path.read_bytes() for path in files}

    before = tree()
    report, body = audited(project, home, client)
    audited(project, home, client, "--interactive")
    assert tree() == before
    assert any(unit["name"] == "plug:zap" for unit in report["units"])
    assert "SECRET" not in json.dumps(report) + json.dumps(body)
    scout = next(unit for unit in report["units"] if unit["name"] == "scout" and unit["load"] == "listed")
    assert scout["source"] == "~/.claude/agents/scout.md:1"


def test_settings_that_name_another_address_do_not_lead_the_probe_astray(claude_329: Path, tmp_path: Path) -> None:
    """A settings file's `env` beats the shell; the probe's own settings beat both, and no key of theirs is used."""
    project, home = tmp_path / "project", tmp_path / "home"
    (project / ".claude").mkdir(parents=True)
    home.mkdir()
    settings = {"env": {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9/", "ANTHROPIC_API_KEY": "sk-SECRET"}}
    (project / ".claude" / "settings.json").write_text(json.dumps(settings))
    report, body = audited(project, home, claude_329)
    check(report, body)
    assert "sk-SECRET" not in json.dumps(body)


def test_a_recorded_request_gives_the_probes_total(claude_329: Path, tmp_path: Path) -> None:
    """`--request` on the body that the probe kept counts the same idle tokens."""
    project, home = tmp_path / "project", tmp_path / "home"
    project.mkdir()
    home.mkdir()
    report, _ = audited(project, home, claude_329)
    options = ["--format", "json", "--request", str(tmp_path / "body.json")]
    done = subprocess.run(
        [sys.executable, "-m", "hive_integration", "audit", *options],
        env={"HOME": str(home), "PATH": "", "HIVE_CACHE_DIR": str(home / "cache")},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    again = json.loads(done.stdout)
    assert again["total_tokens"] == report["total_tokens"]
    assert again["client"]["version"] == "2.1.329"


def test_an_interactive_session_is_counted_to_the_token_too(client: Path, tmp_path: Path) -> None:
    """On a terminal the client sends more of its own; static knows that from its table."""
    project, home = tmp_path / "project", tmp_path / "home"
    project.mkdir()
    home.mkdir()
    report, body = audited(project, home, client, "--interactive")
    check(report, body)
    assert report["unattributed_tokens"] == 0
    assert any(tool["name"] == "AskUserQuestion" for tool in body["tools"])
    printed, _ = audited(project, home, client)
    assert report["total_tokens"] > printed["total_tokens"] + 500


@pytest.mark.timeout(300)
def test_an_interactive_session_has_its_servers(
    claude_329: Path, claude_flow_3: Callable[[Path], Path], tmp_path: Path
) -> None:
    """It is given time to connect before the words are typed: all 353 tools are there."""
    project, home = claude_flow_3(tmp_path / "flow"), tmp_path / "home"
    home.mkdir(exist_ok=True)
    report, body = audited(project, home, claude_329, "--interactive", "--no-hooks")
    check(report, body)
    tools = [unit for unit in report["units"] if unit["component"] == "mcp_tools" and unit["load"] == "deferred"]
    assert len(tools) == 353
    assert report["warnings"] == []
