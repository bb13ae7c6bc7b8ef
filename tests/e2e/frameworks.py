"""Real frameworks, set up as their users have them: each builder fills a project and a home folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .conftest import PATH, _initialised
from .npm import CACHE, binary, package_root

SUPERCLAUDE = "4.3.0"


@dataclass(frozen=True)
class Scene:
    """One framework in place. `options` are what `hive-ctx audit` is told beside the project."""

    project: Path
    home: Path
    options: tuple[str, ...] = ()


def empty(base: Path) -> Scene:
    """Nothing at all: the client alone."""
    scene = Scene(base / "project", base / "home")
    for folder in (scene.project, scene.home):
        folder.mkdir(parents=True, exist_ok=True)
    return scene


def claude_flow_3(base: Path) -> Scene:
    """`claude-flow init`, and its MCP server with 353 tools."""
    base.mkdir(parents=True, exist_ok=True)
    project = _initialised(binary("claude-flow", "3.43.0", "claude-flow"), base)
    return Scene(project, base / "home")


def claude_flow_2(base: Path) -> Scene:
    """The files of the seed's era: 2.7.0's agents, commands and skills."""
    scene = empty(base)
    _copy(package_root("claude-flow", "2.7.0") / ".claude", scene.project / ".claude", "agents", "commands", "skills")
    return scene


def ecc(base: Path) -> Scene:
    """Everything Claude Code, copied into the project as its installer does, rules included."""
    scene = empty(base)
    root = package_root("ecc-universal", "2.0.0")
    _copy(root, scene.project / ".claude", "agents", "commands", "skills", "rules")
    return scene


def omc(base: Path) -> Scene:
    """oh-my-claudecode, loaded as the plugin that it is."""
    root = package_root("oh-my-claude-sisyphus", "5.5.0")
    scene = empty(base)
    return Scene(scene.project, scene.home, ("--plugin-dir", str(root)))


def bmad(base: Path) -> Scene:
    """BMAD, by its own installer."""
    scene = empty(base)
    program = binary("bmad-method", "6.12.0", "bmad-method")
    command = [str(program), "install", "--directory", str(scene.project), "--modules", "bmm",
               "--tools", "claude-code", "--yes"]  # fmt: skip
    env = {"HOME": str(scene.home), "PATH": PATH, "TERM": "dumb", "npm_config_offline": "true"}
    subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True)
    return scene


def superclaude(base: Path) -> Scene:
    """SuperClaude in the user's own folder: agents, commands, and its core files imported by CLAUDE.md."""
    scene = empty(base)
    claude = scene.home / ".claude"
    root = _wheel(f"superclaude=={SUPERCLAUDE}")
    _copy(root / "superclaude", claude, "agents", "core", "modes")
    _copy(root / "superclaude", claude / "commands", "commands")
    (claude / "commands" / "commands").rename(claude / "commands" / "sc")
    imports = sorted(path.relative_to(claude) for path in [*claude.glob("core/*.md"), *claude.glob("modes/*.md")])
    (claude / "CLAUDE.md").write_text("".join(f"@{path}\n" for path in imports))
    return scene


FRAMEWORKS: Mapping[str, Callable[[Path], Scene]] = {
    "(nothing)": empty,
    "claude-flow 3.43.0": claude_flow_3,
    "claude-flow 2.7.0 files": claude_flow_2,
    "ECC 2.0.0": ecc,
    "oh-my-claudecode 5.5.0": omc,
    "BMAD 6.12.0": bmad,
    f"SuperClaude {SUPERCLAUDE}": superclaude,
}


def _copy(source: Path, target: Path, *names: str) -> None:
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)


def _wheel(requirement: str) -> Path:
    """The unpacked files of a package from PyPI, in the cache folder."""
    folder = CACHE / requirement.replace("==", "@")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _download(requirement, folder)
    return folder


def _download(requirement: str, folder: Path) -> None:
    scratch = CACHE / f".{folder.name}.{os.getpid()}"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(scratch), requirement]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=True)
    wheel = next(scratch.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch)
    wheel.unlink()
    scratch.rename(folder)
