"""A loopback stand-in for the Messages API: records request bodies in memory and answers like the API.

It listens on 127.0.0.1 only, on a port of its own. It keeps no header, so no credential is ever stored. The answers are
legal Messages API answers (streamed and not), so that the client that asked ends its turn in peace.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hive_integration.wire.request import MAX_BODY


class Recorder:
    """The bodies of `POST /v1/messages`, in order of arrival."""

    def __init__(self, wanted: bytes) -> None:
        self._wanted = wanted
        self._bodies: list[bytes] = []
        self.arrived = threading.Event()
        """Set when a body that holds `wanted` (the probe's own words) and declares tools has arrived."""
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

    def first(self) -> bytes | None:
        """The first body that carries the probe's words and tools; the client's side requests do not."""
        return next((body for body in self._bodies if self._is_wanted(body)), None)

    def _is_wanted(self, body: bytes) -> bool:
        return self._wanted in body and b'"tools"' in body


@contextmanager
def recording(wanted: bytes) -> Iterator[Recorder]:
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
        if path == "/v1/messages":
            self.target.add(body)
            self._answer_message(body)
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

    def _answer_message(self, body: bytes) -> None:
        try:
            asked = json.loads(body)
        except ValueError:
            asked = {}
        model = asked.get("model", "") if isinstance(asked, dict) else ""
        if isinstance(asked, dict) and asked.get("stream"):
            events = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in _stream(model))
            self._answer("text/event-stream", events.encode())
        else:
            self._answer("application/json", json.dumps(_message(model, [{"type": "text", "text": "ok"}])).encode())

    def _answer(self, content_type: str, body: bytes) -> None:
        try:
            self.send_response(200)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the client has gone: it is being ended on purpose


def _message(model: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "msg_hive_probe",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "end_turn" if content else None,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def _stream(model: str) -> list[dict[str, Any]]:
    return [
        {"type": "message_start", "message": _message(model, [])},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ok"}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 1},
        },
        {"type": "message_stop"},
    ]
