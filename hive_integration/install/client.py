"""The client's own commands, where there is one: it learns of our marketplace and plugin. Starts it, never a session.

The settings keys are ours to write and to take back; the client keeps its own record of where a marketplace lies and
what is installed, which in a trusted folder it would make by itself at a session's start (seen with 2.1.197 and
2.1.329). It rewrites a settings file as a whole in its own style, so whoever calls `install` and `uninstall` keeps the
file's bytes; the other commands run in an empty folder, where there is none.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hive_integration.errors import HiveError
from hive_integration.install.target import Scope, Target, read_object
from hive_integration.settings import World

MARKET = "hive-ctx"
PLUGIN = f"hive@{MARKET}"
MODS_SINCE = (2, 1, 287)
"""The first version of Claude Code with mods (its changelog)."""
SECONDS = 60
_SCOPES: Mapping[Scope, str] = {"project": "local", "user": "user"}
_QUIET = {"DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


@dataclass(frozen=True, slots=True)
class Client:
    """Claude Code as the user has it: its program and the configuration folder that it goes by."""

    program: str
    config_dir: Path
    env: Mapping[str, str] = field(repr=False, default_factory=dict)


def find_client(world: World, named: Path | None = None) -> Client | None:
    """The client at `named` (`--client`), else `claude` on PATH; None where there is none.

    Raises `HiveError` where `named` is no program.
    """
    program = shutil.which(named or "claude", path=world.env.get("PATH", os.defpath))
    if program is None:
        if named is not None:
            raise HiveError(f"--client {named} is no program", hint="leave it out to use the claude on PATH")
        return None
    return Client(os.path.abspath(program), world.claude_dir, world.env)  # noqa: PTH100 - `resolve` follows links


def version_of(client: Client) -> tuple[int, ...]:
    """What `claude --version` says, as numbers; empty where it says nothing usable."""
    code, said = _run(client, ["--version"])
    found = re.match(r"\s*v?(\d+)\.(\d+)\.(\d+)", said) if code == 0 else None
    return tuple(map(int, found.groups())) if found else ()


def known(config_dir: Path) -> Path | None:
    """The folder that the client knows as our marketplace; None where it knows none, or one that is not a folder."""
    entry = read_object(config_dir / "plugins" / "known_marketplaces.json").get(MARKET)
    source = entry.get("source") if isinstance(entry, dict) else None
    path = source.get("path") if isinstance(source, dict) and source.get("source") == "directory" else None
    return Path(path) if isinstance(path, str) and path else None


def is_plugin(folder: Path | None) -> bool:
    """Whether the plugin lies in that folder."""
    return folder is not None and (folder / ".claude-plugin" / "plugin.json").is_file()


def has(config_dir: Path, root: Path) -> bool:
    """Whether the client has a record of our plugin in the target, or for the user as a whole."""
    plugins = read_object(config_dir / "plugins" / "installed_plugins.json").get("plugins")
    entries = plugins.get(PLUGIN) if isinstance(plugins, dict) else None
    return isinstance(entries, list) and any(
        isinstance(entry, dict) and (entry.get("scope") == "user" or entry.get("projectPath") == str(root))
        for entry in entries
    )


def add(client: Client, folder: Path) -> str:
    """Let the client know the plugin's folder. Why it did not work; empty where it did."""
    return _told(client, ["plugin", "marketplace", "add", str(folder), "--scope", "local"])


def remove(client: Client) -> str:
    """Let the client forget our marketplace. Why it did not work; empty where it did."""
    return _told(client, ["plugin", "marketplace", "remove", MARKET])


def install(client: Client, target: Target) -> str:
    """Let the client take note of the plugin. Why it did not work; empty where it did."""
    return _told(client, ["plugin", "install", PLUGIN, "--scope", _SCOPES[target.scope]], target.root)


def uninstall(client: Client, root: Path, scope: Scope) -> str:
    """Let the client forget the plugin. Why it did not work; empty where it did."""
    return _told(client, ["plugin", "uninstall", PLUGIN, "--scope", _SCOPES[scope]], root)


def _told(client: Client, arguments: Sequence[str], folder: Path | None = None) -> str:
    code, said = _run(client, arguments, folder)
    return "" if code == 0 else said.strip().splitlines()[-1] if said.strip() else f"exit code {code}"


def _run(client: Client, arguments: Sequence[str], folder: Path | None = None) -> tuple[int, str]:
    """Its exit code and all that it said, in `folder`, else in an empty one; it is ended after `SECONDS`."""
    with tempfile.TemporaryDirectory(prefix="hive-ctx-", ignore_cleanup_errors=True) as empty:
        # XDG_CONFIG_HOME: 2.1.329 writes into git's global ignore file whenever it writes local settings.
        env = {**client.env, **_QUIET, "XDG_CONFIG_HOME": empty}
        if client.config_dir != Path(env.get("HOME", "")) / ".claude":
            env["CLAUDE_CONFIG_DIR"] = str(client.config_dir)
        try:
            process = subprocess.Popen(
                [client.program, *arguments], cwd=folder or empty, env=env, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return 1, f"{client.program} does not start: {error.strerror}"
        with process:
            try:
                said, _ = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                said = f"no answer within {SECONDS} seconds"
            finally:
                with suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)  # it may have ended and left something behind
        return process.returncode, said
