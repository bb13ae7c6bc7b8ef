"""A project of a test's own with a claude-flow that may be patched: its files are copies, what it needs are links."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_integration.install.patch_apply import Tools
from hive_integration.install.patch_places import target_root
from hive_integration.install.patch_series import read_series, shipped
from hive_integration.install.patches import changes, chosen, look

from .npm import fetch

PATH = os.environ.get("PATH", "/usr/bin:/bin")
# Nothing but loopback is asked, whatever the program means to ask.
FETCH = """const real = globalThis.fetch;
globalThis.fetch = (url, options) => new URL(url).hostname === '127.0.0.1' ? real(url, options)
  : Promise.reject(new Error(`kept from ${new URL(url).hostname}`));
"""
CLAUDE = """#!/usr/bin/env node
const { writeFileSync, renameSync } = require('fs');
writeFileSync(`${process.env.RECORD}.part`, JSON.stringify(process.argv.slice(2)));
renameSync(`${process.env.RECORD}.part`, process.env.RECORD);
"""
SQLITE = """module.exports = class {
  constructor() { this.open = true; }
  exec() { return this; }
  pragma() { return []; }
  close() {}
  transaction(f) { return f; }
  prepare() { return { run: () => ({ changes: 1 }), get: () => ({ count: 0 }), all: () => [] }; }
};
"""
COPIED = {"3": None, "2": ("src", "bin", "package.json")}
"""What of the package is copied, by its major version; None: all."""


@dataclass(frozen=True, slots=True)
class Box:
    """`root` is the project; beside it are a home folder and the stand-ins for programs."""

    root: Path

    def env(self, **more: str) -> dict[str, str]:
        """The whole environment of a program there."""
        base = self.root.parent
        return {
            "HOME": str(base / "home"), "PATH": f"{base / 'bin'}:{PATH}", "TERM": "xterm", "npm_config_offline": "true",
            "RUFLO_DAEMON_AUTOSTART": "0", "NODE_OPTIONS": f"--require {base / 'fetch.cjs'}", **more,
        }  # fmt: skip

    def run(self, *words: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run a script with node, in the project."""
        return subprocess.run(
            ["node", *words], cwd=self.root, env=self.env(**more), input=given, capture_output=True, text=True,
            timeout=90, check=False,
        )  # fmt: skip

    def patch(self, *ids: str) -> Sequence[str]:
        """Apply patches as `hive-ctx patches apply` works them out; the files that changed."""
        tools, root = Tools.on({"PATH": PATH}), target_root(self.root)
        puts = changes(look(chosen(read_series(shipped()), ids), root, tools), root, tools)
        for put in puts:
            (root / put.path).write_bytes(put.data)
        return [put.path for put in puts]


def make_box(base: Path, version: str) -> Box:
    """A project in `base` with that release of claude-flow, as the tests pin it."""
    source = fetch("claude-flow", version) / "node_modules"
    modules = base / "project" / "node_modules"
    for folder in (modules, base / "home", base / "bin"):
        folder.mkdir(parents=True)
    for entry in source.iterdir():
        if entry.name not in {"claude-flow", ".bin"}:
            (modules / entry.name).symlink_to(entry)
    _copy(source / "claude-flow", modules / "claude-flow", COPIED[version[0]])
    (base / "fetch.cjs").write_text(FETCH)
    (base / "bin" / "claude").write_text(CLAUDE)
    (base / "bin" / "claude").chmod(0o755)
    if not (modules / "better-sqlite3").exists():  # 2.7.0 wants it, and it would have to be compiled
        (modules / "better-sqlite3").mkdir()
        (modules / "better-sqlite3" / "package.json").write_text('{"name": "better-sqlite3", "main": "index.js"}')
        (modules / "better-sqlite3" / "index.js").write_text(SQLITE)
    return Box(base / "project")


def _copy(source: Path, to: Path, names: Sequence[str] | None) -> None:
    if names is None:
        shutil.copytree(source, to, symlinks=True)
        return
    to.mkdir()
    for entry in source.iterdir():
        if entry.name not in names:
            (to / entry.name).symlink_to(entry)
        elif entry.is_dir():
            shutil.copytree(entry, to / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, to / entry.name)


class Server:
    """An MCP server on stdio, asked one request at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._number = 0

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """The result of a request."""
        self._number += 1
        assert self._process.stdin
        assert self._process.stdout
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            answer = json.loads(line) if line.startswith("{") else {}
            if answer.get("id") == self._number:
                return answer["result"]
        raise AssertionError(f"the server ended before it answered {method}")

    def call(self, tool: str, **arguments: object) -> dict[str, Any]:
        """What a tool says, as an object."""
        content = self.ask("tools/call", {"name": tool, "arguments": arguments})["content"]
        said: dict[str, Any] = json.loads(content[0]["text"])
        return said


@contextmanager
def serving(box: Box, **more: str) -> Iterator[Server]:
    """claude-flow's own MCP server in the box."""
    command = ["node", "node_modules/claude-flow/bin/cli.js", "mcp", "start"]
    process = subprocess.Popen(
        command, cwd=box.root, env=box.env(**more), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        server = Server(process)
        about = {"name": "test", "version": "1"}
        server.ask("initialize", {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": about})
        yield server
    finally:
        process.kill()
        process.communicate()


def spawned_claude(box: Box, script: str, name: str, **more: str) -> list[str]:
    """What `hive-mind spawn --claude` gives its `claude`: the arguments. The program is ended when it has."""
    record = box.root.parent / f"{name}.json"
    process = subprocess.Popen(
        ["node", script, "hive-mind", "spawn", "count the tests", "--claude"],
        cwd=box.root, env=box.env(RECORD=str(record), **more), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 90
        while not record.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        said: list[str] = json.loads(record.read_text())
        return said
    finally:
        process.kill()
        process.wait()
