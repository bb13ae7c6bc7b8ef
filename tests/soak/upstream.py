"""A fast upstream on loopback for load: Chat Completions and Messages streams, timed, and broken off as asked.

What it does stands in the user's words: `soak id=k17 chunks=40 gap=0.1 fault=rst;`. Run as a program it needs nothing
but the standard library and says its port on standard output.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_ASKED = re.compile(rb"soak ([a-z]+=[\w.-]+(?: [a-z]+=[\w.-]+)*);")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
FAULTS = (
    "close", "rst", "rstmid", "fin", "half", "end", "hang", "hangmid", "500", "529", "garbage", "badjson", "html",
    "told",
)  # fmt: skip
"""How an answer can go wrong (`400`, which is no fault of the upstream's, aside).

Before its head: closed, reset, silence, an error status, bytes that are no HTTP, a page of HTML. In the middle: reset,
closed inside of a chunk, closed inside of an event, a proper end of the body without an end of the answer, silence, an
event that is no JSON, an event that tells an error.
"""
MESSAGE = "msg_up"
"""The id of each message of Claude's."""
INPUT, STEP = 100, 3
"""Tokens: what each answer counts as read, and as written for each of its pieces."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user's words ask for."""

    id: str = "x"
    chunks: int = 10
    gap: float = 0.0
    """Seconds between chunks, on average; each gap is between a half and one and a half of it."""
    stamp: bool = False
    """Each chunk says when it was sent, in nanoseconds of the monotonic clock."""
    echo: bool = False
    """The first chunk says which model and which system prompt were asked."""
    call: bool = False
    fault: str = ""
    """How the fine-tuned model's answer breaks off, and Claude's; `random`: another way at each try."""
    claudefault: str = ""


def wanted(body: bytes) -> Wanted:
    """Read it: the last of such words counts."""
    found = _ASKED.findall(body)
    given = dict(part.split("=", 1) for part in found[-1].decode().split()) if found else {}
    return Wanted(
        given.get("id", "x"), int(given.get("chunks", 10)), float(given.get("gap", 0)), "stamp" in given,
        "echo" in given, "call" in given, given.get("fault", ""), given.get("claudefault", ""),
    )  # fmt: skip


def words(who: str, asked: Wanted) -> list[str]:
    """The text of an answer in pieces, where it holds no stamps."""
    return [f"{who}/{asked.id}/{n} " for n in range(asked.chunks - 1)] + [f"{who}/{asked.id}/end"]


def arguments(who: str, asked: Wanted) -> dict[str, str]:
    """The arguments of its tool call."""
    return {"command": f"echo {who} {asked.id}"}


def seen(body: bytes) -> str:
    """The model and the system prompt of a request, as text."""
    asked = json.loads(body)
    system = asked.get("system") or [m["content"] for m in asked["messages"] if m["role"] == "system"]
    return json.dumps({"model": asked["model"], "system": system if system else ""})


class Chat:
    """The frames of a Chat Completions stream. Usage comes with each, cumulative, as vLLM can do it."""

    who = "tuned"

    def _frame(self, delta: str, count: int, finish: str = "null") -> bytes:
        usage = f'{{"prompt_tokens":{INPUT},"completion_tokens":{count}}}'
        return (
            f'data: {{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{{"index":0,'
            f'"delta":{delta},"finish_reason":{finish}}}],"usage":{usage}}}\n\n'
        ).encode()

    def begin(self) -> Iterator[bytes]:
        """What comes before the first piece."""
        yield self._frame('{"role":"assistant","content":""}', 0)

    def text(self, text: str, count: int) -> bytes:
        """One piece of text."""
        return self._frame('{"content":' + json.dumps(text) + "}", count)

    def end(self, call: dict[str, str] | None, count: int) -> Iterator[bytes]:
        """The tool call, where there is one, and the end."""
        if call:
            function = {"name": "Bash", "arguments": json.dumps(call)}
            delta = {"tool_calls": [{"index": 0, "id": "call_0", "type": "function", "function": function}]}
            yield self._frame(json.dumps(delta), count)
        yield self._frame("{}", count, '"tool_calls"' if call else '"stop"')
        yield b"data: [DONE]\n\n"

    def error(self) -> bytes:
        """An error in mid-stream."""
        return b'data: {"error":{"message":"out of memory","type":"server_error","code":500}}\n\n'

    def whole(self, text: str, call: dict[str, str] | None, count: int) -> dict[str, Any]:
        """The same answer in one body."""
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if call:
            function = {"name": "Bash", "arguments": json.dumps(call)}
            message["tool_calls"] = [{"id": "call_0", "type": "function", "function": function}]
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if call else "stop"}
        usage = {"prompt_tokens": INPUT, "completion_tokens": count}
        return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


class Messages:
    """The frames of a Messages stream."""

    who = "claude"

    def _frame(self, kind: str, rest: str) -> bytes:
        return f'event: {kind}\ndata: {{"type":"{kind}"{rest}}}\n\n'.encode()

    def begin(self) -> Iterator[bytes]:
        """The message and its block of text."""
        start = {**self.whole("", None, 1), "content": [], "stop_reason": None}
        yield self._frame("message_start", f',"message":{json.dumps(start)}')
        yield self._frame("content_block_start", ',"index":0,"content_block":{"type":"text","text":""}')

    def text(self, text: str, count: int) -> bytes:
        """One piece of text."""
        delta = '{"type":"text_delta","text":' + json.dumps(text) + "}"
        return self._frame("content_block_delta", f',"index":0,"delta":{delta}')

    def end(self, call: dict[str, str] | None, count: int) -> Iterator[bytes]:
        """The tool call, where there is one, and the end."""
        yield self._frame("content_block_stop", ',"index":0')
        if call:
            start = '{"type":"tool_use","id":"toolu_up","name":"Bash","input":{}}'
            delta = json.dumps({"type": "input_json_delta", "partial_json": json.dumps(call)})
            yield self._frame("content_block_start", f',"index":1,"content_block":{start}')
            yield self._frame("content_block_delta", f',"index":1,"delta":{delta}')
            yield self._frame("content_block_stop", ',"index":1')
        stop = "tool_use" if call else "end_turn"
        delta = f'{{"stop_reason":"{stop}","stop_sequence":null}}'
        yield self._frame("message_delta", f',"delta":{delta},"usage":{{"output_tokens":{count}}}')
        yield self._frame("message_stop", "")

    def error(self) -> bytes:
        """An error in mid-stream."""
        return self._frame("error", ',"error":{"type":"overloaded_error","message":"Overloaded"}')

    def whole(self, text: str, call: dict[str, str] | None, count: int) -> dict[str, Any]:
        """The same answer in one body."""
        content: list[dict[str, Any]] = [{"type": "text", "text": text}]
        if call:
            content.append({"type": "tool_use", "id": "toolu_up", "name": "Bash", "input": call})
        return {
            "id": MESSAGE, "type": "message", "role": "assistant", "model": "m", "content": content,
            "stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None,
            "usage": {"input_tokens": INPUT, "output_tokens": count},
        }  # fmt: skip


class _Line:
    """One connection of a client, to answer on or to break."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def request(self) -> tuple[str, bytes] | None:
        """(path, body) of the next request; None where the client has gone."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        size = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        return head.split(b" ", 2)[1].decode(), await self.reader.readexactly(int(size[1]) if size else 0)

    def chunk(self, data: bytes) -> None:
        """One chunk of a body."""
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data))

    def body(self, data: bytes, status: str = "200 OK", kind: str = "application/json") -> None:
        """A whole answer."""
        head = f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\n\r\n"
        self.writer.write(head.encode() + data)

    def reset(self) -> None:
        """Break the connection so that the other side reads a reset, not an end."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def silence(self) -> None:
        """Nothing, until the client goes."""
        with contextlib.suppress(ConnectionError):
            await self.reader.read(1)


Protocol = Chat | Messages


async def answer(line: _Line, path: str, body: bytes, dice: random.Random) -> bool:
    """Answer one request; whether the connection still stands."""
    protocol: Protocol = Chat() if "chat/completions" in path.partition("?")[0] else Messages()
    asked = wanted(body)
    fault = asked.fault if isinstance(protocol, Chat) else asked.claudefault
    if fault == "random":
        fault = dice.choice(["", *FAULTS])
    if fault in _EARLY:
        await asyncio.sleep(asked.gap * asked.chunks * dice.random())
        return await _EARLY[fault](line)
    call = arguments(protocol.who, asked) if asked.call else None
    if not re.search(rb'"stream": ?true', body):
        if fault:
            line.reset()
            return False
        text = "".join(([seen(body)] if asked.echo else []) + words(protocol.who, asked))
        await asyncio.sleep(asked.gap * asked.chunks)
        line.body(json.dumps(protocol.whole(text, call, STEP * asked.chunks)).encode())
        return True
    line.writer.write(HEAD)
    for frame in protocol.begin():
        line.chunk(frame)
    if asked.echo:
        line.chunk(protocol.text(seen(body), 1))
    texts = words(protocol.who, asked)
    breaks = dice.randrange(len(texts)) if fault else -1
    for n, text in enumerate(texts):
        if asked.gap:
            await asyncio.sleep(asked.gap * (0.5 + dice.random()))
        if n == breaks:
            return await _LATE[fault](line, protocol.text(text, STEP * n), protocol)
        said = f"[{n}@{time.monotonic_ns()}]" if asked.stamp else text
        line.chunk(protocol.text(said, STEP * (n + 1)))
    for frame in protocol.end(call, STEP * asked.chunks):
        line.chunk(frame)
    line.writer.write(b"0\r\n\r\n")
    return True


# How an answer breaks off.


async def _close(line: _Line) -> bool:
    return False


async def _reset(line: _Line) -> bool:
    line.reset()
    return False


async def _hang(line: _Line) -> bool:
    await line.silence()
    return False


def _status(status: str) -> Callable[[_Line], Any]:
    async def fail(line: _Line) -> bool:
        kind = "invalid_request_error" if status.startswith("4") else "api_error"
        error = {"type": "error", "error": {"type": kind, "message": "the model has crashed"}}
        line.body(json.dumps(error).encode(), status)
        return True

    return fail


async def _garbage(line: _Line) -> bool:
    line.writer.write(b"\x16\x03\x01\x02\x00\x01\x00" + bytes(range(256)))
    return False


async def _page(line: _Line) -> bool:
    line.body(b"<html><body>502 Bad Gateway</body></html>", kind="text/html")
    return True


_EARLY: dict[str, Callable[[_Line], Any]] = {
    "close": _close, "rst": _reset, "hang": _hang, "500": _status("500 Internal Server Error"),
    "529": _status("529 Overloaded"), "400": _status("400 Bad Request"), "garbage": _garbage, "html": _page,
}  # fmt: skip


async def _reset_mid(line: _Line, frame: bytes, protocol: Protocol) -> bool:
    line.writer.write(b"%x\r\n" % len(frame) + frame[: len(frame) // 2])
    await asyncio.sleep(0.005)
    return await _reset(line)


async def _fin(line: _Line, frame: bytes, protocol: Protocol) -> bool:
    line.writer.write(b"%x\r\n" % len(frame) + frame[: len(frame) // 2])
    return False


async def _half(line: _Line, frame: bytes, protocol: Protocol) -> bool:
    line.chunk(frame[: len(frame) // 2])
    return False


async def _end(line: _Line, frame: bytes, protocol: Protocol) -> bool:
    line.writer.write(b"0\r\n\r\n")
    return True


async def _hang_mid(line: _Line, frame: bytes, protocol: Protocol) -> bool:
    return await _hang(line)


async def _bad_json(line: _Line, frame: bytes, protocol: Protocol) -> bool:
    line.chunk(frame.replace(b"}\n\n", b"\n\n"))
    return False


async def _told(line: _Line, frame: bytes, protocol: Protocol) -> bool:
    line.chunk(protocol.error())
    line.writer.write(b"0\r\n\r\n")
    return True


_LATE: dict[str, Callable[[_Line, bytes, Protocol], Any]] = {
    "rstmid": _reset_mid, "fin": _fin, "half": _half, "end": _end, "hangmid": _hang_mid, "badjson": _bad_json,
    "told": _told,
}  # fmt: skip


async def serve(port: int, seed: int) -> None:
    """Listen until the process is killed."""
    dice = random.Random(seed)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = _Line(reader, writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (request := await line.request()) and await answer(line, *request, dice):
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, limit=2**20, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
    asyncio.run(serve(options.port, options.seed))
