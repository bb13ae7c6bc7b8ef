"""Compose the running of tools for data: the project's MCP servers, in a scratch folder, with consent.

A scratch folder is a new HOME, working directory and place for temporary files, of which nothing is left. It is no
sandbox: a server that reaches for the network or for an absolute path still gets there. So one whose settings name a
folder of the user is not started, and tools whose names say that they destroy are not called.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from hive_integration.audit.render.visible import visible
from hive_integration.audit.servers.calling import Caller, calling
from hive_integration.audit.servers.tool_wire import ToolSpec, to_wire, wire_name
from hive_integration.audit.sources.mcp_config import ServerConfig, find
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.dataset.book import Book
from hive_integration.dataset.executed import Outcome, is_destructive, outcome_of
from hive_integration.dataset.execution import Bench, Execution, Tally, run_tasks
from hive_integration.dataset.parts import Generator
from hive_integration.dataset.task import Task
from hive_integration.errors import HiveError, UsageError
from hive_integration.settings import World
from hive_integration.tasks import run as run_async

CALL = 30.0
"""Seconds for one call."""
START = 60.0
"""Seconds for a server to start and list its tools."""


@dataclass(slots=True)
class Servers:
    """The servers that may be started, and what they listed when they were tried. `tools`: server and tool by name."""

    configs: Sequence[ServerConfig]
    project: Path
    world: World
    call: float = CALL
    tools: dict[str, tuple[str, str]] = field(default_factory=dict)
    identity: str = ""
    tally: Tally = field(default_factory=Tally)

    def execution(self, parts: Path) -> Execution:
        """Where results of these servers are kept in a dataset's `.parts`."""
        return Execution(parts / f"executed-{self.identity}", self.identity)

    def ahead(self, tasks: Sequence[Task], book: Book, inner: Generator, folder: Path) -> None:
        """Run what these tasks call: a new scratch folder and new servers for each behaviour."""
        for _, group in groupby(tasks, key=lambda task: task.behaviour.id):
            run_async(self._behaviour(list(group), book, inner, folder))

    async def _behaviour(self, tasks: Sequence[Task], book: Book, inner: Generator, folder: Path) -> None:
        with scratch() as place:
            callers: dict[str, Caller] = {}
            broken: set[str] = set()
            async with AsyncExitStack() as stack:

                async def use(tool: str, arguments: Mapping[str, Any]) -> Outcome | None:
                    server, name = self.tools[tool]
                    if server in broken:
                        return None
                    if server not in callers or not callers[server].alive:
                        config = next(each for each in self.configs if each.name == server)
                        try:
                            callers[server] = await stack.enter_async_context(_started(config, place, self))
                        except HiveError as error:
                            click.echo(f"MCP server {visible(str(error))}", err=True)
                            broken.add(server)
                            return None
                    called = await callers[server].call(name, arguments, self.call)
                    if called is None:
                        return None
                    return outcome_of(called.text, failed=called.failed, places=_places(place, self))

                await run_tasks(tasks, book, inner, Bench(self.tools, use, folder, self.tally))


def ready(project: Path | None, world: World, *, yes: bool, call: float = CALL) -> Servers:
    """Find the project's servers, ask, start each once, and note what they list. Raises where none can be used."""
    setup = find_setup(project or world.cwd, world)
    found = find(setup).servers
    chosen = []
    for config in found:
        housed = in_scratch(config, setup.project, Path("/scratch"))
        if isinstance(housed, str):
            click.echo(f"MCP server {visible(config.name)} is not started: {housed}", err=True)
        else:
            click.echo(f"MCP server {visible(config.name)}: {visible(config.shown)}", err=True)
            chosen.append(config)
    if not chosen:
        raise UsageError(
            f"{setup.project}: has no MCP server that can be run in a scratch folder, of {len(found)}",
            hint="--project names the folder whose servers the units came from",
        )
    known = setup.trusted and all(config.approved for config in chosen)
    asks = not known and not yes and sys.stdin.isatty() and sys.stderr.isatty()
    if asks and not click.confirm("Start them in a scratch folder, and call their tools?", default=False, err=True):
        raise HiveError("not started", hint="without --execute, results are made up")
    servers = Servers(chosen, setup.project, world, call)
    run_async(_listed(servers))
    return servers


async def _listed(servers: Servers) -> None:
    said = hashlib.sha256()
    working = []
    for config in servers.configs:
        with scratch() as place:
            try:
                async with _started(config, place, servers) as caller:
                    tools = caller.tools
            except HiveError as error:
                click.echo(f"MCP server {visible(str(error))}", err=True)
                continue
        working.append(config)
        for tool in sorted(tools, key=lambda each: each.name):
            said.update(to_wire(config.name, tool).encode("utf-8", "replace"))
            _known(servers, config, tool)
    if not servers.tools:
        raise HiveError(
            "no MCP server lists a tool that may be called", hint="`hive-ctx audit --start-servers` says more"
        )
    servers.configs, servers.identity = working, said.hexdigest()[:16]


def _known(servers: Servers, config: ServerConfig, tool: ToolSpec) -> None:
    name = wire_name(config.name, tool.name)
    if not is_destructive(name):
        servers.tools.setdefault(name, (config.name, tool.name))


def _started(config: ServerConfig, place: Path, servers: Servers) -> Any:  # noqa: ANN401 - a context manager
    housed = in_scratch(config, servers.project, place)
    if isinstance(housed, str):
        raise HiveError(f"{config.name}: {housed}")
    return calling(housed, _env(housed, place, servers.world), str(place / "project"), START)


# The scratch folder.


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder with `home`, `project` and `tmp`; it goes with all that was made in it."""
    place = Path(tempfile.mkdtemp(prefix="hive-scratch-"))
    try:
        for name in ("home", "project", "tmp"):
            (place / name).mkdir()
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _places(place: Path, servers: Servers) -> Mapping[str, str]:
    """Folders that a server may name, and what stands for them in data: nothing of this machine is to be in it."""
    own = {"home": "/home/user", "project": "/workspace", "tmp": "/tmp"}  # noqa: S108 - a name in data
    named = {str(root / name): shown for root in _both(place) for name, shown in own.items()}
    named |= {str(root): "/scratch" for root in _both(place)}
    named |= {str(root): "/home/user" for root in _both(servers.world.home)}
    return named | {str(root): "/workspace" for root in _both(servers.project)}


def _both(path: Path) -> Sequence[Path]:
    """As it is written and as it really is."""
    return [path, Path(os.path.realpath(path))]


def _env(config: ServerConfig, place: Path, world: World) -> Mapping[str, str]:
    home = place / "home"
    kept = {name: world.env[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in world.env}
    return {
        **kept, **config.env, "HOME": str(home), "USERPROFILE": str(home), "TMPDIR": str(place / "tmp"),
        "XDG_CONFIG_HOME": str(home / ".config"), "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_CACHE_HOME": str(home / ".cache"), "XDG_STATE_HOME": str(home / ".local/state"),
        "CLAUDE_PROJECT_DIR": str(place / "project"),
    }  # fmt: skip


def in_scratch(config: ServerConfig, project: Path, place: Path) -> ServerConfig | str:
    """A server's settings with the project's folders in scratch; or why it must not be started.

    Files stay where they are: a server's own program lies in one. The project's own folder becomes the scratch one.
    """
    if config.transport != "stdio":
        return "it is reached over the network"
    args, env = [], {}
    for text in config.args:
        moved = _moved(text, project, place)
        if moved is None:
            return "its arguments name a folder of yours"
        args.append(moved)
    for name, text in config.env.items():
        moved = text if name.upper().endswith("PATH") else _moved(text, project, place)
        if moved is None:
            return f"its variable {name} names a folder of yours"
        env[name] = moved
    command = str(project / config.command) if "/" in config.command else config.command
    return replace(config, command=command, args=args, env=env, cwd="")


def _moved(text: str, project: Path, place: Path) -> str | None:
    """A value with the project's folder in scratch; None where it names another folder that is there."""
    lead, sign, path = text.partition("=") if text.startswith("-") and "=" in text else ("", "", text)
    if not path or len(path) > 4096 or "\0" in path:
        return text
    full = Path(os.path.expanduser(path)) if path[0] in "/~" else project / path  # noqa: PTH111
    if full.is_file():
        return f"{lead}{sign}{full}"
    if path[0] in "/~" and full.is_dir():
        inside = Path(os.path.realpath(full)).is_relative_to(os.path.realpath(project))
        return f"{lead}{sign}{place / 'project'}" if inside else None
    return text
