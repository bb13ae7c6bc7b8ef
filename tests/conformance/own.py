"""Our own gateway as the suite's subject: a configuration in a folder, `hive-ctx serve` as a process of its own."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.conformance.stage import Arm, Gateway

KEY = "conformance-gateway-key"
FINETUNED, FULL = {"x-hive-use-finetuned": "1"}, {"x-hive-use-finetuned": "0"}
MODEL = "claude-opus-4-8"
_HIVE = """
[switch]
default = "finetuned"
full = "claude"
finetuned = "tuned"
fallback = {fallback}
"""
_CARD = """
id = "{id}"
protocol = "{protocol}"
base_url = "{base_url}"
model = "{model}"
api_key_env = "{id}_KEY"
[upstream]
idle_timeout = {timeout}
retries = 0
"""
COMMAND = [sys.executable, "-m", "hive_integration", "serve"]


@dataclass(slots=True)
class Server:
    """One gateway process. `restart` gives it a clean memory: what it had learned of its upstreams is gone."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers. Raises RuntimeError with its last words where it does not."""
        command = [*COMMAND, "--config", str(self.folder), "--port", str(self.port)]
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "HIVE_GATEWAY_KEY": KEY,
            "HIVE_DATA_DIR": str(self.folder / "data"),
            "HIVE_CACHE_DIR": str(self.folder / "cache"),
            "tuned_KEY": "sk-tuned",
            "claude_KEY": "sk-claude",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx2.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2, trust_env=False).status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"hive-ctx serve did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End it and wait for that."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()


@contextmanager
def serving(
    upstream_url: str, *, fallback: bool = True, model: str = "gpt-4.1", timeout: float = 25
) -> Iterator[Server]:
    """A gateway with one tuned chat card and one Claude card, both served by `upstream_url`."""
    folder = Path(tempfile.mkdtemp(prefix="hive-ctx-conformance-"))
    (folder / "models").mkdir()
    (folder / "hive.toml").write_text(_HIVE.format(fallback=str(fallback).lower()))
    chat = _CARD.format(id="tuned", protocol="openai-chat", base_url=f"{upstream_url}/v1", model=model, timeout=timeout)
    full = _CARD.format(id="claude", protocol="anthropic-messages", base_url=upstream_url, model="", timeout=timeout)
    (folder / "models/tuned.toml").write_text(chat)
    (folder / "models/claude.toml").write_text(full)
    server = Server(folder, _free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_gateway(upstream_url: str, *, fallback: bool = True, timeout: float = 25) -> Iterator[tuple[Gateway, Server]]:
    """The gateway as the suite takes it. Its o-series model is a second process: a profile has one model."""
    with (
        serving(upstream_url, fallback=fallback, timeout=timeout) as server,
        serving(upstream_url, model="o4-mini", timeout=timeout) as other,
    ):
        o_series = Arm(MODEL, FINETUNED, f"http://127.0.0.1:{other.port}")
        base_url = f"http://127.0.0.1:{server.port}"
        yield Gateway(base_url, KEY, Arm(MODEL, FINETUNED), Arm(MODEL, FULL), o_series, timeout), server


def _free_port() -> int:
    """A port that stays free while the gateway is started again: below those that systems hand out by themselves."""
    for port in random.Random().sample(range(20_000, 32_000), 50):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("50 ports were tried and all were taken")
