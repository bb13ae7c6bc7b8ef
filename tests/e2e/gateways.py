"""What the gateway's end-to-end tests stand on: a configuration, a scripted model, a recording relay, real clients."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hive_integration.providers.fake import Answer, Call, Recorded, Upstream, reply

from .conftest import PATH

KEY = "hive-e2e-key"
PYTHON = (sys.executable, "-m", "hive_integration")
Step = Call | str
_TURN = re.compile(r"TURN-[A-Z]+")


# The model.


@dataclass
class Play:
    """A script by what was said: for each turn, named by a word of the user's (`TURN-ONE`), calls and a last text.

    It answers by the conversation alone, so it may be asked by two protocols in turn. What declares no tools is a side
    request of the client (a title, a summary) and gets a word.
    """

    turns: Mapping[str, Sequence[Step]]
    main: list[Recorded] = field(default_factory=list)
    """The requests of the conversation itself, in order."""
    results: list[str] = field(default_factory=list)
    """What tools answered, in order, as the model saw it."""

    def __call__(self, request: Recorded) -> Answer:
        """The answer to one request."""
        body = request.json
        turn, results = where(body)
        if not turn or not body.get("tools"):
            return reply(request, "aside")
        self.main.append(request)
        self.results += results[-1:]
        steps = self.turns[turn]
        step = steps[min(len(results), len(steps) - 1)]
        if isinstance(step, str):
            return reply(request, step)
        return reply(request, f"step {len(results)}", [step])

    def protocols(self) -> list[str]:
        """Which API each request of the conversation came by, repetitions left out."""
        seen = [request.protocol for request in self.main]
        return [each for i, each in enumerate(seen) if i == 0 or each != seen[i - 1]]


def where(body: Mapping[str, Any]) -> tuple[str, list[str]]:
    """(the turn of the conversation, the results of its tool calls so far), of a body of either protocol."""
    turn, results = "", []
    for message in body.get("messages", ()):
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
        for block in blocks:
            if block.get("type") == "tool_result":
                results.append(json.dumps(block.get("content")))
            elif message.get("role") == "user" and (named := _TURN.findall(block.get("text") or "")):
                turn, results = named[-1], []
        if message.get("role") == "tool":
            results.append(json.dumps(content))
    return turn, results


# The gateway's configuration.


@dataclass(frozen=True)
class Place:
    """One configuration with everything around it, below one folder."""

    base: Path

    @property
    def config(self) -> Path:
        """Where hive.toml lies."""
        return self.base / "config"

    @property
    def home(self) -> Path:
        """The person's home folder."""
        return self.base / "home"

    @property
    def project(self) -> Path:
        """Where the client works."""
        return self.base / "project"

    def env(self, **more: str) -> dict[str, str]:
        """The whole environment of a client or of hive-ctx."""
        return {
            "HOME": str(self.home), "PATH": PATH, "TERM": "xterm-256color", "DISABLE_AUTOUPDATER": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "MCP_CONNECTION_NONBLOCKING": "0", "MCP_TIMEOUT": "60000",
            "npm_config_offline": "true", "HIVE_CONFIG_DIR": str(self.config), "HIVE_DATA_DIR": str(self.base / "data"),
            "HIVE_CACHE_DIR": str(self.base / "cache"), "HIVE_GATEWAY_KEY": KEY, **more,
        }  # fmt: skip

    def direct(self, base_url: str, **more: str) -> dict[str, str]:
        """The same for a client that is started without the launcher."""
        return self.env(ANTHROPIC_BASE_URL=base_url, ANTHROPIC_AUTH_TOKEN=KEY, ENABLE_TOOL_SEARCH="true", **more)

    def switch(self, profile: str) -> None:
        """Save hive.toml, as an editor does: whole, under another name, renamed over it."""
        text = f'[switch]\ndefault = "{profile}"\nfull = "claude"\nfinetuned = "tuned"\n[listen]\nport = 0\n'
        new = self.config / ".hive.toml.new"
        new.write_text(text)
        new.rename(self.config / "hive.toml")

    def cards(self, upstream: Upstream, *, manifest: Sequence[str] = (), tools: str = "names") -> None:
        """The full card speaks Messages and forwards, the tuned one chat; both to the same scripted upstream."""
        models = self.config / "models"
        (models / "claude.toml").write_text(
            f'id = "claude"\nprotocol = "anthropic-messages"\nbase_url = "{upstream.base_url}"\napi_key_env = ""\n'
        )
        tuned = f'id = "tuned"\nprotocol = "openai-chat"\nbase_url = "{upstream.base_url}/v1"\nmodel = "ft:tuned"\n'
        tuned += f'[prompt]\nsystem = "You are a coding agent."\ntools = "{tools}"\n'
        if manifest:
            tuned += '[knowledge]\nmanifest = "tuned.manifest.json"\n'
            holds = {"schema": "hive-ctx/manifest/1", "card": "tuned", "units": list(manifest)}
            (models / "tuned.manifest.json").write_text(json.dumps(holds))
        (models / "tuned.toml").write_text(tuned)


def place(base: Path, upstream: Upstream, profile: str = "full", **cards: Any) -> Place:
    """A new configuration below `base`, whose home has seen Claude Code before."""
    it = Place(base)
    for folder in (it.config / "models", it.home, it.project):
        folder.mkdir(parents=True)
    state = {
        "hasCompletedOnboarding": True, "theme": "dark", "bypassPermissionsModeAccepted": True,
        "projects": {str(it.project): {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}},
    }  # fmt: skip
    (it.home / ".claude.json").write_text(json.dumps(state))
    it.cards(upstream, **cards)
    it.switch(profile)
    return it


@contextmanager
def serving(it: Place, **env: str) -> Iterator[str]:
    """`hive-ctx serve` for the length of the block; its base URL."""
    log = it.base / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*PYTHON, "serve", "--port", "0"], env=it.env(**env), cwd=it.project, stdin=subprocess.DEVNULL, stdout=out,
            stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        for _ in range(600):
            if found := re.search(r"listens on (http://\S+)", log.read_text()):
                break
            assert process.poll() is None, log.read_text()
            threading.Event().wait(0.05)
        assert found, log.read_text()
        yield found[1]
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(timeout=30)


def status(it: Place) -> dict[str, Any]:
    """What `hive-ctx status` says."""
    done = subprocess.run(
        [*PYTHON, "status", "--format", "json"], env=it.env(), cwd=it.project, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


# What passed between a client and the gateway.


@dataclass
class Passed:
    """One exchange: the bytes of both bodies."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    request: bytes
    status: int = 0
    reply_headers: list[tuple[str, str]] = field(default_factory=list)
    response: bytes = b""

    @property
    def json(self) -> dict[str, Any]:
        """The request's body."""
        return json.loads(self.request)

    def header(self, name: str) -> str:
        """A header of the answer."""
        return next((value for key, value in self.reply_headers if key.lower() == name), "")


@dataclass
class Relay:
    """Stands between a client and the gateway and keeps what passes; it changes nothing but Host."""

    base_url: str
    passed: list[Passed] = field(default_factory=list)

    def messages(self) -> list[Passed]:
        """The requests for an answer that declare tools: the conversation's, without the client's side requests."""
        return [each for each in self.passed if _is_main(each)]


def _is_main(each: Passed) -> bool:
    return each.target.partition("?")[0] == "/v1/messages" and bool(each.json.get("tools"))


@contextmanager
def relaying(target: str) -> Iterator[Relay]:
    """Run a relay to the gateway at `target` for the length of the block."""
    host = target.removeprefix("http://")

    class Handler(_Forwarder):
        address, passed = host, []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Relay(f"http://127.0.0.1:{server.server_address[1]}", Handler.passed)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _Forwarder(BaseHTTPRequestHandler):
    address: str
    passed: list[Passed]
    protocol_version = "HTTP/1.1"

    def _forward(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        each = Passed(self.command, self.path, list(self.headers.items()), self.rfile.read(size))
        self.passed.append(each)
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            headers = {name: value for name, value in each.headers if name.lower() not in {"host", "connection"}}
            connection.request(each.method, each.target, each.request or None, headers)
            answer = connection.getresponse()
            each.status, each.reply_headers = answer.status, list(answer.getheaders())
            self.send_response_only(answer.status)
            for name, value in each.reply_headers:
                if name.lower() not in {"transfer-encoding", "content-length", "connection"}:
                    self.send_header(name, value)
            self.send_header("connection", "close")
            self.end_headers()
            while piece := answer.read1(65536):
                each.response += piece
                self.wfile.write(piece)
                self.wfile.flush()
        except ConnectionError:
            pass  # the client has gone
        finally:
            connection.close()
            self.close_connection = True

    do_GET = do_POST = do_HEAD = _forward

    def log_message(self, *_: object) -> None:
        pass


# Clients.


def claude(program: Path, it: Place, env: Mapping[str, str], *words: str, code: int = 0) -> dict[str, Any]:
    """One `claude -p`, by itself; its JSON result."""
    done = subprocess.run(
        [str(program), *words], cwd=it.project, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr + done.stdout
    return json.loads(done.stdout)


def launched(it: Place, *command: str, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    """`hive-ctx run -- command …`, run to its end."""
    done = subprocess.run(
        [*PYTHON, "run", "--", *command], cwd=it.project, env=it.env(**env), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr + done.stdout
    return done


def digests(it: Place, body: bytes) -> list[str]:
    """The digests of all units of a recorded first request, as `hive-ctx audit` finds them."""
    path = it.base / "recorded.json"
    path.write_bytes(body)
    done = subprocess.run(
        [*PYTHON, "audit", "--method", "request", "--request", str(path), "--format", "json"],
        env=it.env(), capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    units = json.loads(done.stdout)["units"]
    return sorted({unit["digest"] for unit in units if unit["digest"] and unit["component"] != "environment"})


def exists(pid: int) -> bool:
    """Whether a process lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
