"""Real clients and frameworks as fixtures. Each client runs in an environment that knows nothing of the person."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .npm import binary, package_root

CLAUDE = "@anthropic-ai/claude-code"
PATH = os.environ.get("PATH", "/usr/bin:/bin")
CleanEnv = Callable[[Path, int], dict[str, str]]
InitProject = Callable[[Path], Path]


@pytest.fixture(scope="session")
def claude_329() -> Path:
    """Claude Code 2.1.329, which defers MCP tools."""
    return binary(CLAUDE, "2.1.329", "claude")


@pytest.fixture(scope="session")
def claude_197() -> Path:
    """Claude Code 2.1.197, which sends every MCP schema when it runs behind a gateway."""
    return binary(CLAUDE, "2.1.197", "claude")


@pytest.fixture(scope="session")
def ecc() -> Path:
    """Everything Claude Code's own files."""
    return package_root("ecc-universal", "2.0.0")


@pytest.fixture(scope="session")
def omc() -> Path:
    """oh-my-claudecode's own files."""
    return package_root("oh-my-claude-sisyphus", "5.5.0")


@pytest.fixture(scope="session")
def bmad() -> Path:
    """BMAD's own files."""
    return package_root("bmad-method", "6.12.0")


@pytest.fixture(scope="session")
def opencode() -> Path:
    """opencode's program, an independent client of the Messages API."""
    arch = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x64-baseline"
    return package_root(f"opencode-{platform.system().lower()}-{arch}", "1.18.33") / "bin" / "opencode"


@pytest.fixture(scope="session")
def clean_env() -> CleanEnv:
    """`clean_env(home, port)`: the whole environment of a client that talks to a recorder on that loopback port."""
    return _clean_env


def _clean_env(home: Path, port: int) -> dict[str, str]:
    return {
        "HOME": str(home),
        "PATH": PATH,
        "TERM": "xterm",
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{port}",
        "ANTHROPIC_AUTH_TOKEN": "local-test",
        "MCP_CONNECTION_NONBLOCKING": "0",
        "MCP_TIMEOUT": "60000",
        "npm_config_offline": "true",  # a framework's hooks call npx; a test downloads nothing unpinned
    }


@pytest.fixture(scope="session")
def claude_flow_3(tmp_path_factory: pytest.TempPathFactory) -> InitProject:
    """`claude_flow_3(folder)`: a new project there, as `claude-flow init` makes it, with the pinned server."""
    program = binary("claude-flow", "3.43.0", "claude-flow")
    template = _initialised(program, tmp_path_factory.mktemp("claude-flow"))

    def make(folder: Path) -> Path:
        return Path(shutil.copytree(template, folder, symlinks=True, dirs_exist_ok=True))

    return make


def _initialised(program: Path, base: Path) -> Path:
    home, project = base / "home", base / "project"
    home.mkdir()
    project.mkdir()
    # The exit code says nothing: 3.43.0 fails on its status line after it has written all its files.
    subprocess.run(
        [str(program), "init"],
        cwd=project,
        env={"HOME": str(home), "PATH": PATH, "TERM": "xterm", "npm_config_offline": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
        start_new_session=True,
    )
    written = sum(1 for path in (project / ".claude").rglob("*") if path.is_file())
    if written < 200:
        raise RuntimeError(f"claude-flow init wrote {written} files under .claude, expected over 200")
    path = project / ".mcp.json"
    config = json.loads(path.read_text())
    config["mcpServers"]["claude-flow"] |= {"command": str(program), "args": ["mcp", "start"]}
    path.write_text(json.dumps(config, indent=2))
    return project
