"""A stand-in for a running gateway: answers /healthz, /hive/status and /hive/lease as the real one does."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hive_integration.files import identity
from hive_integration.gateway.presence import Presence

KEY = "stand-in-key"


@dataclass
class StandIn:
    """What it answers, and how many leases are held of it."""

    config_dir: Path
    status: Mapping[str, Any] = field(default_factory=dict)
    pid: int = field(default_factory=os.getpid)
    port: int = 0
    leases: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def presence(self) -> Presence:
        """As a gateway would announce itself."""
        return Presence(self.pid, "127.0.0.1", self.port, str(self.config_dir), "0", "2026-01-01T00:00:00+00:00")

    def answer(self, path: str) -> Mapping[str, Any]:
        """What it says on a path."""
        return {"ok": True, "pid": self.pid, "config": identity(self.config_dir)} if path == "/healthz" else self.status


@contextmanager
def running(config_dir: Path, **values: Any) -> Iterator[StandIn]:
    """Run one for the length of the block, on a port of its own."""
    it = StandIn(config_dir, **values)

    class Handler(_Handler):
        target = it

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    it.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield it
    finally:
        it.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    target: StandIn
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path != "/healthz" and self.headers.get("x-hive-key") != KEY:
            self._whole(401, {"type": "error"})
        elif self.path == "/hive/lease":
            self._hold()
        else:
            self._whole(200, self.target.answer(self.path))

    def _whole(self, code: int, value: Mapping[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hold(self) -> None:
        self.send_response(200)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.target.leases += 1
        self.connection.settimeout(0.02)
        while not self.target.closing.is_set():
            try:
                if not self.connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.target.leases -= 1
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass
