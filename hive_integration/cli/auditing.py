"""Compose an audit: setup, consent, client, servers, counter, method. The only place that knows them all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from hive_integration.audit.live import probe_report, record_ways, request_report
from hive_integration.audit.recount import recounted
from hive_integration.audit.render.visible import visible
from hive_integration.audit.report import DYNAMIC, Report
from hive_integration.audit.servers.asking import Listing, list_tools
from hive_integration.audit.session.probe import EMPTIED, Probe, client_version, find_client, installed_version
from hive_integration.audit.setup import Scope, Setup
from hive_integration.audit.sources.inventory import Inventory, take_inventory
from hive_integration.audit.sources.mcp_config import ServerConfig
from hive_integration.audit.sources.scopes import find_setup
from hive_integration.audit.static import conditions_of, static_report
from hive_integration.cli.progress import waiting
from hive_integration.errors import HiveError, UsageError
from hive_integration.files import atomic_write
from hive_integration.registry.store import FILE, Store, StoredUnit
from hive_integration.settings import World, now
from hive_integration.tasks import run as run_async
from hive_integration.tokens import Counter
from hive_integration.tokens.choose import counter_for
from hive_integration.tokens.models import tokenizer_of
from hive_integration.wire.request import MAX_BODY

SIDE_REQUESTS = 3.0
"""Seconds that a first request without tools waits for one with: an interactive session asks for its title first."""
SETTLE = 8.0
"""Seconds for an interactive session to connect to its servers; claude-flow's 353 tools are there after two."""


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """The options of `hive-ctx audit` that decide what is measured, as given."""

    path: Path | None
    method: str
    request_file: Path | None
    tokenizer: str
    client_path: str
    model: str
    start_servers: bool
    no_hooks: bool
    interactive: bool
    plugin_dir: Sequence[Path]
    timeout: float
    save_request: Path | None
    yes: bool


def run_audit(options: AuditOptions, world: World) -> Report:
    """The report of the method that the options choose, its total also in the audited model's own tokens."""
    method = _method(options, world)
    agreed = replace(options, yes=True) if (options.method, method) == ("auto", "probe") else options  # asked already
    report = METHODS[method](agreed, world)
    own = tokenizer_of(report.client.model)
    return recounted(report, counter_for(own, world.cache_dir)) if own else report


def remember(report: Report, world: World) -> None:
    """Keep the texts of what was found for the gateway: schemas of deferred tools, units to page in. Never an error."""
    units = (f.unit for f in report.findings if f.attributed and f.unit.text and f.unit.component not in DYNAMIC)
    with Store(world.data_dir / FILE) as store:
        store.put(StoredUnit(unit.digest, unit.name, unit.component, unit.text, unit.schema) for unit in units)


def _method(options: AuditOptions, world: World) -> str:
    if options.request_file is not None:
        if options.method not in {"auto", "request"}:
            raise UsageError(
                f"--request and --method {options.method} exclude each other", hint="leave one of them out"
            )
        return "request"
    if options.method == "request":
        raise UsageError("--method request needs a recorded body", hint="give it with --request FILE")
    if options.method != "auto":
        return options.method
    return "probe" if _probe_is_welcome(options, world) else "static"


def _probe_is_welcome(options: AuditOptions, world: World) -> bool:
    """Without being told the method: only where a client is at hand and a person, or --yes, says so."""
    try:
        client = find_client(world, options.client_path)
    except HiveError:
        return False
    if options.yes or not _somebody_is_there():
        return options.yes
    click.echo(f"The probe starts {visible(str(client))} in this project: no tokens, no login.", err=True)
    click.echo("But the project's hooks and MCP servers run, as at every session start.", err=True)
    return click.confirm("Probe?", default=False, err=True)


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


# The methods.


def _static(options: AuditOptions, world: World) -> Report:
    inventory, counter = _inventory(options, world)
    listings: Sequence[Listing] = ()
    if options.start_servers:
        servers = _consented(inventory, options)
        if servers:
            with waiting(f"asking {len(servers)} MCP server{'s' * (len(servers) != 1)} for their tools"):
                listings = run_async(list_tools(servers, timeout=min(options.timeout, 60), env=world.env))
        for listing in listings:
            if listing.said:
                click.echo(f"MCP server {visible(listing.server)} said: {visible(listing.said)}", err=True)
    return static_report(inventory, counter, listings)


def _probe(options: AuditOptions, world: World) -> Report:
    client = find_client(world, options.client_path)
    version = installed_version(client) or client_version(client, world)
    inventory, counter = _inventory(options, world, version=version)
    project = inventory.setup.project
    _refuse_detour(inventory.setup)
    _announce(inventory, options)
    probe = Probe(
        client,
        project,
        known_as=inventory.setup.main_repository,
        hooks=not options.no_hooks,
        interactive=options.interactive,
        settle=SETTLE if options.interactive and inventory.servers else 0.0,
        model=options.model,
        plugin_dirs=options.plugin_dir,
        timeout=options.timeout,
    )
    with waiting(f"running {client.name} {inventory.conditions.version} against a recorder on this machine"):
        ways = record_ways(probe, world, tool_search=inventory.setup.variable("ENABLE_TOOL_SEARCH"))
    if options.save_request:
        atomic_write(options.save_request, ways.direct.body, mode=0o600)
    return probe_report(str(project), ways, counter, inventory)


def _request(options: AuditOptions, world: World) -> Report:
    if options.request_file is None:
        raise UsageError("no request file", hint="give it with --request FILE")
    body = _read_body(options.request_file)
    inventory = _inventory(options, world)[0] if options.path else None
    return request_report(str(options.request_file), body, _counter(options, world), inventory)


def _url(options: AuditOptions, world: World) -> Report:
    from hive_integration.audit.session.recorder import recording

    with recording(None) as recorder:
        click.echo(f"point a client at {recorder.base_url} (ANTHROPIC_BASE_URL, or {recorder.base_url}/v1 as an OpenAI "
                   "base URL) and ask it anything; its first request is audited", err=True)  # fmt: skip
        if recorder.arrived.wait(options.timeout):
            recorder.declared.wait(SIDE_REQUESTS)
    body = recorder.first()
    if body is None:
        raise HiveError(f"no request arrived within {options.timeout:.0f} s", hint="--timeout waits longer")
    if options.save_request:
        atomic_write(options.save_request, body, mode=0o600)
    inventory = _inventory(options, world)[0]
    return replace(
        request_report(str(inventory.setup.project), body, _counter(options, world), inventory), method="url"
    )


METHODS: Mapping[str, Callable[[AuditOptions, World], Report]] = {
    "static": _static,
    "probe": _probe,
    "request": _request,
    "url": _url,
}


# Their parts.


def _inventory(options: AuditOptions, world: World, *, version: str = "") -> tuple[Inventory, Counter]:
    setup = find_setup(options.path or world.cwd, world, plugin_dirs=options.plugin_dir)
    conditions = conditions_of(
        setup, version=version or _installed(options, world), model=options.model, interactive=options.interactive
    )
    return take_inventory(setup, conditions, now()), _counter(options, world, conditions.model)


def _installed(options: AuditOptions, world: World) -> str:
    """The version of the client at hand, read from its files: a static audit starts nothing."""
    try:
        return installed_version(find_client(world, options.client_path))
    except HiveError:
        if options.client_path:
            raise
        return ""


def _counter(options: AuditOptions, world: World, model: str = "") -> Counter:
    def by_api(name: str) -> Counter:
        from hive_integration.providers.anthropic_count import AnthropicCounter

        key = world.env.get("ANTHROPIC_API_KEY", "")
        if not key:
            raise UsageError(
                "ANTHROPIC_API_KEY is not set", hint="counting by the API needs a key; claude-4.8 does not"
            )
        return AnthropicCounter(name, key, counter_for(name, world.cache_dir))

    return counter_for(options.tokenizer, world.cache_dir, model=model, api=by_api)


def _consented(inventory: Inventory, options: AuditOptions) -> Sequence[ServerConfig]:
    """The servers to start. --start-servers is the consent; on a terminal, what the client would ask about is asked."""
    _name_servers(inventory.servers, "MCP server {}")
    known = inventory.setup.trusted and all(server.approved for server in inventory.servers)
    asks = bool(inventory.servers) and not known and not options.yes and _somebody_is_there()
    return inventory.servers if not asks or click.confirm("Start them?", default=False, err=True) else []


def _name_servers(servers: Sequence[ServerConfig], sentence: str) -> None:
    for server in servers:
        click.echo(sentence.format(f"{visible(server.name)}: {visible(server.shown)}"), err=True)


def _announce(inventory: Inventory, options: AuditOptions) -> None:
    """Say what a real session start will run, and ask where nobody has trusted the folder yet."""
    events = ("SessionStart", "UserPromptSubmit", "Setup", "InstructionsLoaded")
    hooks = [hook for hook in inventory.hooks if hook.event in events] if not options.no_hooks else []
    if hooks:
        click.echo(f"the probe is a real session start: {len(hooks)} hooks run (--no-hooks: without them)", err=True)
    _name_servers(inventory.servers, "the client starts MCP server {}")
    if options.yes or inventory.setup.trusted or not _somebody_is_there():
        return
    if not click.confirm(f"You have not trusted {inventory.setup.project} yet. Probe it?", default=False, err=True):
        raise HiveError("not probed", hint="--method static reads files only")


def _refuse_detour(setup: Setup) -> None:
    """Managed settings beat the probe's own: where they send the client elsewhere, it would ask, and pay, there."""
    for layer in setup.layers:
        env = layer.values.get("env") if layer.scope is Scope.MANAGED else None
        named = [name for name in ("ANTHROPIC_BASE_URL", *EMPTIED) if isinstance(env, Mapping) and env.get(name)]
        if named:
            raise HiveError(
                f"{layer.path} sets {named[0]}, which the probe cannot override", hint="--method static needs no client"
            )


def _read_body(path: Path) -> bytes:
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(MAX_BODY + 1)
        if not path.is_file():
            raise UsageError(f"no file {path}", hint="give the body of a recorded POST /v1/messages, as JSON")
        with path.open("rb") as file:
            return file.read(MAX_BODY + 1)
    except OSError as error:
        raise HiveError(f"cannot read {path}: {error.strerror}") from error
