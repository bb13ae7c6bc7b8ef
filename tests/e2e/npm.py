"""Pinned packages from the npm registry, in a cache folder that outlives the tests and works without a network.

The folder is `$HIVE_TEST_CACHE`, else `.cache/hive-ctx/npm` in the home of whoever runs the tests. It is read when this
module is imported, which is before a test gets its temporary HOME.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

CACHE = Path(os.environ.get("HIVE_TEST_CACHE") or Path.home() / ".cache/hive-ctx/npm")

LEAN = ("--no-optional", "--ignore-scripts")
PINNED: dict[tuple[str, str], tuple[str, ...]] = {
    ("@anthropic-ai/claude-code", "2.1.329"): (),  # its binary is an optional package that a script puts in place
    ("@anthropic-ai/claude-code", "2.1.197"): (),
    ("claude-flow", "3.43.0"): LEAN,
    ("claude-flow", "2.7.0"): LEAN,
    ("ecc-universal", "2.0.0"): LEAN,
    ("oh-my-claude-sisyphus", "5.5.0"): LEAN,
    ("bmad-method", "6.12.0"): LEAN,
    # opencode-ai itself only holds a script that puts one of these in place; `baseline` runs on older processors, too
    ("opencode-linux-x64-baseline", "1.18.33"): LEAN,
    ("opencode-linux-arm64", "1.18.33"): LEAN,
    ("opencode-darwin-arm64", "1.18.33"): LEAN,
}
"""(package, version) -> npm's options. The only place where a version is named."""


def fetch(package: str, version: str) -> Path:
    """The folder that holds the package's `node_modules`; installed on the first call, whole or not at all.

    Raises RuntimeError with what to do where npm is missing or the registry cannot be reached.
    """
    folder = CACHE / f"{package.replace('/', '+')}@{version}"
    if folder.is_dir():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _install(package, version, folder)
    return folder


def package_root(package: str, version: str) -> Path:
    """The package's own files."""
    return fetch(package, version) / "node_modules" / package


def binary(package: str, version: str, name: str) -> Path:
    """A program that the package brings."""
    path = fetch(package, version) / "node_modules/.bin" / name
    if not path.exists():
        raise RuntimeError(f"{package}@{version} brings no program {name}; remove {path.parents[2]} and run again")
    return path


def _install(package: str, version: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(f"the end-to-end tests need npm for {package}@{version}: install Node.js 20 or later")
    scratch = Path(tempfile.mkdtemp(dir=CACHE, prefix=f".{folder.name}."))
    try:
        options = [*PINNED[package, version], "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(
            [npm, "install", "--prefix", str(scratch), *options, f"{package}@{version}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"npm could not install {package}@{version}: {done.stderr.strip()[-500:]}")
        scratch.chmod(0o755)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
