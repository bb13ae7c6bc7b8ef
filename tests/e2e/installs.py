"""Targets as users have them, and hive-ctx and the real client run on them: what the installation's tests stand on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.providers.fake import reply, running
from tests.install.tree import marketplace, odd_project, put

from .conftest import PATH, _clean_env
from .npm import package_root

CARD = """id = "acme"
protocol = "openai-chat"
base_url = "http://127.0.0.1:9100/v1"
model = "ft:acme"
"""


@dataclass(frozen=True)
class Site:
    """A target and a person who works in it. `client`: on PATH where there is one."""

    base: Path
    client: Path | None = None

    @property
    def root(self) -> Path:
        """The target."""
        return self.base / "the target"

    @property
    def home(self) -> Path:
        """The person's home, with whatever the client keeps there."""
        (self.base / "home").mkdir(parents=True, exist_ok=True)
        return self.base / "home"

    def env(self) -> dict[str, str]:
        """The whole environment of both programs."""
        path = f"{self.client.parent}:{PATH}" if self.client else PATH
        return {**_clean_env(self.home, 9), "PATH": path, "HIVE_DATA_DIR": str(self.base / "data")}

    def hive_ctx(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run it in the target, without a terminal."""
        return self._run([sys.executable, "-m", "hive_integration", *words], code)

    def claude(self, *words: str) -> str:
        """What the client's own command says."""
        return self._run([str(self.client), *words], 0).stdout

    def commands(self) -> list[str]:
        """Our commands that a real session in the target has."""
        with running(lambda request: reply(request, "done")) as upstream:
            env = {**self.env(), "ANTHROPIC_BASE_URL": upstream.base_url}
            words = [str(self.client), "-p", "hi", "--output-format", "stream-json", "--verbose"]
            done = self._run(words, 0, env)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        begun = next(event for event in events if event.get("subtype") == "init")
        return sorted(name for name in begun["slash_commands"] if name.startswith("hive:"))

    def known(self) -> Mapping[str, Any]:
        """The marketplaces that the client knows."""
        path = self.home / ".claude" / "plugins" / "known_marketplaces.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def _run(self, words: list[str], code: int, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            words, cwd=self.root, env=env or self.env(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done


def claude_flow_2(root: Path) -> Path:
    """A project as 2.7.0's `init` leaves it, from the files that it ships: the command itself needs a compiler."""
    package = package_root("claude-flow", "2.7.0")
    for name in ("agents", "commands", "skills", "helpers"):
        shutil.copytree(package / ".claude" / name, root / ".claude" / name)
    shutil.copy(package / ".claude" / "settings.json", root / ".claude")
    templates = package / "src" / "cli" / "simple-commands" / "init" / "templates"
    shutil.copy(templates / "CLAUDE.md", root)
    server = {"command": "npx", "args": ["claude-flow@alpha", "mcp", "start"], "type": "stdio"}
    put(
        root,
        {
            ".mcp.json": json.dumps({"mcpServers": {"claude-flow": server}}, indent=2),
            ".hive-mind/config.json": '{"version": "2.0.0"}\n',
            ".swarm/README.md": "memory\n",
        },
    )
    return root


TARGETS: Mapping[str, Callable[[Path], Path]] = {
    "marketplace": marketplace,
    "claude-flow 2.7.0": claude_flow_2,
    "odd settings": odd_project,
}
