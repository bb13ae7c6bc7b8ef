"""The door to the environment and the clock. Read once by `cli`, then passed on as a value.

Nothing else in the package reads `os.environ`, the home directory, the working directory or the time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from hive_integration.errors import HiveError


@dataclass(frozen=True, slots=True)
class World:
    """What surrounds one run: variables, home, working directory, caches. Tests make their own."""

    env: Mapping[str, str]
    home: Path
    cwd: Path
    cache_dir: Path
    managed_dir: Path = Path("/etc/claude-code")
    """Where an organisation's managed settings live (Linux; see docs.claude.com, settings)."""

    program: Path = Path("hive-ctx")
    """How hive-ctx is called from outside: the command beside the interpreter that runs it."""

    @property
    def claude_dir(self) -> Path:
        """Claude Code's user configuration: `$CLAUDE_CONFIG_DIR`, else `~/.claude`."""
        override = self.env.get("CLAUDE_CONFIG_DIR", "")
        return _expanded(override) if override else self.home / ".claude"

    @property
    def claude_json(self) -> Path:
        """Claude Code's own state file, which holds user- and local-scope MCP servers and trust."""
        override = self.env.get("CLAUDE_CONFIG_DIR", "")
        return (_expanded(override) if override else self.home) / ".claude.json"

    @property
    def chosen_config_dir(self) -> Path | None:
        """`$HIVE_CONFIG_DIR`: the configuration folder that the user named; None where it is not set."""
        override = self.env.get("HIVE_CONFIG_DIR", "")
        return _expanded(override) if override else None

    @property
    def chosen_state(self) -> Path | None:
        """`$HIVE_STATE`: the state file that this session's plugin reads; None where it is not set."""
        override = self.env.get("HIVE_STATE", "")
        return _expanded(override) if override else None

    @property
    def user_config_dir(self) -> Path:
        """The user's own configuration folder, where the system keeps such."""
        return Path(platformdirs.user_config_dir("hive-ctx", appauthor=False))

    @property
    def data_dir(self) -> Path:
        """What hive-ctx keeps (units, ledger, key): `$HIVE_DATA_DIR`, else where the system keeps a user's data."""
        override = self.env.get("HIVE_DATA_DIR", "")
        return _expanded(override) if override else Path(platformdirs.user_data_dir("hive-ctx", appauthor=False))


def read_world() -> World:
    """Read the process environment. Call it once, in `cli`."""
    env = dict(os.environ)  # noqa: TID251 - this is the door
    cache = env.get("HIVE_CACHE_DIR", "")
    return World(
        env=env,
        home=Path(env.get("HOME") or os.path.expanduser("~")),  # noqa: PTH111 - this is the door
        cwd=_cwd(),
        cache_dir=_expanded(cache) if cache else Path(platformdirs.user_cache_dir("hive-ctx", appauthor=False)),
        managed_dir=_managed_dir(),
        program=Path(sys.executable).parent / "hive-ctx",
    )


def now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the door


def _cwd() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise HiveError("the current folder is gone", hint="change to one that exists") from error


def _expanded(text: str) -> Path:
    """`~` as the home folder; of a user whom nobody knows as it is (`Path.expanduser` would raise)."""
    return Path(os.path.expanduser(text))  # noqa: PTH111


def _managed_dir() -> Path:
    if os.name == "nt":
        return Path(r"C:\Program Files\ClaudeCode")
    if os.uname().sysname == "Darwin":
        return Path("/Library/Application Support/ClaudeCode")
    return Path("/etc/claude-code")
