"""One machine state for all meters: a claude-flow project in git, a home, a client; put back before each run.

The paths stay the same from run to run, since they stand in what the client sends.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hive_integration.audit.session.probe import MARK, end_marked
from tests.e2e.conftest import CLAUDE, PATH, _clean_env, _initialised
from tests.e2e.npm import binary

CLIENT = "2.1.329"
FRAMEWORK = ("claude-flow", "3.43.0")
WORDS = "say hi"


@dataclass(frozen=True, slots=True)
class Scene:
    """Where it all is."""

    base: Path
    template: Path
    client: Path

    @property
    def project(self) -> Path:
        """The audited folder."""
        return self.base / "project"

    @property
    def home(self) -> Path:
        """The user's home: all it holds at first is that the project and its server were accepted once."""
        return self.base / "home"

    def reset(self) -> None:
        """Put project and home back to their first state."""
        for folder in (self.project, self.home):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.template, self.project, symlinks=True)
        self.home.mkdir()
        accepted = {"hasTrustDialogAccepted": True, "enabledMcpjsonServers": [FRAMEWORK[0]]}
        (self.home / ".claude.json").write_text(json.dumps({"projects": {str(self.project): accepted}}))

    def run_client(self, port: int, *words: str, **env: str) -> str:
        """Run the real client to its end against an upstream on `port`; ends what its hooks left running."""
        mark = secrets.token_hex(8)
        command = [str(self.client), "-p", *words]
        full = _clean_env(self.home, port) | env | {MARK: mark}
        try:
            return run(command, self.project, full)
        finally:
            end_marked(mark)

    def environment(self) -> dict[str, str]:
        """For everything but the client, which is on PATH here."""
        path = f"{self.client.parent}:{PATH}"
        return {"HOME": str(self.home), "PATH": path, "TERM": "dumb", "NO_COLOR": "1", "npm_config_offline": "true"}


def make_scene(base: Path) -> Scene:
    """Initialise the framework once, with its pinned server, and commit what it wrote, as a person would."""
    (base / "first").mkdir()
    template = _initialised(binary(*FRAMEWORK, FRAMEWORK[0]), base / "first")
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.invalid"]
    for step in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-q", "-m", "Add claude-flow"]):
        run(["git", *step], template, {"HOME": str(base), "PATH": PATH})
    return Scene(base, template, binary(CLAUDE, CLIENT, "claude"))


def run(command: list[str], cwd: Path, env: dict[str, str], *, timeout: float = 180) -> str:
    """Standard output of a command that must succeed. Raises RuntimeError with its last words."""
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
        check=False, start_new_session=True,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-500:]
        raise RuntimeError(f"{Path(command[0]).name} {' '.join(command[1:3])}: exit {done.returncode}: {said}")
    return done.stdout
