"""Where a running gateway says that it runs: one small file per configuration directory. Reads, writes, asks loopback.

A file is a claim, not a fact: `find` believes it only where its process lives and answers as that folder's gateway.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from hive_integration.files import atomic_write, identity, read_text
from hive_integration.providers import local_gateway

LONGEST = 64 * 1024
"""Bytes of a presence file; ours have some two hundred."""
_ANY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, never bound


@dataclass(frozen=True, slots=True)
class Presence:
    """A gateway that runs. `version` is that of hive-ctx; `started` is ISO 8601, UTC."""

    pid: int
    host: str
    port: int
    config_dir: str
    version: str
    started: str

    @property
    def reachable(self) -> str:
        """The host to call it by: one that listens everywhere is called over loopback."""
        return _ANY_ADDRESS.get(self.host, self.host)

    @property
    def base_url(self) -> str:
        """What a client's ANTHROPIC_BASE_URL is."""
        return (
            f"http://[{self.reachable}]:{self.port}"
            if ":" in self.reachable
            else f"http://{self.reachable}:{self.port}"
        )


def announce(folder: Path, presence: Presence) -> None:
    """Say that this gateway runs. The file is the owner's alone, and whole or not there."""
    atomic_write(_path(folder, Path(presence.config_dir)), json.dumps(asdict(presence)) + "\n", mode=0o600)


def withdraw(folder: Path, presence: Presence) -> None:
    """Take that back, unless another gateway has taken its place meanwhile."""
    path = _path(folder, Path(presence.config_dir))
    if _read(path) == presence:
        with suppress(OSError):
            path.unlink()


def find(folder: Path, config_dir: Path) -> Presence | None:
    """The gateway that serves this configuration directory. A file that nobody stands behind is no presence."""
    presence = _read(_path(folder, config_dir))
    if presence is None or not lives(presence.pid):
        return None
    health = local_gateway.health(presence.reachable, presence.port)
    same = health is not None and (health.get("pid"), health.get("config")) == (presence.pid, identity(config_dir))
    return presence if same else None


def _path(folder: Path, config_dir: Path) -> Path:
    return folder / f"{identity(config_dir)}.json"


def _read(path: Path) -> Presence | None:
    text = read_text(path, limit=LONGEST)
    try:
        values = json.loads(text.text)
        known = {field.name: values[field.name] for field in fields(Presence)}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    numbers = all(type(known[name]) is int for name in ("pid", "port"))
    words = all(isinstance(known[name], str) for name in ("host", "config_dir", "version", "started"))
    return Presence(**known) if numbers and words and known["pid"] > 0 and 0 < known["port"] < 65536 else None


def lives(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's
    return True
