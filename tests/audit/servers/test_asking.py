"""Servers of every kind of bad, each a real process or a real loopback port. All of them are asked in one go."""

from __future__ import annotations

import http.server
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from hive_integration.audit.servers.asking import Listing, list_tools
from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.tasks import run

SCRIPT = """
import json, os, signal, sys, time
kind = sys.argv[1]
EMPTY = {"type": "object", "properties": {}}
def say(value): sys.stdout.write(json.dumps(value) + "\\n"); sys.stdout.flush()
def tool(name, **more): return {"name": name, "description": "d", "inputSchema": EMPTY, **more}
TOOLS = {
    "good": [tool("one"), tool("two")],
    "many": [tool(f"t{i}") for i in range(2000)],
    "fat": [tool("fat", description="x" * 5_000_000)],
    "scalar": [tool("one"), tool("bad", inputSchema={"type": "string"})],
    "array": [tool("bad", inputSchema=[1])],
    "missing": [{"name": "bad"}],
    "null": [tool("bad", description=None)],
    "number": [tool(5)],
    "twins": [tool("a b"), tool("a.b", description="second"), tool("c")],
    "escapes": [tool("x\\x1b]0;owned\\x07")],
    "surrogate": [tool("s", description="half \\ud800 pair")],
    "noise": [tool("one")],
    "env": [tool(" ".join(sorted(k + "=" + v for k, v in os.environ.items() if k.startswith("HIVE_T"))))],
    "cwd": [tool(os.path.basename(os.getcwd()))],
}
if kind == "hang": time.sleep(600)
if kind == "dies": sys.exit("\\x1b[31mError: the queen is missing\\n\\n")
if kind == "rubbish":
    print("Welcome!\\n{\\"jsonrpc\\": 1}\\n[[[[", flush=True); time.sleep(600)
if kind == "noise": print("Server ready", flush=True)
if kind == "flood":
    while True: sys.stdout.write('{"jsonrpc":"2.0","method":"notifications/x"}\\n' * 1000)
if kind == "oneline":
    while True: sys.stdout.write("x" * 1_000_000)
if kind == "errors":
    while True: sys.stderr.write("e" * 100_000)
if kind == "deep": print("[" * 100_000, flush=True)
for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message: continue
    answer, method = {"jsonrpc": "2.0", "id": message["id"]}, message["method"]
    if method == "initialize":
        if kind == "invalid": print(json.dumps({"id": message["id"], "result": {}}), flush=True); continue
        if kind == "refuses": say({**answer, "error": {"code": -32603, "message": "no\\x1b[2J way"}}); continue
        if kind == "strange": say({**answer, "result": "yes"}); continue
        if kind == "future": answer["result"] = {"protocolVersion": "2999-01-01"}
        else: answer["result"] = {"protocolVersion": message["params"]["protocolVersion"]}
        answer["result"] |= {"capabilities": {"tools": {}}, "serverInfo": {"name": "s", "version": "1"}}
        answer["result"] |= {"instructions": "Be kind."}
        say(answer); continue
    if kind == "slow": time.sleep(600)
    if kind == "quits": sys.exit(3)
    cursor = (message.get("params") or {}).get("cursor")
    if kind == "pages":
        page = int(cursor or 0)
        answer["result"] = {"tools": [tool(f"p{page}")], **({"nextCursor": str(page + 1)} if page < 4 else {})}
    elif kind == "circle": answer["result"] = {"tools": [tool(f"c{cursor}")], "nextCursor": "again"}
    elif kind == "endless": answer["result"] = {"tools": [tool(f"e{cursor}-{i}") for i in range(1000)],
                                                "nextCursor": str(time.monotonic_ns())}
    else: answer["result"] = {"tools": TOOLS.get(kind, [])}
    say(answer)
"""

KINDS = """
good many fat scalar array missing null number twins escapes surrogate noise env cwd hang dies rubbish flood oneline
errors deep invalid refuses strange future slow quits pages circle endless
"""


@pytest.fixture(scope="module")
def listings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Listing]:
    """Every kind of server, asked at once, with six seconds each."""
    folder = tmp_path_factory.mktemp("servers")
    script = _script(folder)
    configs = [
        ServerConfig(kind, command=sys.executable, args=["-S", script, kind], env={"HIVE_T_OWN": "1"}, cwd=str(folder))
        for kind in KINDS.split()
    ]
    configs.append(ServerConfig("absent", command=str(folder / "no-such-program")))
    configs.append(ServerConfig("nul", command=sys.executable, args=["\0"]))
    configs.append(ServerConfig("empty"))
    configs.append(ServerConfig("esc\x1b[31m", command=sys.executable, args=["-S", script, "dies"]))
    begin = time.monotonic()
    env = {"PATH": os.environ["PATH"], "HIVE_T_ALL": "2"}
    found = run(list_tools(configs, timeout=6, env=env))
    taken = time.monotonic() - begin
    assert taken < sum(listing.seconds for listing in found) / 2, "they were asked one after another"
    return {listing.server: listing for listing in found}


def _script(folder: Path) -> str:
    path = folder / "server.py"
    path.write_text(SCRIPT)
    return str(path)


def test_a_good_server_lists_its_tools_and_instructions(listings: Mapping[str, Listing]) -> None:
    """The plain case: two tools, no word of complaint, well before the limit."""
    good = listings["good"]
    assert [tool.name for tool in good.tools] == ["one", "two"]
    assert (good.instructions, good.error, good.warnings) == ("Be kind.", "", ())
    assert 0 < good.seconds < 6


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("hang", "hang: no answer to initialize in 6 s"),
        ("errors", "errors: no answer to initialize in 6 s"),
        ("rubbish", "rubbish: no answer to initialize in 6 s"),
        ("invalid", "invalid: no answer to initialize in 6 s"),
        ("slow", "slow: no answer to tools/list in 6 s"),
        ("dies", "dies: ended at initialize"),
        ("esc\x1b[31m", "esc [31m: ended at initialize"),
        ("quits", "quits: ended at tools/list"),
        ("flood", "flood: printed too much on standard output: over 20000 lines"),
        ("oneline", "oneline: printed too much on standard output: over 64 MB"),
        ("refuses", "refuses: refused initialize: no [2J way"),
        ("future", "future: failed at initialize: RuntimeError: Unsupported protocol version"),
        ("absent", "absent: cannot be started: no such file or directory"),
        ("nul", "nul: cannot be started: embedded null byte"),
        ("empty", "empty: has no command"),
        ("scalar", "scalar: its answer to tools/list breaks the protocol at tools.1.inputSchema.type"),
        ("array", "array: its answer to tools/list breaks the protocol at tools.0.inputSchema"),
        ("missing", "missing: its answer to tools/list breaks the protocol at tools.0.inputSchema"),
        ("number", "number: its answer to tools/list breaks the protocol at tools.0.name"),
        ("null", "null: its answer to tools/list breaks the protocol: a description is null"),
    ],
)
def test_a_bad_server_is_one_clear_line(listings: Mapping[str, Listing], kind: str, error: str) -> None:
    """Each failure names the server, the step, and the reason, and nothing of it is a control character."""
    assert listings[kind].error.startswith(error)
    assert listings[kind].error.isprintable()
    assert listings[kind].tools == ()


def test_an_answer_of_the_wrong_type_is_an_error(listings: Mapping[str, Listing]) -> None:
    """A result that is no object is no answer."""
    assert "initialize" in listings["strange"].error


@pytest.mark.parametrize(
    ("kind", "count", "warning"),
    [
        ("many", 2000, ""),
        ("fat", 1, ""),
        ("surrogate", 1, ""),
        ("pages", 5, ""),
        ("circle", 2, "circle: repeats a page of its tool list for ever"),
        ("endless", 5000, "endless: lists over 5000 tools; the first 5000 are kept"),
        ("twins", 2, "twins: lists a tool name more than once (mcp__twins__a_b); the first counts"),
        ("escapes", 1, "escapes: has unprintable characters in a tool name (x ]0;owned)"),
        ("noise", 1, "noise: lines on standard output that are no protocol messages: 1"),
        ("deep", 0, "deep: lines on standard output that are no protocol messages: 1"),
    ],
)
def test_an_odd_server_is_listed_with_a_warning(
    listings: Mapping[str, Listing], kind: str, count: int, warning: str
) -> None:
    """What the client would accept is accepted, and what is odd about it is said in one printable line."""
    listing = listings[kind]
    assert listing.error == ""
    assert len(listing.tools) == count
    assert all(line.isprintable() for line in listing.warnings)
    assert [line for line in listing.warnings if not line.startswith(warning)] == []
    assert bool(listing.warnings) == bool(warning)


def test_a_server_gets_the_callers_environment_under_its_own(listings: Mapping[str, Listing]) -> None:
    """The variables given to the call and those of the configuration arrive, and nothing beside them."""
    assert [tool.name for tool in listings["env"].tools] == ["HIVE_T_ALL=2 HIVE_T_OWN=1"]


def test_a_server_runs_in_its_configured_folder(listings: Mapping[str, Listing]) -> None:
    """`cwd` of the configuration is where the server runs."""
    assert listings["cwd"].tools[0].name.startswith("servers")


class _Handler(http.server.BaseHTTPRequestHandler):
    """A little MCP server on HTTP: `/mcp` streams, `/sse` is the older way, others fail as their name says."""

    protocol_version = "HTTP/1.1"
    events: ClassVar[queue.Queue[str]] = queue.Queue()
    seen: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """The SSE stream: first where to post, then every answer."""
        if self.path != "/sse":
            return self._send(405, b"")
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"event: endpoint\ndata: /post\n\n")
        while data := self.events.get():
            self.wfile.write(f"event: message\ndata: {data}\n\n".encode())
        self.close_connection = True
        return None

    def do_POST(self) -> None:
        """One message in, its answer out, or what the path says."""
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.seen.append(self.headers.get("x-hive-test", ""))
        if self.path == "/401":
            return self._send(401, b"secret text")
        if self.path == "/500":
            return self._send(500, b"secret text")
        if self.path == "/html":
            return self._send(200, b"<html>", "text/html")
        if self.path == "/hang":
            time.sleep(3)
            return self._send(200, b"{}")
        if self.path == "/big":
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.close_connection = True
            try:
                while True:
                    self.wfile.write(b" " * 1_000_000)
            except OSError:
                return None
        answer = json.dumps(_answer(message)) if "id" in message else ""
        if self.path == "/post":
            self.events.put(answer) if answer else None
            return self._send(202, b"")
        return self._send(200 if answer else 202, answer.encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _answer(message: dict[str, Any]) -> dict[str, Any]:
    info = {"capabilities": {"tools": {}}, "serverInfo": {"name": "s", "version": "1"}}
    results = {
        "initialize": {"protocolVersion": "2025-06-18", **info},
        "tools/list": {"tools": [{"name": "web", "inputSchema": {"type": "object"}}]},
    }
    return {"jsonrpc": "2.0", "id": message["id"], "result": results[message["method"]]}


@pytest.fixture
def web() -> Iterator[str]:
    """The little server on a free loopback port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    _Handler.events.put("")
    server.shutdown()
    thread.join()
    server.socket.close()


def test_http_and_sse_servers_are_listed_and_their_failures_are_one_line(web: str) -> None:
    """Both transports list; headers are sent; a refusal is told by its status, without address or body."""
    paths = {"/mcp": "http", "/sse": "sse", "/401": "http", "/500": "http", "/html": "http", "/hang": "http"}
    paths |= {"/401?s": "sse", "/big": "http"}
    configs = [
        ServerConfig(path, transport=kind, url=f"{web}{path}", headers={"x-hive-test": "yes"})
        for path, kind in paths.items()
    ]
    configs.append(ServerConfig("closed", transport="http", url="http://127.0.0.1:9/mcp"))
    configs.append(ServerConfig("nonsense", transport="http", url="no address"))
    found = {listing.server: listing for listing in run(list_tools(configs, timeout=2))}
    assert [tool.name for tool in found["/mcp"].tools] == ["web"], found["/mcp"]
    assert [tool.name for tool in found["/sse"].tools] == ["web"], found["/sse"]
    assert "yes" in _Handler.seen
    errors = {name: listing.error for name, listing in found.items() if listing.error}
    assert errors["/401"] == "/401: needs a login (HTTP 401)"
    assert errors["/500"] == "/500: answered initialize with HTTP 500"
    assert errors["/hang"] == "/hang: no answer to initialize in 2 s"
    assert errors["/401?s"] == "/401?s: answered start with HTTP 405"
    assert set(errors) == {"/401", "/401?s", "/500", "/hang", "/html", "/big", "closed", "nonsense"}
    assert not any("secret" in error or "127.0.0.1" in error or "\n" in error for error in errors.values())


def test_no_servers_is_no_work() -> None:
    """An empty list gives an empty list."""
    assert run(list_tools([])) == []


def test_a_servers_last_words_are_kept_out_of_its_error(listings: Mapping[str, Listing]) -> None:
    """They may hold a key, and the error goes into reports; the words are for the terminal alone."""
    assert listings["dies"].said.endswith("Error: the queen is missing")
    assert listings["dies"].said.isprintable()
    assert "queen" not in listings["dies"].error
    assert listings["good"].said == ""
