"""MCP servers as the client's files name them. Reads files, starts nothing, and shows no value of a variable or header.

Where servers are named, which of two with one name counts, and which are left out: `docs/reference/loading.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from hive_integration.audit.setup import Plugin, Scope, Setup
from hive_integration.audit.sources.found import legible, source_of
from hive_integration.audit.sources.json_file import mapping, read_object, strings
from hive_integration.audit.sources.mcp_policy import Asked, approved, permitted
from hive_integration.audit.sources.plugins import inside

RESERVED = frozenset({"workspace", "ide", "claude-in-chrome", "computer-use"})
"""Names that the client keeps for itself: a server of such a name is not started."""
MAX_SERVERS = 200
"""Of one file; further ones are left out, with a warning. The largest setup seen has 14."""
_MAX_FILLED = 1_000_000
"""Characters that variables may add to one file; after that they stay as they are written."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """One configured MCP server. `transport` is `stdio` (command, args, env, cwd), `http` or `sse` (url, headers)."""

    name: str
    transport: str = "stdio"
    command: str = ""
    args: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    source: str = ""
    scope: str = ""
    """`managed`, `local`, `project`, `user` or `plugin`."""
    approved: bool = False
    """False where the interactive client would still ask before it starts this server; `claude -p` starts it anyway."""
    shown: str = ""
    """What is started or called, as the file writes it: variables are not filled in, for a value may be a secret."""
    always_load: bool = False
    """Its tools are never deferred."""


@dataclass(frozen=True, slots=True)
class FoundServers:
    """The servers that the client would start, and what was odd."""

    servers: Sequence[ServerConfig] = ()
    warnings: Sequence[str] = ()


def find(setup: Setup) -> FoundServers:
    """The servers that `claude -p` would start here, the strongest scope first; a managed file is the only source."""
    warnings: list[str] = []
    managed = setup.world.managed_dir / "managed-mcp.json"
    file = read_object(managed)
    if file.values is not None:
        servers = _permitted(setup, _servers(setup, file.values.get("mcpServers"), managed, Scope.MANAGED, warnings))
    else:
        warnings += [file.warning] if file.warning else []
        servers = _by_name(_permitted(setup, _own(setup, warnings)))
        servers += _not_twice(servers, _permitted(setup, _of_plugins(setup, warnings)))
    return FoundServers(servers, warnings)


# Where servers are named.


def _own(setup: Setup, warnings: list[str]) -> Iterator[ServerConfig]:
    """The strongest first: local, project (the nearest folder first), user."""
    state, world = setup.state, setup.world
    yield from _servers(setup, state.local_servers, world.claude_json, Scope.LOCAL, warnings)
    for folder in (setup.project, *setup.project.parents):
        path = folder / ".mcp.json"
        file = read_object(path)
        warnings += [file.warning] if file.warning else []
        yield from _servers(setup, mapping(file.values).get("mcpServers"), path, Scope.PROJECT, warnings)
    yield from _servers(setup, state.user_servers, world.claude_json, Scope.USER, warnings)


def _permitted(setup: Setup, servers: Iterator[ServerConfig]) -> list[ServerConfig]:
    return [
        server
        for server in servers
        if permitted(setup, Asked(server.name, server.scope == Scope.PROJECT, _what_it_starts(server), server.url))
    ]


def _by_name(servers: Iterable[ServerConfig]) -> list[ServerConfig]:
    """Of those with one name the first; one that is switched off does not hide a weaker one."""
    found: dict[str, ServerConfig] = {}
    for server in servers:
        found.setdefault(server.name, server)
    return list(found.values())


def _of_plugins(setup: Setup, warnings: list[str]) -> Iterator[ServerConfig]:
    """A plugin's `.mcp.json`, then what its manifest names, which counts where both name a server."""
    for plugin in setup.plugins:
        named = plugin.manifest.get("mcpServers")
        found: dict[str, ServerConfig] = {}
        for item in ["./.mcp.json", *(named if isinstance(named, list) else [named])]:
            for server in _of_plugin(setup, plugin, item, warnings):
                found[server.name] = server
        yield from found.values()


def _of_plugin(setup: Setup, plugin: Plugin, item: object, warnings: list[str]) -> Iterator[ServerConfig]:
    path = plugin.root / ".claude-plugin" / "plugin.json"
    values = mapping(item)
    if isinstance(item, str) and (named := inside(plugin.root, item)):
        path, file = named, read_object(named)
        warnings += [file.warning] if file.warning else []
        values = mapping(file.values)
        values = mapping(values.get("mcpServers", values))
    yield from _servers(setup, values, path, Scope.PLUGIN, warnings, plugin)


def _not_twice(own: Sequence[ServerConfig], plugins: Iterable[ServerConfig]) -> Iterator[ServerConfig]:
    """A plugin's server that starts what another one starts is left out."""
    taken, names = {_what_it_starts(server) for server in own}, {server.name for server in own}
    for server in plugins:
        if _what_it_starts(server) not in taken and server.name not in names:
            taken.add(_what_it_starts(server))
            yield server


def _what_it_starts(server: ServerConfig) -> tuple[str, ...]:
    return (server.url,) if server.url else (server.command, *server.args)


# From JSON to a server.


def _servers(
    setup: Setup,
    values: object,
    path: Path,
    scope: Scope,
    warnings: list[str],
    plugin: Plugin | None = None,
) -> Iterator[ServerConfig]:
    filler, source = _Filler(_variables(setup, plugin)), source_of(setup, path)
    if len(mapping(values)) > MAX_SERVERS:
        warnings.append(f"{source}: names {len(mapping(values)):,} MCP servers; the first {MAX_SERVERS} are looked at")
    for name, value in islice(mapping(values).items(), MAX_SERVERS):
        full = legible(f"plugin:{plugin.name}:{name}" if plugin else name)
        server = _server(setup, full, filler.filled(value), source, scope)
        if server is None:
            warnings.append(f"{source}: MCP server {full!r} is not configured correctly; the client ignores it")
        elif name in RESERVED:
            warnings.append(f"{source}: MCP server {full!r} has a name that the client keeps for itself; it is ignored")
        else:
            yield replace(server, shown=_as_written(value))


def _as_written(value: object) -> str:
    fields = mapping(value)
    return " ".join([str(fields.get("url") or fields.get("command", "")), *strings(fields.get("args"))])


def _server(setup: Setup, name: str, fields: object, source: str, scope: Scope) -> ServerConfig | None:
    """The server; None where the client would not accept it."""
    if not isinstance(fields, dict):
        return None
    transport = fields.get("type", "stdio")
    command, url = fields.get("command"), fields.get("url")
    wanted = command if transport == "stdio" else url
    if transport not in ("stdio", "http", "sse") or not isinstance(wanted, str) or not wanted:
        return None
    cwd = fields.get("cwd")
    return ServerConfig(
        name=name,
        transport=transport,
        command=wanted if transport == "stdio" else "",
        args=strings(fields.get("args")) if transport == "stdio" else (),
        env=_texts(fields.get("env")),
        cwd=cwd if isinstance(cwd, str) else str(setup.project),
        url="" if transport == "stdio" else wanted,
        headers=_texts(fields.get("headers")),
        source=source,
        scope=scope.value,
        approved=scope is not Scope.PROJECT or approved(setup, name),
        always_load=fields.get("alwaysLoad") is True,
    )


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


@dataclass(slots=True)
class _Filler:
    """Fills in variables, as far as one file may grow by it."""

    variables: Mapping[str, str]
    left: int = _MAX_FILLED

    def filled(self, value: object) -> object:
        """`${NAME}` and `${NAME:-default}` replaced in every text; one that is neither set nor has a default stays."""
        if isinstance(value, str):
            return _VARIABLE.sub(self._value, value)
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        return {key: self.filled(item) for key, item in value.items()} if isinstance(value, dict) else value

    def _value(self, match: re.Match[str]) -> str:
        value = self.variables.get(match[1], match[0] if match[2] is None else match[2])
        self.left -= len(value)
        return value if self.left >= 0 else match[0]


def _variables(setup: Setup, plugin: Plugin | None) -> Mapping[str, str]:
    """The shell's variables and those of user and managed settings; a project's settings do not reach this far."""
    variables = dict(setup.world.env)
    for layer in setup.layers:
        if layer.scope in {Scope.USER, Scope.MANAGED}:
            variables |= {key: str(value) for key, value in mapping(layer.values.get("env")).items()}
    return variables | ({"CLAUDE_PLUGIN_ROOT": str(plugin.root)} if plugin else {})


def _texts(value: object) -> Mapping[str, str]:
    return {key: item for key, item in mapping(value).items() if isinstance(item, str)}
