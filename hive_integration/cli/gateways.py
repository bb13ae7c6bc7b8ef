"""The gateway of a configuration directory, found or started, and held awake. Starts a process.

The one that it starts is nobody's child in the end: it lives on its own (`--linger`) until no launcher needs it. Two
launchers at once start one. It is told nothing that only one session wants: USE_FINETUNED travels by header.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from hive_integration import logs
from hive_integration.errors import HiveError
from hive_integration.files import identity
from hive_integration.gateway.presence import Presence, find
from hive_integration.providers import local_gateway
from hive_integration.providers.local_gateway import Lease
from hive_integration.registry.configuration import Listen

LINGER = 5.0
"""Seconds that a gateway outlives its last launcher."""
PATIENCE = 30.0
"""Seconds that a gateway is given to start."""
LARGEST_LOG = 4 * 1024 * 1024
"""Bytes after which a gateway's log is put aside, to `.log.old`."""
_LAST_LINES = 8
_RESTARTS = 5
"""How often a gateway that vanished under a session is started again."""
_NOT_INHERITED = ("USE_FINETUNED",)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which gateway: of what configuration, with which key, and where its files are kept."""

    config_dir: Path
    data_dir: Path
    listen: Listen
    key: str = field(repr=False)
    env: Mapping[str, str] = field(repr=False)
    named: Sequence[str] = ()
    """`--config FOLDER` where the user gave it; else the gateway finds the same folder by itself."""

    @property
    def presences(self) -> Path:
        """The folder of presence files."""
        return self.data_dir / "gateways"

    @property
    def log(self) -> Path:
        """Where a gateway that is started here writes its log."""
        return self.data_dir / "logs" / f"gateway-{identity(self.config_dir)}.log"


@contextmanager
def gateway(wanted: Wanted, progress: Callable[[], AbstractContextManager[object]] = nullcontext) -> Iterator[Presence]:
    """A gateway that runs as long as the block does; `progress` is shown while one is started. Raises HiveError."""
    presence, lease = _held(wanted, progress)
    keeper = _Keeper(wanted, presence, lease)
    keeper.start()
    try:
        yield presence
    finally:
        keeper.end()


def _held(
    wanted: Wanted, progress: Callable[[], AbstractContextManager[object]] = nullcontext
) -> tuple[Presence, Lease]:
    """Find one, else start one; and take a lease of it, before it can think that nobody needs it."""
    for last in (False, True):
        presence = find(wanted.presences, wanted.config_dir)
        if presence is None:
            with progress():
                presence = _started(wanted)
        try:
            return presence, local_gateway.lease(presence.reachable, presence.port, wanted.key)
        except HiveError:
            # One that is just ending still answers; the next look finds none, and starts one.
            if last or find(wanted.presences, wanted.config_dir) is not None:
                raise
    raise AssertionError("unreachable")


# Starting one.


def _started(wanted: Wanted) -> Presence:
    with _alone(wanted):
        presence = find(wanted.presences, wanted.config_dir)  # another launcher may have been first
        if presence is not None:
            return presence
        free = wanted.listen.port and not _taken(wanted.listen)
        for port in (wanted.listen.port, 0) if free else (0,):
            presence, ended = _start(wanted, port)
            if presence is not None:
                return presence
            if not port or not _taken(wanted.listen):
                break  # it did not end because somebody else took the port meanwhile
    raise HiveError(f"the gateway ended as it started: {ended}", hint=f"its log: {wanted.log}")


@contextmanager
def _alone(wanted: Wanted) -> Iterator[None]:
    """One launcher at a time: the others wait, and then find the gateway of the first."""
    path = wanted.presences / f"{identity(wanted.config_dir)}.lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HiveError(f"cannot write {path}: {error.strerror}", hint="use a writable folder") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _start(wanted: Wanted, port: int) -> tuple[Presence | None, str]:
    """(the gateway, "") or (None, its last words). Raises HiveError where it neither listens nor ends in time."""
    env = {name: value for name, value in wanted.env.items() if name not in _NOT_INHERITED}
    # -P: a folder that holds a module of our name, or of one that we use, must not be run instead.
    command = [sys.executable, "-P", "-m", "hive_integration", "serve", *wanted.named, "--log-format", "json",
               "--host", wanted.listen.host, "--port", str(port), "--linger", str(LINGER)]  # fmt: skip
    with _log(wanted.log) as (log, began):
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            presence = find(wanted.presences, wanted.config_dir)
            if presence is not None:
                process.returncode = 0  # it outlives us: nothing is to wait for it, and Popen not to complain
                return presence, ""
            if process.poll() is not None:
                return None, _last_words(wanted.log, began) or f"exit code {process.returncode}"
            time.sleep(0.02)
    except BaseException:
        _end(process)
        raise
    _end(process)
    hint = f"{_last_words(wanted.log, began)}; its log: {wanted.log}".removeprefix("; ")
    raise HiveError(f"the gateway did not start within {PATIENCE:.0f} s", hint=hint)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def _log(path: Path) -> Iterator[tuple[int, int]]:
    """(descriptor, its length so far) of the log, to append to."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.old"))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HiveError(f"cannot write {path}: {error.strerror}", hint="use a writable folder") from error
    try:
        yield handle, os.fstat(handle).st_size
    finally:
        os.close(handle)


def _last_words(path: Path, began: int) -> str:
    with suppress(OSError), path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(began, size - 8000))
        lines = file.read(8000).decode("utf-8", errors="replace").strip().splitlines()
        said = [line.removeprefix("hive-ctx: ").strip() for line in lines[-_LAST_LINES:]]
        return " / ".join(line for line in said if line)
    return ""


def _taken(listen: Listen) -> bool:
    """Whether somebody listens on the configured port already."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listen.host, listen.port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


# Holding it.


class _Keeper:
    """Holds the lease. A gateway that vanishes under a session is started again, where the session looks for it."""

    def __init__(self, wanted: Wanted, presence: Presence, lease: Lease) -> None:
        self._wanted = replace(wanted, listen=replace(wanted.listen, host=presence.host, port=presence.port))
        self._lease = lease
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="lease", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Let go of the gateway."""
        with self._guard:
            self._over.set()
            self._lease.end()
        self._thread.join(timeout=1)

    def _watch(self) -> None:
        log = logs.get("run")
        for attempt in range(_RESTARTS):
            self._lease.wait()
            if self._over.wait(0.2 * attempt):
                return
            self._lease.end()
            try:
                presence, lease = _held(self._wanted)
            except HiveError as error:
                log.info("the gateway is gone", error=str(error))
                continue
            log.info("the gateway was started again", pid=presence.pid, port=presence.port)
            with self._guard:
                self._lease = lease
                if self._over.is_set():
                    lease.end()
                    return
