"""Apply a diff to a copy of a file, and have the copy checked. Starts git and node; writes to a scratch folder only.

A file that came with the line ends of another system is patched as if it had ours, and gets its own back: a release of
the patched packages is now and then published so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hive_integration.errors import HiveError
from hive_integration.files import atomic_write

_LIMIT = 60.0
"""Seconds for one run of git or node; both take milliseconds."""
_SCRATCH = "hive-ctx-patch-"


@dataclass(frozen=True, slots=True)
class Tools:
    """The programs that are started, found on a PATH: None where there is no such."""

    git: str | None
    node: str | None

    @classmethod
    def on(cls, env: Mapping[str, str]) -> Tools:
        """Those on the PATH of `env`."""
        path = env.get("PATH", os.defpath)
        return cls(shutil.which("git", path=path), shutil.which("node", path=path))


def patched(diff: bytes, data: bytes, tools: Tools) -> bytes | None:
    """`data` with the diff applied, by `git apply --check` and then `git apply`; None where it does not apply.

    Raises `HiveError` where git is missing.
    """
    if tools.git is None:
        raise HiveError("no program git: a patch is applied by `git apply`", hint="install git")
    text = data.replace(b"\r\n", b"\n")
    foreign = text != data and text.replace(b"\n", b"\r\n") == data
    text = text if foreign else data
    with _scratch({_name(diff): text}) as folder:
        for command in ([tools.git, "apply", "--check", "-"], [tools.git, "apply", "-"]):
            if _run(command, folder, diff).returncode:
                return None
        after = (folder / _name(diff)).read_bytes()
    return after.replace(b"\n", b"\r\n") if foreign else after


def check_syntax(data: bytes, suffix: str, tools: Tools) -> None:
    """Raise `HiveError` where node does not parse the file, or is missing."""
    if tools.node is None:
        raise HiveError("no program node: a patched file is checked by `node --check`", hint="install Node.js 20")
    name = f"patched{suffix}"
    with _scratch({name: data}) as folder:
        done = _run([tools.node, "--check", name], folder)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").splitlines()
        said = next((line for line in lines if "Error" in line), "it does not parse")
        raise HiveError(f"the patched file is not JavaScript to node: {said}", hint="please report this: it is a bug")


def _name(diff: bytes) -> str:
    """The file that a diff is for: `+++ b/NAME`."""
    line = next((line for line in diff.splitlines() if line.startswith(b"+++ b/")), b"")
    return Path(line[6:].decode(errors="replace")).name


@contextmanager
def _scratch(files: Mapping[str, bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=_SCRATCH) as name:
        folder = Path(name).resolve()
        for each, data in files.items():
            atomic_write(folder / each, data)
        yield folder


def _run(command: Sequence[str], folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run there, in an environment in which neither a repository around it nor a person's settings count."""
    env = {
        "HOME": str(folder),
        "PATH": os.defpath,
        "LC_ALL": "C",
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    try:
        return subprocess.run(
            command, cwd=folder, env=env, input=given, capture_output=True, timeout=_LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HiveError(f"{command[0]} did not run: {error}", hint="does it run by hand?") from error
