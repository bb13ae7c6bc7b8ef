"""MCP servers as the client's files name them: values only. Nothing here starts one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """One configured MCP server. `transport` is `stdio` (command, args, env, cwd), `http` or `sse` (url, headers)."""

    name: str
    transport: str = "stdio"
    command: str = ""
    args: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    scope: str = ""
    approved: bool = False
    always_load: bool = False
