"""An upstream that costs nothing: nginx, with one completion and one stream of small chunks as files, and a byte proxy.

The proxy is the limit: what a gateway would do that reads nothing. Needs nginx on PATH (Debian: nginx-light).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _peers import Route, free_port

WORDS = 180
"""Chunks of text in the stream; a tool call in pieces of three characters, the finish and the usage follow."""
COMMAND = {"command": "ls -la", "description": "List files"}
SAID = "I look at the files first."
_ARGUMENTS = json.dumps(COMMAND)
_CONFIGURATION = """
{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_max_body_size 64m; client_body_buffer_size 4m; keepalive_requests 10000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream up {{ server 127.0.0.1:{port}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096; root {folder};
    location /whole/ {{ rewrite ^ /whole.json last; }}
    location /stream/ {{ rewrite ^ /stream.sse last; }}
    location = /whole.json {{ types {{}} default_type application/json; error_page 405 =200 $uri; }}
    location = /stream.sse {{ types {{}} default_type text/event-stream; error_page 405 =200 $uri; }}
  }}
  server {{
    listen 127.0.0.1:{proxy} backlog=4096;
    location / {{ proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://up; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Nginx:
    """Where it listens."""

    port: int
    proxy: int

    def route(self, kind: str) -> Route:
        """The way to an OpenAI-compatible model that answers `whole` or as a `stream`."""
        return Route("chat", f"http://127.0.0.1:{self.port}/{kind}", "tuned")


@contextmanager
def upstream(folder: Path) -> Iterator[Nginx]:
    """Run it for the length of the block."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise RuntimeError("this benchmark needs nginx: apt-get install nginx-light")
    made = Nginx(free_port(), free_port())
    (folder / "whole.json").write_text(json.dumps(completion()))
    (folder / "stream.sse").write_text(stream())
    configuration = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # else its worker may not read the folder
    configuration.write_text(_CONFIGURATION.format(user=user, folder=folder, port=made.port, proxy=made.proxy))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(configuration)], stderr=subprocess.DEVNULL)
    try:
        wait_for(made.proxy)
        yield made
    finally:
        process.terminate()
        process.wait()


def completion() -> dict[str, Any]:
    """The whole answer."""
    call = {"id": "call_1", "type": "function", "function": {"name": "Bash", "arguments": _ARGUMENTS}}
    message = {"role": "assistant", "content": SAID, "tool_calls": [call]}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "tuned",
        "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
        "usage": {"prompt_tokens": 812, "completion_tokens": 31, "total_tokens": 843},
    }  # fmt: skip


def stream() -> str:
    """The streamed one, as text."""
    parts = [_chunk({"role": "assistant", "content": ""})]
    parts += [_chunk({"content": f" word{i}"}) for i in range(WORDS)]
    head = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "Bash", "arguments": ""}}
    parts.append(_chunk({"tool_calls": [head]}))
    pieces = (_ARGUMENTS[i : i + 3] for i in range(0, len(_ARGUMENTS), 3))
    parts += [_chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}) for piece in pieces]
    parts.append(_chunk({}, finish="tool_calls"))
    parts.append(_chunk({}, usage={"prompt_tokens": 812, "completion_tokens": 231, "total_tokens": 1043}))
    return "".join(parts) + "data: [DONE]\n\n"


def _chunk(delta: dict[str, Any], finish: str | None = None, usage: dict[str, int] | None = None) -> str:
    body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "tuned",
            "choices": [] if usage else [{"index": 0, "delta": delta, "finish_reason": finish}]}  # fmt: skip
    return f"data: {json.dumps(body | ({'usage': usage} if usage else {}))}\n\n"


def wait_for(port: int, *, seconds: float = 30) -> None:
    """Until somebody listens there. Raises RuntimeError where nobody does in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port} after {seconds:.0f} s")
