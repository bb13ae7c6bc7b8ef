"""Calls tools of one MCP server that runs in a scratch folder. Calling this starts a command: consent comes before.

Only servers over standard input and output: what runs elsewhere would act elsewhere. A server sees the variables that
it is given, and nothing of ours; it is ended with its whole process group. Whatever it does becomes a value.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hive_integration.audit.servers.tool_wire import ToolSpec
from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.errors import HiveError

if TYPE_CHECKING:
    from mcp import ClientSession

MOST_PAGES = 100
_LINE = 200


@dataclass(frozen=True, slots=True)
class Called:
    """What a call came to: its texts, one after the other, and whether the server says that it failed."""

    text: str
    failed: bool = False


@dataclass(slots=True)
class Caller:
    """A server that has listed its tools. `alive` is false once it has ended or fallen silent."""

    config: ServerConfig
    tools: Sequence[ToolSpec]
    session: ClientSession = field(repr=False)
    alive: bool = True

    async def call(self, tool: str, arguments: Mapping[str, Any], limit: float) -> Called | None:
        """Call a tool by the server's own name for it; None where no answer comes within `limit` seconds."""
        from mcp.shared.exceptions import MCPError
        from mcp.types import CONNECTION_CLOSED

        try:
            async with asyncio.timeout(limit):
                result = await self.session.call_tool(tool, dict(arguments))
        except TimeoutError:
            self.alive = False  # what it still says would be taken for the answer to another call
            return None
        except MCPError as error:
            self.alive = error.code != CONNECTION_CLOSED
            return Called(error.error.message, failed=True) if self.alive else None
        except Exception as error:  # noqa: BLE001 - an answer that breaks the protocol: the SDK says so in many ways
            return Called(f"{type(error).__name__}", failed=True) if self.alive else None
        texts = [block.text for block in result.content if block.type == "text"]
        return Called("\n".join(texts), failed=bool(result.is_error))


@asynccontextmanager
async def calling(config: ServerConfig, env: Mapping[str, str], cwd: str, limit: float) -> AsyncIterator[Caller]:
    """A started server. Raises HiveError where it is none over stdio, does not start, or does not list its tools in
    `limit` seconds. `env` is all that it sees."""
    from mcp import ClientSession

    from hive_integration.audit.servers.stdio import Command, started

    if config.transport != "stdio" or not config.command:
        raise HiveError(f"{config.name}: is not started here (a server over {config.transport})")
    program = shutil.which(config.command, path=env.get("PATH")) or config.command
    try:
        async with (
            started(Command([program, *config.args], env, cwd)) as (server, sender),
            ClientSession(server.messages, sender) as session,
        ):
            yield Caller(config, await _listed(session, config, limit), session)
    except (OSError, ValueError) as error:
        raise HiveError(f"{config.name}: cannot be started ({type(error).__name__})") from error
    except BaseExceptionGroup as group:
        raise _first(group, config) from group


async def _listed(session: ClientSession, config: ServerConfig, limit: float) -> Sequence[ToolSpec]:
    try:
        async with asyncio.timeout(limit):
            await session.initialize()
            return await _tools(session)
    except TimeoutError as error:
        raise HiveError(f"{config.name}: does not list its tools in {limit:g} s") from error


async def _tools(session: ClientSession) -> Sequence[ToolSpec]:
    from mcp.types import PaginatedRequestParams

    found: list[ToolSpec] = []
    cursor = None
    for _ in range(MOST_PAGES):
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        found += [ToolSpec(tool.name, tool.description or "", tool.input_schema) for tool in page.tools]
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _first(group: BaseExceptionGroup[BaseException], config: ServerConfig) -> BaseException:
    """The first plain error: task groups wrap what their body raises."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, HiveError) or not isinstance(error, Exception):
        return error
    line = " ".join(str(error).split())[:_LINE]
    return HiveError(f"{config.name}: failed ({type(error).__name__}: {line})")
