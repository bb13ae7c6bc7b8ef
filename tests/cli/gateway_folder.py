"""A configuration folder with two cards, and a world around it, for tests that start the real gateway."""

from __future__ import annotations

import os
import socket
from pathlib import Path

KEY = "hive-test-key"

HIVE = """[switch]
default = "{default}"
full = "claude"
finetuned = "tuned"
fallback = {fallback}
[listen]
host = "127.0.0.1"
port = {port}
"""
CLAUDE = """id = "claude"
protocol = "anthropic-messages"
base_url = "{url}"
"""
TUNED = """id = "tuned"
protocol = "openai-chat"
base_url = "{url}/v1"
model = "ft:tuned"
"""


def configuration(folder: Path, url: str = "http://127.0.0.1:9", *, port: int = 0, default: str = "full") -> Path:
    """Write it; both cards point to `url`."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    (folder / "hive.toml").write_text(HIVE.format(default=default, fallback="true", port=port))
    (folder / "models" / "claude.toml").write_text(CLAUDE.format(url=url))
    (folder / "models" / "tuned.toml").write_text(TUNED.format(url=url))
    return folder


def environment(base: Path, **more: str) -> dict[str, str]:
    """The whole environment of a process that knows nothing of the person: folders below `base`."""
    home = base / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(home), "PATH": os.environ.get("PATH", os.defpath), "TERM": "dumb",
        "HIVE_DATA_DIR": str(base / "data"), "HIVE_CACHE_DIR": str(base / "cache"), "HIVE_GATEWAY_KEY": KEY, **more,
    }  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
