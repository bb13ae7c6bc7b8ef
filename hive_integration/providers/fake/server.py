"""A model's API on loopback that answers from a script and keeps what it was asked. This is a shell: it opens sockets.

It is for tests, benchmarks and demonstrations, and every head says so (`server: hive-ctx-fake-upstream`). It listens on
127.0.0.1 only. Unlike a gateway it keeps headers and bodies: that is what it is for.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from types import TracebackType

from aiohttp import web

from hive_integration import tasks
from hive_integration.errors import HiveError
from hive_integration.providers.fake.chat import chat_error
from hive_integration.providers.fake.messages import SIGNER, messages_error
from hive_integration.providers.fake.script import Answer, Recorded, Script, whole
from hive_integration.providers.fake.strict_chat import refuse_chat
from hive_integration.providers.fake.strict_messages import refuse_messages

NAME = "hive-ctx-fake-upstream"


class Upstream:
    """A scripted upstream: an async context manager; `running` is the same for synchronous code.

    With `strict` it refuses what the real APIs refuse, in their form, before the script is asked. `script` may be
    replaced at any time. `count` gives `count_tokens` its figure; the default is a quarter of the bytes. `also` may
    answer what belongs to neither API (`batches.Desk`).
    """

    def __init__(
        self,
        script: Script,
        *,
        port: int = 0,
        strict: bool = False,
        signer: str = SIGNER,
        count: Callable[[bytes], int] = lambda body: len(body) // 4 + 1,
        also: Callable[[Recorded], Answer | None] = lambda request: None,
    ) -> None:
        self.script = script
        self.also = also
        self.port = port
        """The port that it listens on; before the start 0 means any."""
        self.strict = strict
        self.signer = signer
        self.requests: list[Recorded] = []
        """Every request, in order of arrival, refused ones too."""
        self.refused: list[tuple[Recorded, str]] = []
        """What the strict mode refused, and why."""
        self.abandoned = 0
        """How many answers the client left before their end."""
        self._count = count
        self._step = 0
        self._runner: web.ServerRunner | None = None

    @property
    def base_url(self) -> str:
        """Without a path: the Messages API lies at `/v1/messages` below it, the chat API at `/v1/chat/completions`."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Upstream:
        runner = web.ServerRunner(web.Server(self._handle, handler_cancellation=True), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise HiveError(f"the fake upstream cannot listen on port {self.port}: {error.strerror}") from error
        self._runner = runner
        self.port = runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = tuple((name.lower(), value) for name, value in request.headers.items())
        recorded = Recorded(request.method, request.raw_path, headers, await request.content.read())
        self.requests.append(recorded)
        try:
            return await _send(request, self._answer(recorded))
        except (asyncio.CancelledError, ConnectionError):
            self.abandoned += 1
            raise

    def _answer(self, recorded: Recorded) -> Answer:
        if self.strict and (refusal := self._refusal(recorded)) is not None:
            return refusal
        if recorded.protocol == "count_tokens":
            return whole({"input_tokens": self._count(recorded.body)})
        if recorded.protocol == "other":
            return self.also(recorded) or _other(recorded)
        if callable(self.script):
            return self.script(recorded)
        if isinstance(self.script, Answer):
            return self.script
        step, self._step = self._step, self._step + 1
        return self.script[min(step, len(self.script) - 1)]

    def _refusal(self, recorded: Recorded) -> Answer | None:
        if recorded.protocol == "chat" and (why := refuse_chat(recorded.body)):
            self.refused.append((recorded, why))
            return chat_error(400, why)
        if recorded.protocol in {"messages", "count_tokens"}:
            counting = recorded.protocol == "count_tokens"
            why = refuse_messages(recorded.body, recorded.header("anthropic-beta"), self.signer, counting=counting)
            if why:
                self.refused.append((recorded, why))
                return messages_error(400, "invalid_request_error", why)
        return None


@contextlib.contextmanager
def running(
    script: Script,
    *,
    port: int = 0,
    strict: bool = False,
    signer: str = SIGNER,
    also: Callable[[Recorded], Answer | None] = lambda request: None,
) -> Iterator[Upstream]:
    """Run an upstream in a thread of its own for the length of the block."""
    upstream = Upstream(script, port=port, strict=strict, signer=signer, also=also)
    started = threading.Event()
    failed: list[BaseException] = []
    stop: list[Callable[[], object]] = []

    async def serve() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set))
        async with upstream:
            started.set()
            await ended.wait()

    def work() -> None:
        try:
            tasks.run(serve())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the block is
            failed.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=work, name=NAME, daemon=True)
    thread.start()
    started.wait()
    if failed:
        raise failed[0]
    try:
        yield upstream
    finally:
        stop[0]()
        thread.join(timeout=10)


def _other(recorded: Recorded) -> Answer:
    """What is asked beside the two APIs: the list of models, and who this is."""
    if recorded.method == "GET" and recorded.path.endswith("/v1/models"):
        return whole({"data": [{"id": "claude-fake", "type": "model", "object": "model"}], "has_more": False})
    if recorded.method in {"GET", "HEAD"}:
        return whole({"name": NAME, "about": "a scripted upstream for tests; no model answers here"})
    return whole({"error": {"message": f"no such path: {recorded.path}", "type": "not_found_error"}}, 404)


async def _send(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    headers = {**answer.headers, "server": NAME}
    if answer.status == 0:
        await _break_off(request, answer)
        return web.Response()
    if answer.ends == "whole" and len(answer.pieces) <= 1:
        return web.Response(body=answer.body, status=answer.status, headers=headers)
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.enable_chunked_encoding()
    await response.prepare(request)
    for piece in answer.pieces:
        if isinstance(piece, bytes):
            await response.write(piece)
        else:
            await asyncio.sleep(piece)
    if answer.ends == "whole":
        await response.write_eof()
    else:
        await _break_off(request, answer)
    return response


async def _break_off(request: web.BaseRequest, answer: Answer) -> None:
    """No proper end: silence until the client goes, or a closed connection."""
    if answer.ends == "hang":
        await asyncio.Event().wait()
    if request.transport is not None:
        request.transport.close()
