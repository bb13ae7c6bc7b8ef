"""Asks MCP servers for their tools. Calling this starts commands that a repository names: consent comes before.

All servers are asked at once, each within its own time limit, and whatever a server does becomes one line in its
`Listing`: nothing it prints or answers is shown raw. The session is the official SDK's, so a tool list that breaks the
protocol is refused whole, as Claude Code refuses it.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hive_integration import logs
from hive_integration.audit.servers.tool_wire import ToolSpec, to_wire, unit_of_tool, wire_name
from hive_integration.audit.sources.mcp_config import ServerConfig

if TYPE_CHECKING:
    from mcp import ClientSession

    from hive_integration.audit.servers.stdio import Server

__all__ = ["Listing", "ToolSpec", "list_tools", "to_wire", "unit_of_tool"]

MAX_BODY = 64 * 1024 * 1024
_LINE = 200
_NO_SUCH_METHOD, _OTHER_VERSION = -32601, -32022


@dataclass(frozen=True, slots=True)
class Listing:
    """What one server answered. `error` is empty where it listed its tools; `tools` holds what came before an error."""

    server: str
    tools: Sequence[ToolSpec] = ()
    instructions: str = ""
    error: str = ""
    said: str = ""
    """The last line that a server wrote to standard error before it ended: for a person's eyes, not for a report."""
    warnings: Sequence[str] = ()
    seconds: float = 0.0


class _Refused(Exception):
    """What is wrong before the SDK speaks, or what the client refuses and the SDK lets pass; it says so itself."""


@dataclass(slots=True)
class _Talk:
    """How far a conversation came: what there is to say about it when it breaks off."""

    config: ServerConfig
    stage: str = "start"
    instructions: str = ""
    tools: list[ToolSpec] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    status: int = 0
    process: Server | None = None


async def list_tools(
    servers: Sequence[ServerConfig],
    *,
    timeout: float = 30,  # noqa: ASYNC109 - a limit for each server, not for the call
    max_tools: int = 5000,
    env: Mapping[str, str] | None = None,
) -> list[Listing]:
    """Start or call each server and list its tools; the answers come in the order of `servers`.

    `timeout` is in seconds for each server, to which up to 4 s for ending it are added. `env` is what a stdio server
    inherits beside its own variables (Claude Code hands down all of its own). Never raises for what a server does.
    """
    _hush()
    return list(await asyncio.gather(*(_listing(config, timeout, max_tools, env or {}) for config in servers)))


async def _listing(config: ServerConfig, limit: float, max_tools: int, env: Mapping[str, str]) -> Listing:
    loop, talk, error = asyncio.get_running_loop(), _Talk(config), ""
    begin = loop.time()
    try:
        async with asyncio.timeout(limit), _session(talk, env) as session:
            await _converse(session, talk, max_tools)
    except TimeoutError:
        error = f"no answer to {talk.stage} in {limit:g} s"
    except Exception as caught:  # noqa: BLE001 - a stranger's server may do anything; it becomes one line
        error = _reason(_root(caught), talk)
    rubbish = talk.process.rubbish if talk.process else 0
    if rubbish:
        talk.warnings.append(f"lines on standard output that are no protocol messages: {rubbish}")
    if error and talk.process and talk.process.overflow:
        error = f"printed too much on standard output: {talk.process.overflow}"
    seconds = loop.time() - begin
    logs.get("servers").info("asked", server=_clean(config.name), tools=len(talk.tools), seconds=round(seconds, 2))
    return Listing(
        server=config.name,
        tools=tuple(talk.tools),
        instructions=talk.instructions,
        error=error and f"{_clean(config.name)}: {error}",
        said=_clean(talk.process.last_words) if error and talk.process else "",
        warnings=tuple(f"{_clean(config.name)}: {warning}" for warning in talk.warnings),
        seconds=seconds,
    )


async def _converse(session: ClientSession, talk: _Talk, max_tools: int) -> None:
    """Shake hands and turn the pages of the tool list, each cursor once."""
    from mcp.shared.exceptions import MCPError
    from mcp.types import PaginatedRequestParams

    talk.stage = "initialize"
    try:
        await session.initialize()
    except MCPError as error:
        if error.code not in {_NO_SUCH_METHOD, _OTHER_VERSION}:
            raise
        await session.discover()
    talk.instructions = session.instructions or ""
    talk.stage = "tools/list"
    cursor, seen = None, set[str]()
    while True:
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        if any(tool.description is None and "description" in tool.model_fields_set for tool in page.tools):
            raise _Refused("its answer to tools/list breaks the protocol: a description is null")
        talk.tools += [ToolSpec(tool.name, tool.description or "", tool.input_schema) for tool in page.tools]
        cursor = page.next_cursor
        if len(talk.tools) > max_tools:
            talk.warnings.append(f"lists over {max_tools} tools; the first {max_tools} are kept")
            del talk.tools[max_tools:]
            break
        if cursor in seen:
            talk.warnings.append("repeats a page of its tool list for ever; each was read once")
        if cursor is None or cursor in seen:
            break
        seen.add(cursor)
    _drop_twins(talk)


def _drop_twins(talk: _Talk) -> None:
    """Keep the first tool of each wire name, as the client does."""
    first: dict[str, ToolSpec] = {}
    for tool in talk.tools:
        first.setdefault(wire_name(talk.config.name, tool.name), tool)
    if len(first) < len(talk.tools):
        twin = next(tool for tool in talk.tools if first[wire_name(talk.config.name, tool.name)] is not tool)
        name = wire_name(talk.config.name, twin.name)
        talk.warnings.append(f"lists a tool name more than once ({name}); the first counts")
    talk.tools = list(first.values())
    odd = [tool.name for tool in talk.tools if not tool.name.isprintable()]
    if odd:
        talk.warnings.append(f"has unprintable characters in a tool name ({_clean(odd[0])})")


@asynccontextmanager
async def _session(talk: _Talk, env: Mapping[str, str]) -> AsyncIterator[ClientSession]:
    from mcp import ClientSession

    open_streams = {"stdio": _stdio, "sse": _sse}.get(talk.config.transport, _http)
    async with open_streams(talk, env) as (read, write), ClientSession(read, write) as session:
        yield session


@asynccontextmanager
async def _stdio(talk: _Talk, env: Mapping[str, str]) -> AsyncIterator[tuple[Any, Any]]:
    from hive_integration.audit.servers.stdio import Command, started

    config = talk.config
    if not config.command:
        raise _Refused("has no command")
    merged = {**env, **config.env}
    program = shutil.which(config.command, path=merged.get("PATH")) or config.command
    try:
        async with started(Command([program, *config.args], merged, config.cwd)) as (server, sender):
            talk.process = server
            yield server.messages, sender
    except (OSError, ValueError) as error:
        if talk.process:
            raise
        raise _Refused(f"cannot be started: {getattr(error, 'strerror', None) or error}".lower()) from error


@asynccontextmanager
async def _sse(talk: _Talk, env: Mapping[str, str]) -> AsyncIterator[tuple[Any, Any]]:
    from mcp.client.sse import sse_client

    headers = dict(talk.config.headers)
    async with sse_client(talk.config.url, headers, httpx_client_factory=_http_client(talk)) as streams:
        yield streams


@asynccontextmanager
async def _http(talk: _Talk, env: Mapping[str, str]) -> AsyncIterator[tuple[Any, Any]]:
    from mcp.client.streamable_http import streamable_http_client

    async with (
        _http_client(talk)(headers=dict(talk.config.headers)) as client,
        streamable_http_client(talk.config.url, http_client=client, max_sse_event_size=MAX_BODY) as streams,
    ):
        yield streams


def _http_client(talk: _Talk) -> Any:  # noqa: ANN401 - the SDK's own client type is the HTTP library's
    """Makes the SDK's HTTP client with two hooks: the last refusal's status is kept, and no body is endless."""
    from mcp.shared._httpx_utils import create_mcp_http_client

    async def bounded(response: Any) -> None:  # noqa: ANN401
        talk.status = response.status_code if response.status_code >= 400 else talk.status
        whole = response.aiter_bytes

        async def chunks(size: int | None = None) -> AsyncIterator[bytes]:
            taken = 0
            async for chunk in whole(size):
                taken += len(chunk)
                if taken > MAX_BODY:
                    raise ValueError(f"answered with over {MAX_BODY // 2**20} MB")
                yield chunk

        response.aiter_bytes = chunks

    def make(**options: Any) -> Any:  # noqa: ANN401
        client = create_mcp_http_client(**options)
        client.event_hooks["response"].append(bounded)
        return client

    return make


def _root(error: BaseException) -> BaseException:
    """The first plain error in a group: task groups wrap what their body raises."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _reason(error: BaseException, talk: _Talk) -> str:
    """One line without addresses, headers or control characters, which an error's own text may hold."""
    from mcp.shared.exceptions import MCPError
    from mcp.types import CONNECTION_CLOSED
    from pydantic import ValidationError

    if talk.status in {401, 403}:
        return f"needs a login (HTTP {talk.status})"
    if talk.status:
        return f"answered {talk.stage} with HTTP {talk.status}"
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return _clean(f"its answer to {talk.stage} breaks the protocol at {place}: {first['msg']}")
    if isinstance(error, _Refused):
        return _clean(str(error))
    if isinstance(error, MCPError) and error.code == CONNECTION_CLOSED:
        return f"ended at {talk.stage}"
    if isinstance(error, MCPError):
        return _clean(f"refused {talk.stage}: {error.error.message}")
    # An HTTP error's own text holds the address, which may hold a key.
    detail = f": {error}" if talk.process else ""
    return _clean(f"failed at {talk.stage}: {type(error).__name__}{detail}")


def _clean(text: str) -> str:
    """One printable line of at most 200 characters."""
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * _LINE])
    line = " ".join(line.split())
    return line if len(line) <= _LINE else line[: _LINE - 1] + "…"


def _hush() -> None:
    """The SDK logs what it cannot parse, with the input. Not here."""
    for name in ("mcp", "client"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        logger.propagate = False
