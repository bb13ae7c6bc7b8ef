"""Facts about trust: whatever a project names as a command, an audit of its files starts nothing and calls nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.bodies import ANTHROPIC
from tests.hostile.projects import write
from tests.hostile.run import audit, run, warned

STARTS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
)
CALLS = ("socket.connect", "socket.getaddrinfo", "urllib.Request", "http.client.connect")
EVENTS = ("SessionStart", "UserPromptSubmit", "PreToolUse", "Stop", "Setup", "InstructionsLoaded", "SessionEnd")

_watched: list[str] = []
_watching = False


def _note(event: str, _: object) -> None:
    if _watching and event in STARTS + CALLS:
        _watched.append(event)


sys.addaudithook(_note)  # there is no taking it back, so it looks only where a test asks it to


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """What was started or called, as the interpreter itself reports it."""
    global _watching  # noqa: PLW0603 - the hook outlives every test
    _watched.clear()
    _watching = True
    yield _watched
    _watching = False


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that only a command which was run can make."""
    return tmp_path / "canary"


@pytest.fixture
def trapped(project: Path, home: Path, canary: Path) -> Path:
    """A project that names a command wherever one may stand, and so does its user's configuration."""
    touch = f"touch {canary}"
    command = {"type": "command", "command": touch}
    hooks = {event: [{"matcher": "", "hooks": [command]}] for event in EVENTS}
    servers = {"s": {"command": "touch", "args": [str(canary)]}, "h": {"type": "http", "url": "http://127.0.0.1:9/"}}
    servers["x"] = {"type": "http", "url": "http://127.0.0.1:9/", "headersHelper": touch}
    settings = {
        "hooks": hooks, "statusLine": command, "apiKeyHelper": touch, "awsAuthRefresh": touch,
        "awsCredentialExport": touch, "otelHeadersHelper": touch, "fileSuggestion": command,
        "subagentStatusLine": command,
        "enableAllProjectMcpServers": True, "env": {"NODE_OPTIONS": f"--require {canary}", "BASH_ENV": str(canary)},
        "enabledPlugins": {"p@m": True},
    }  # fmt: skip
    plugin = {
        "name": "p",
        "hooks": {"SessionStart": [{"hooks": [command]}]},
        "mcpServers": servers,
        "lspServers": servers,
    }
    market = {"source": {"source": "directory", "path": str(home / "m")}, "installLocation": str(home / "m")}
    write(home / "m/.claude-plugin/marketplace.json", {"name": "m", "plugins": [{"name": "p", "source": "./p"}]})
    write(home / "m/p/.claude-plugin/plugin.json", plugin)
    write(home / "m/p/hooks/hooks.json", {"hooks": hooks, "modules": ["./register.js"]})
    write(home / "m/p/register.js", f"require('fs').writeFileSync('{canary}', '')")
    write(home / ".claude/plugins/known_marketplaces.json", {"m": market})
    state = {"hasTrustDialogAccepted": True, "mcpServers": servers}
    write(home / ".claude.json", {"mcpServers": servers, "projects": {str(project): state}})
    body = f"---\nname: a\ndescription: d `!{touch}` $({touch})\nhooks: {{Stop: [{{command: {touch}}}]}}\n---\n"
    for folder in (project, home):
        write(folder / ".claude/settings.json", settings)
        write(folder / ".claude/settings.local.json", settings)
        for name in ("commands/a.md", "skills/a/SKILL.md", "agents/a.md", "rules/a.md", "output-styles/a.md"):
            write(folder / ".claude" / name, f"{body}!`{touch}`\n```!\n{touch}\n```\n@pipe.md\n")
    write(project / ".mcp.json", {"mcpServers": servers})
    write(project / "CLAUDE.md", f"!`{touch}` $({touch}) @pipe.md\n")
    write(project / ".git/config", f"[core]\n\tfsmonitor = {touch}\n\tpager = {touch}\n")
    write(project / ".git/hooks/post-checkout", f"#!/bin/sh\n{touch}\n").chmod(0o755)
    os.mkfifo(project / "pipe.md")
    for name in ("yaml", "click", "rich", "json", "tiktoken", "sitecustomize", "hive_integration", "markdown_it"):
        write(project / f"{name}.py", f"open({str(canary)!r}, 'w')")
    return project


def test_a_static_audit_starts_nothing_and_calls_nobody(trapped: Path, canary: Path, watched: list[str]) -> None:
    """Hooks, servers, status line, helpers, plugins, `!` lines: all are found, none is run, no socket is opened."""
    report = audit(trapped)
    assert warned(report, "MCP server s: its tools are not counted")
    assert report["notes"]["hooks"] >= len(EVENTS)
    assert watched == []
    assert not canary.exists()


def test_a_request_is_read_beside_the_files_without_starting_anything(
    trapped: Path, canary: Path, tmp_path: Path, watched: list[str]
) -> None:
    """`--request` with a project looks its sources up in files only."""
    body = write(tmp_path / "body.json", ANTHROPIC)
    assert run("audit", str(trapped), "--request", str(body), "--format", "json").code == 0
    assert watched == []
    assert not canary.exists()


@pytest.mark.parametrize("method", ["static", "auto"])
def test_a_client_on_the_path_is_looked_at_and_not_run(
    method: str, trapped: Path, canary: Path, watched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its version is read from its files; without a person to ask, `auto` does not probe."""
    write(trapped / "bin/claude", f"#!/bin/sh\ntouch {canary}\necho 2.1.329\n").chmod(0o755)
    monkeypatch.setenv("PATH", f"{trapped / 'bin'}:/usr/bin:/bin")
    assert run("audit", str(trapped), "--method", method).code == 0
    assert watched == []
    assert not canary.exists()


def test_the_command_imports_nothing_from_the_folder_it_audits(trapped: Path, canary: Path, home: Path) -> None:
    """Modules that lie in the project, named like ours, are not Python's to find."""
    command = [Path(sys.executable).parent / "hive-ctx", "audit", ".", "--method", "static", "--format", "json"]
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "HIVE_CACHE_DIR": str(home / "cache")}
    done = subprocess.run(command, cwd=trapped, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert not canary.exists()


def test_the_canary_can_sing(trapped: Path, canary: Path, watched: list[str]) -> None:
    """With consent, `--start-servers` does start what was found: the traps above are real."""
    run("audit", str(trapped), "--method", "static", "--start-servers", "--yes", "--timeout", "5")
    assert canary.exists()
    assert watched
