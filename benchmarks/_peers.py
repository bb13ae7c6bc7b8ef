"""The peers of the gateway, installed into the test cache and started against an upstream on loopback.

Each runs as its documentation has it, with a home of its own, no telemetry and no update checks, and is ended with all
its children. What departs from its defaults is named at its function: it must not decide a comparison.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.e2e.npm import CACHE

LITELLM, CCR = "1.106.2", "2.0.0"
KEY = "sk-peer-test"
UPSTREAM_KEY = "sk-upstream-test"
FOLDER = CACHE.parent / "peers"


@dataclass(frozen=True, slots=True)
class Route:
    """A model that a peer is to serve: under which name, in which protocol, from which base URL (without `/v1`)."""

    name: str
    base_url: str
    model: str
    protocol: Literal["openai-chat", "anthropic-messages"] = "openai-chat"


@dataclass(frozen=True, slots=True)
class Peer:
    """A running peer. `models` says what a client must send as `model` to get a route, by the route's name."""

    name: str
    version: str
    base_url: str
    pid: int
    models: Mapping[str, str]
    key: str = KEY


def install_litellm() -> Path:
    """The `litellm` program, in a virtual environment; made on the first call."""
    folder = FOLDER / f"litellm-{LITELLM}"
    if not (folder / "bin/litellm").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "--quiet", f"litellm[proxy]=={LITELLM}"], check=True)
    return folder / "bin/litellm"


def install_ccr() -> Path:
    """The `ccr` program; fetched from the npm registry on the first call."""
    folder = FOLDER / f"claude-code-router-{CCR}"
    program = folder / "node_modules/.bin/ccr"
    if not program.exists():
        package = f"@musistudio/claude-code-router@{CCR}"
        npm = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel=error", package]
        subprocess.run(npm, check=True, stdin=subprocess.DEVNULL)
    return program


@contextlib.contextmanager
def litellm(routes: Sequence[Route], timeout: float = 600, workers: int = 1) -> Iterator[Peer]:
    """LiteLLM's proxy.

    Not its defaults: telemetry off; `use_chat_completions_url_for_anthropic_messages`, without which an OpenAI model is
    asked through the Responses API; `drop_params`, without which unknown fields are refused; `timeout`; no retries.
    """
    program, port = install_litellm(), free_port()
    config = {
        "model_list": [
            {"model_name": route.name, "litellm_params": _litellm_params(route, timeout)} for route in routes
        ],
        "general_settings": {"master_key": KEY},
        "router_settings": {"num_retries": 0, "disable_cooldowns": True, "timeout": timeout},
        "litellm_settings": {
            "telemetry": False,
            "drop_params": True,
            "use_chat_completions_url_for_anthropic_messages": True,
            "request_timeout": timeout,
            "num_retries": 0,
        },
    }
    with _home() as home:
        path = home / "config.yaml"
        path.write_text(json.dumps(config))  # JSON is YAML
        command = [str(program), "--config", str(path), "--host", "127.0.0.1", "--port", str(port)]
        command += ["--num_workers", str(workers), "--telemetry", "False"]
        env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "DISABLE_ADMIN_UI": "True"}
        with _started(command, home, env, f"http://127.0.0.1:{port}/health/liveliness") as pid:
            names = {route.name: route.name for route in routes}
            yield Peer("LiteLLM proxy", LITELLM, f"http://127.0.0.1:{port}", pid, names)


def _litellm_params(route: Route, timeout: float) -> dict[str, object]:
    chat = route.protocol == "openai-chat"
    return {
        "model": f"{'openai' if chat else 'anthropic'}/{route.model}",
        "api_base": route.base_url + ("/v1" if chat else ""),
        "api_key": UPSTREAM_KEY,
        "timeout": timeout,
        "stream_timeout": timeout,
    }


@contextlib.contextmanager
def ccr(routes: Sequence[Route], timeout: float = 600, transformers: Sequence[str] = ()) -> Iterator[Peer]:
    """claude-code-router. Not its defaults: no logs, `transformers` for chat models. `model` names the provider, too.

    It has no limit on a silent upstream but its HTTP client's 300 s: `timeout` is what it tells Claude Code.
    """
    program, port = install_ccr(), free_port()
    config = {
        "HOST": "127.0.0.1",
        "PORT": port,
        "APIKEY": KEY,
        "LOG": False,
        "NON_INTERACTIVE_MODE": True,
        "API_TIMEOUT_MS": int(timeout * 1000),
        "Providers": [_ccr_provider(route, transformers) for route in routes],
        "Router": {"default": f"{routes[0].name},{routes[0].model}"},
    }
    with _home() as home:
        folder = home / ".claude-code-router"
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(config))
        command = [str(program), "start"]
        with _started(command, home, {"SERVICE_PORT": str(port)}, f"http://127.0.0.1:{port}/health") as pid:
            names = {route.name: f"{route.name},{route.model}" for route in routes}
            yield Peer("claude-code-router", CCR, f"http://127.0.0.1:{port}", pid, names)


def _ccr_provider(route: Route, transformers: Sequence[str]) -> dict[str, object]:
    chat = route.protocol == "openai-chat"
    path = "/v1/chat/completions" if chat else "/v1/messages"
    provider = {
        "name": route.name,
        "api_base_url": route.base_url + path,
        "api_key": UPSTREAM_KEY,
        "models": [route.model],
    }
    use = [*transformers, *(["maxcompletiontokens"] if transformers and route.model.startswith("o") else [])]
    return {**provider, "transformer": {"use": use if chat else ["Anthropic"]}}


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hive-ctx-peer-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _started(
    command: Sequence[str], home: Path, env: Mapping[str, str], ready: str, within: float = 90
) -> Iterator[int]:
    """Run a program in a process group of its own until the block ends; it is up once `ready` answers."""
    clean = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "DO_NOT_TRACK": "1", **env}
    with (home / "peer.log").open("w") as log:
        process = subprocess.Popen(
            command, env=clean, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait(process, ready, within, home / "peer.log")
            yield process.pid
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], ready: str, within: float, log: Path) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(ready, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{' '.join(process.args)} did not start: {log.read_text(errors='replace')[-2000:]}")  # type: ignore[arg-type]


def _end(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
            return
