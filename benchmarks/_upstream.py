"""A Messages API on loopback that counts: `count_tokens` and `usage` carry real figures, and every body is kept.

Meters that ask the API, or read what it billed, are measured at their best: against it they get what they would get
online, as far as that is known offline (Claude's tokenizer by ctok, framing as Anthropic documents it).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from _counts import billed


class Upstream:
    """What arrived, in order."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.counted: list[dict[str, Any]] = []
        self.port = 0


@contextmanager
def counting() -> Iterator[Upstream]:
    """Serve for the length of the block."""
    upstream = Upstream()

    class Handler(_Handler):
        seen = upstream

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    upstream.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield upstream
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    seen: Upstream
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet: two would wait for each other, 40 ms an answer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        path = self.path.partition("?")[0]
        if path == "/v1/messages/count_tokens":
            self.seen.counted.append(body)
            self._answer("application/json", json.dumps({"input_tokens": billed(body)}))
        elif path == "/v1/messages":
            self.seen.messages.append(body)
            events = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in _events(body))
            whole = _message(body, [{"type": "text", "text": "ok"}])
            stream = body.get("stream")
            self._answer("text/event-stream" if stream else "application/json", events if stream else json.dumps(whole))
        else:
            self._answer("application/json", "{}")

    def do_GET(self) -> None:
        self._answer("application/json", '{"data":[],"has_more":false}')

    def do_HEAD(self) -> None:
        self._answer("application/json", "")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, kind: str, text: str) -> None:
        raw = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _message(body: dict[str, Any], content: list[dict[str, Any]]) -> dict[str, Any]:
    usage = {"input_tokens": 0, "cache_creation_input_tokens": billed(body), "cache_read_input_tokens": 0}
    return {
        "id": "msg_benchmark", "type": "message", "role": "assistant", "model": body.get("model", ""),
        "content": content, "stop_reason": "end_turn" if content else None, "stop_sequence": None,
        "usage": {**usage, "output_tokens": 1},
    }  # fmt: skip


def _events(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "message_start", "message": _message(body, [])},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ok"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
         "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]  # fmt: skip
