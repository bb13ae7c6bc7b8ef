"""A loopback stand-in for a model's API: records request bodies in memory and answers like the API.

It listens on 127.0.0.1 only, on a port of its own. It keeps no header, so no credential is ever stored. The answers are
legal ones (`answers`), so that the client that asked ends its turn in peace.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hive_integration.audit.session import answers
from hive_integration.wire.request import MAX_BODY

_DECLARES_TOOLS = re.compile(rb'"tools"\s*:\s*\[\s*\{')


class Recorder:
    """The bodies of requests to a model, in order of arrival."""

    def __init__(self, wanted: bytes | None) -> None:
        self._wanted = wanted
        self._bodies: list[bytes] = []
        self.arrived = threading.Event()
        """Set when a body has arrived that holds `wanted` (the probe's own words) and declares tools; where `wanted` is
        None, when any has."""
        self.declared = threading.Event()
        """Set when a body has arrived that declares tools: a client that has some makes side requests without."""
        self.port = 0

    @property
    def base_url(self) -> str:
        """Where the client is to send its requests."""
        return f"http://127.0.0.1:{self.port}"

    def add(self, body: bytes) -> None:
        """Keep one body."""
        self._bodies.append(body)
        if self._is_wanted(body):
            self.arrived.set()
        if _DECLARES_TOOLS.search(body):
            self.declared.set()

    def first(self) -> bytes | None:
        """The first wanted body, where possible one that declares tools: a session asks for its title without any."""
        wanted = [body for body in self._bodies if self._is_wanted(body)]
        return next((body for body in wanted if _DECLARES_TOOLS.search(body)), wanted[0] if wanted else None)

    def _is_wanted(self, body: bytes) -> bool:
        return self._wanted is None or (self._wanted in body and _DECLARES_TOOLS.search(body) is not None)


@contextmanager
def recording(wanted: bytes | None) -> Iterator[Recorder]:
    """Run a recorder for the length of the block."""
    recorder = Recorder(wanted)

    class Handler(_Handler):
        target = recorder

    server = _Server(("127.0.0.1", 0), Handler)
    recorder.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: the client is ended on purpose, often with a connection open."""


class _Handler(BaseHTTPRequestHandler):
    target: Recorder
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        path = self.path.partition("?")[0]
        if path in answers.PATHS:
            self.target.add(body)
            self._answer_model(path, body)
        elif path == "/v1/messages/count_tokens":
            self._answer("application/json", b'{"input_tokens":1}')
        else:
            self._answer("application/json", b"{}")

    def do_GET(self) -> None:
        self._answer("application/json", b'{"data":[],"has_more":false}')

    def do_HEAD(self) -> None:
        self._answer("application/json", b"")

    def log_message(self, *_: object) -> None:
        """Say nothing: the default prints request lines on standard error."""

    def _answer_model(self, path: str, body: bytes) -> None:
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError):
            asked = None
        self._answer(*answers.answer(path, asked if isinstance(asked, dict) else {}))

    def _answer(self, content_type: str, body: bytes) -> None:
        try:
            self.send_response(200)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client has gone: it is being ended on purpose
