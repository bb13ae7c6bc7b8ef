"""A project, a person and a client in its place, and the command line run in that world: for the installer's tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hive_integration.cli.main import main
from hive_integration.settings import World, read_world
from tests.install.standin import standin
from tests.install.tree import odd_project


@dataclass(frozen=True)
class Site:
    """`root`: the target, which is the working directory. `bin`: where the client lies."""

    base: Path
    capsys: pytest.CaptureFixture[str]

    @property
    def root(self) -> Path:
        """The target."""
        return self.base / "target"

    @property
    def bin(self) -> Path:
        """The folder with the client, first on PATH."""
        return self.base / "bin"

    @property
    def claude_dir(self) -> Path:
        """The user's own configuration."""
        return self.base / "home" / ".claude"

    @property
    def world(self) -> World:
        """As the commands read it."""
        return read_world()

    def run(self, *words: str) -> tuple[int, str, str]:
        """The exit code, standard output, standard error."""
        with pytest.raises(SystemExit) as caught:
            main(list(words))
        out, err = self.capsys.readouterr()
        return int(caught.value.code or 0), out, err

    def json(self, *words: str, code: int = 0) -> dict[str, Any]:
        """What a command reports."""
        ended, out, err = self.run(*words, "--format", "json")
        assert ended == code, err
        return dict(json.loads(out))


def site_in(base: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    """Make it, and be in it."""
    site = Site(base, capsys)
    odd_project(site.root)
    site.claude_dir.mkdir(parents=True)
    standin(site.bin)
    monkeypatch.chdir(site.root)
    monkeypatch.setenv("HOME", str(base / "home"))
    monkeypatch.setenv("HIVE_DATA_DIR", str(base / "data"))
    monkeypatch.setenv("PATH", f"{site.bin}:/usr/bin:/bin")
    return site
