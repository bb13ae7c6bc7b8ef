"""The probe: run the real client once against a loopback recorder and keep its first request. Starts a process.

It is a real session start: the project's hooks run and its MCP servers are started, so the caller asks for consent
first. No token is bought, no login is used, no session is left behind: the client is ended as soon as its first request
has arrived, with everything that it started.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hive_integration import logs
from hive_integration.audit.session.overlay import Overlay, overlay
from hive_integration.audit.session.recorder import Recorder, recording
from hive_integration.audit.session.terminal import terminal
from hive_integration.audit.sources.json_file import read_object
from hive_integration.errors import HiveError
from hive_integration.settings import World

WORDS = "hive-ctx probe: answer ok"
"""The user's words of the probe; they are not counted."""

PACKAGE = "@anthropic-ai/claude-code"
MARK = "HIVE_CTX_PROBE"
_DROPPED = re.compile(
    r"ANTHROPIC_(API_KEY|AUTH_TOKEN|BASE_URL|CUSTOM_HEADERS|UNIX_SOCKET)|CLAUDE_CODE_(OAUTH_TOKEN|USE_\w+|ENTRYPOINT"
    r"|SSE_PORT|SESSION_\w+|SKIP_\w+_AUTH)|CLAUDECODE"
)
"""Variables that would send the probe elsewhere, or pay for it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What to run. `timeout` in seconds, for the whole run."""

    client: Path
    project: Path
    known_as: Path | None = None
    """The folder under whose name the client remembers the project, where that is not `project` itself."""
    hooks: bool = True
    interactive: bool = False
    """As an interactive session sends it, on a terminal of the probe's own; else as `claude -p` does."""
    settle: float = 0.0
    """Seconds that an interactive session is given before the words are typed: it connects to its servers meanwhile."""
    model: str = ""
    plugin_dirs: Sequence[Path] = ()
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded first request."""

    body: bytes
    seconds: float
    ended: int
    """Background processes that hooks or servers had left running, and that were ended."""


def find_client(world: World, chosen: str = "") -> Path:
    """The client to run, absolute: `chosen`, else `claude` on PATH. Raises `HiveError` where there is none.

    Relative folders on PATH do not count: in a project they would name a program of the project's.
    """
    folders = world.env.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())
    found = shutil.which(str(world.cwd / chosen) if os.sep in chosen else chosen or "claude", path=path)
    if found:
        return Path(found)
    if chosen:
        raise HiveError(f"no client at {chosen}", hint="give --client the path of the `claude` executable")
    raise HiveError(
        "no `claude` on PATH", hint="install Claude Code, give --client PATH, or use --method static, which needs none"
    )


def client_version(client: Path, world: World) -> str:
    """What `claude --version` says, `2.1.329`; empty where it says nothing usable."""
    try:
        done = subprocess.run(
            [str(client), "--version"], env=dict(world.env), stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise HiveError(f"{client} does not run: {error}", hint="is it the Claude Code executable?") from error
    match = re.search(r"\d+\.\d+\.\d+", done.stdout)
    return match[0] if match else ""


def installed_version(client: Path) -> str:
    """The version that the client's files name, without running it; empty where they name none."""
    real = client.resolve()
    for folder in list(real.parents)[:4]:
        manifest = read_object(folder / "package.json").values
        if manifest and manifest.get("name") == PACKAGE and isinstance(manifest.get("version"), str):
            return str(manifest["version"])
    match = re.search(r"\d+\.\d+\.\d+", real.name)  # the native installer's `versions/2.1.329`
    return match[0] if match else ""


def record(probe: Probe, world: World, *, tool_search: str = "") -> Recording:
    """Run the client once. `tool_search`: the value of ENABLE_TOOL_SEARCH; empty leaves it to the client."""
    start, mark = time.monotonic(), secrets.token_hex(8)
    with (
        # An interactive session begins by asking whether the folder is trusted; the probe's caller has asked already.
        overlay(world, probe.known_as or probe.project, trusted=probe.interactive) as view,
        recording(WORDS.encode()) as recorder,
        tempfile.TemporaryFile() as errors,
    ):
        env = _environment(world, view, recorder, tool_search) | {MARK: mark}
        try:
            with _running(probe, env, errors) as (process, keyboard):
                if probe.settle:
                    _type_later(process, keyboard, probe.settle)
                code = _wait(process, recorder, start + probe.timeout)
        finally:
            ended = end_marked(mark)
        body = recorder.first()
        if body is None:
            raise _no_request(probe, code, _last_words(errors))
        seconds = time.monotonic() - start
        logs.get("probe").info("recorded", seconds=round(seconds, 2), bytes=len(body), tool_search=tool_search)
        return Recording(view.restore_paths(body), seconds, ended)


@contextmanager
def _running(probe: Probe, env: Mapping[str, str], errors: IO[bytes]) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The client and its keyboard; its group is ended afterwards. Its standard error goes to `errors`: pipes fill."""
    with terminal() if probe.interactive else nullcontext((subprocess.DEVNULL, -1)) as (side, keyboard):
        try:
            process = subprocess.Popen(
                _command(probe, env), cwd=probe.project, env=env, stdin=side, stdout=side,
                stderr=side if probe.interactive else errors, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise HiveError(f"{probe.client} does not start: {error.strerror}", hint="is it Claude Code?") from error
        try:
            yield process, keyboard
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # no SessionEnd or Stop hook: the session never was
            process.wait()


def _type_later(process: subprocess.Popen[bytes], keyboard: int, seconds: float) -> None:
    """Nothing tells from outside when an interactive session has connected to its servers; `-p` waits by itself."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return
    os.write(keyboard, WORDS.encode())
    time.sleep(0.5)  # a line end in the same breath would be taken for pasted text
    os.write(keyboard, b"\r")


def _environment(world: World, view: Overlay, recorder: Recorder, tool_search: str) -> dict[str, str]:
    env = {name: value for name, value in world.env.items() if not _DROPPED.fullmatch(name)}
    env.update(_pinned(recorder))
    env["CLAUDE_CONFIG_DIR"] = str(view.root)
    env["XDG_CACHE_HOME"] = str(view.root / "cache")
    env.pop("ENABLE_TOOL_SEARCH", None)
    if tool_search:
        env["ENABLE_TOOL_SEARCH"] = tool_search
    return env


def _pinned(recorder: Recorder) -> dict[str, str]:
    """Variables that must hold even against the user's own settings file, whose `env` beats the shell."""
    return {
        "ANTHROPIC_BASE_URL": recorder.base_url,
        "ANTHROPIC_AUTH_TOKEN": "hive-ctx-probe",
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "MCP_CONNECTION_NONBLOCKING": "0",
        "MCP_TIMEOUT": "60000",
        "NO_PROXY": "127.0.0.1,localhost",  # servers may need the user's proxy; the recorder is never behind it
    }


def _command(probe: Probe, env: Mapping[str, str]) -> list[str]:
    pinned = {name: env[name] for name in (*_PINNED_IN_SETTINGS, "ENABLE_TOOL_SEARCH") if name in env}
    settings: dict[str, object] = {
        "env": {**pinned, **dict.fromkeys(EMPTIED, "")},
        "apiKeyHelper": "",
        "disableDeepLinkRegistration": "disable",  # else it writes to the desktop's own folders
        "enableAllProjectMcpServers": True,
    }
    if not probe.hooks:
        settings["disableAllHooks"] = True
    printed = ["-p", "--output-format", "json", "--no-session-persistence"]
    words = [] if probe.settle else [WORDS]
    command = [str(probe.client), *words, *([] if probe.interactive else printed), "--settings", json.dumps(settings)]
    for folder in probe.plugin_dirs:
        command += ["--plugin-dir", str(folder.resolve())]
    return [*command, "--model", probe.model] if probe.model else command


_PINNED_IN_SETTINGS = (
    "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "MCP_CONNECTION_NONBLOCKING", "MCP_TIMEOUT", "NO_PROXY",
)  # fmt: skip
EMPTIED = (
    "ANTHROPIC_API_KEY", "ANTHROPIC_UNIX_SOCKET", "no_proxy",
    *(f"CLAUDE_CODE_USE_{provider}" for provider in (
        "BEDROCK", "VERTEX", "FOUNDRY", "MANTLE", "GATEWAY", "ANTHROPIC_AWS", "ANTHROPIC_GOOGLE_CLOUD",
    )),
)  # fmt: skip
"""What a settings file, the user's or the project's, may have set: another provider would be asked, and paid."""


def _wait(process: subprocess.Popen[bytes], recorder: Recorder, deadline: float) -> int | None:
    """Wait for the request. The exit code of a client that ended before it came."""
    while time.monotonic() < deadline and process.poll() is None:
        if recorder.arrived.wait(0.05):
            break
    return process.poll()


def _last_words(errors: IO[bytes]) -> str:
    errors.seek(max(errors.seek(0, os.SEEK_END) - 4000, 0))
    lines = errors.read(4000).decode("utf-8", errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else ""


def _no_request(probe: Probe, code: int | None, said: str) -> HiveError:
    reason = f"nothing arrived within {probe.timeout:.0f} s" if code is None else f"it ended with {code}"
    reason += f", saying: {said}" if said else ""
    return HiveError(
        f"the client sent no request: {reason}",
        hint="does `claude -p hi` start here? A hanging MCP server or hook is the usual cause; try --no-hooks",
    )


def end_marked(mark: str) -> int:
    """End what the session left behind, found by the mark in its environment (Linux; elsewhere nothing is ended)."""
    needle = f"{MARK}={mark}".encode()
    for wait in (1.0, 0.0):
        pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _is_marked(entry, needle)]
        if wait and not pids:
            return 0
        for pid in pids:
            with suppress(OSError):
                os.kill(pid, signal.SIGTERM if wait else signal.SIGKILL)
        if wait:
            count = len(pids)
            time.sleep(wait)
    return count


def _is_marked(entry: Path, needle: bytes) -> bool:
    try:
        return needle in (entry / "environ").read_bytes()
    except OSError:
        return False
