"""One gateway from its start to its end: makes what requests share, listens, reloads, and closes in order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hive_integration import __version__, logs, tasks
from hive_integration.errors import HiveError
from hive_integration.gateway import access, choice, presence, routes
from hive_integration.gateway.account import Account
from hive_integration.gateway.counting import Counts
from hive_integration.gateway.heap import give_back, one_arena
from hive_integration.gateway.keys import FILE, gateway_key
from hive_integration.gateway.ledger import Ledger
from hive_integration.gateway.memory import Memory
from hive_integration.gateway.metrics import Metrics
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.presence import Presence
from hive_integration.gateway.reply import Headers, Reply
from hive_integration.gateway.savings import Savings
from hive_integration.gateway.server import Asked, Server
from hive_integration.providers.upstream import Upstreams
from hive_integration.registry.cards import Card
from hive_integration.registry.state import save_state
from hive_integration.registry.store import FILE as UNITS_FILE
from hive_integration.registry.store import Store
from hive_integration.registry.watch import Reloader, Watcher
from hive_integration.settings import World, now


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for. `host` and `port` None: as hive.toml says."""

    config_dir: Path
    host: str | None = None
    port: int | None = None
    linger: float | None = None
    """End when no launcher has held a lease for so many seconds; None: go on until told to stop."""


async def run(world: World, wanted: Wanted, ready: Callable[[str, int], None]) -> None:
    """Serve until a signal or, with `linger`, until nobody needs it. Raises HiveError where it cannot start."""
    one_arena()
    async with AsyncExitStack() as stack:
        parts = make_parts(world, wanted.config_dir, stack)
        choice.choose(parts.config, None, parts.env.get(choice.VARIABLE))  # nonsense is said now, not at each request
        listen = parts.config.listen
        host, port = wanted.host or listen.host, listen.port if wanted.port is None else wanted.port
        server = serving(parts, host)
        keep_state(world, parts)
        follow(parts, stack, changed=lambda: keep_state(world, parts))
        stack.push_async_callback(server.stop)
        stack.callback(parts.leases.end)
        await server.start(host, port)
        _announce(world, wanted.config_dir, host, server.port, stack)
        ready(host, server.port)
        tasks.spawn(_warm(parts))
        await _until_told(parts, wanted.linger)


def make_parts(world: World, config_dir: Path, stack: AsyncExitStack) -> Parts:
    """The furniture; what is open is closed with `stack`."""
    reloader = Reloader(config_dir)
    key = gateway_key(world.env, world.data_dir / FILE)  # before any file is made: it may be refused
    store = Store(world.data_dir / UNITS_FILE)
    stack.callback(store.close)
    ledger = Ledger(world.data_dir / "ledger.sqlite3")
    stack.callback(ledger.close)
    upstreams = Upstreams()
    stack.push_async_callback(upstreams.close)
    account, counts = Account(ledger, Metrics(__version__)), Counts(world.cache_dir)
    parts = Parts(reloader, upstreams, store, account, counts, world.env, key, Savings(counts), Memory(store))
    _learn_cards(parts)
    return parts


def serving(parts: Parts, host: str) -> Server:
    """A server that answers with these parts, bound to `host`. It is not started yet."""

    async def handle(asked: Asked, reply: Reply) -> None:
        await routes.answer(parts, asked, reply)

    def refuse(method: str, path: str, headers: Headers, port: int) -> access.Refusal | None:
        # Where we listen is what was bound: the file may say another host than the command line did.
        listen = replace(parts.config.listen, host=host)
        return access.check(method, path, headers, listen=listen, key=parts.key, port=port)

    return Server(handle, refuse, partial(routes.marks, parts))


def _learn_cards(parts: Parts, before: Mapping[str, Card] | None = None) -> None:
    """What follows from the current cards: their own metrics, and keys that no log may show. The failures of a card
    that is another now are forgotten."""
    cards = parts.config.cards
    for id in [id for id, card in (before or {}).items() if cards.get(id) != card]:
        parts.breakers.pop(id, None)
    parts.account.metrics.know(cards)
    logs.hide(parts.key, *(parts.env.get(card.api_key_env, "") for card in cards.values() if card.api_key_env))


def keep_state(world: World, parts: Parts) -> None:
    """Tell sessions that do not come through here what holds now: the state file follows the configuration."""
    try:
        save_state(world, parts.reloader.folder, parts.store)
    except HiveError as error:
        logs.get("configuration").warning("the state file was not written", reason=str(error))


def follow(parts: Parts, stack: AsyncExitStack, changed: Callable[[], None] = lambda: None) -> None:
    """Reload when a file changes, and call `changed` where that made a difference; keep silent streams alive."""
    loop = asyncio.get_running_loop()

    def read_again() -> None:
        before = parts.config
        reloaded = parts.reloader.reload()
        if reloaded or parts.reloader.last_error:
            parts.account.metrics.reloaded(ok=reloaded)
        if reloaded:
            changed()
            loop.call_soon_threadsafe(_learn_cards, parts, before.cards)
            if (before.listen.host, before.listen.port) != (parts.config.listen.host, parts.config.listen.port):
                logs.get("configuration").warning("host and port hold from the next start on")

    # The files are read in the watcher's own thread; the swap is one reference.
    watcher = Watcher(parts.reloader, read_again)
    stack.push_async_callback(loop.run_in_executor, None, watcher.stop)
    pulse = tasks.spawn(parts.pulse.run())
    stack.callback(pulse.cancel)


async def _warm(parts: Parts) -> None:
    """Do now what would hold up all open streams later: load vocabularies, look once through what stays for good.

    The full profile's is left out where its answers pass as they are: it is loaded when somebody asks for a count.
    """
    tuned, full = parts.config.card("finetuned"), parts.config.card("full")
    counted = {card.tokenizer for card in (tuned, full) if card and (card is tuned or card.protocol == "openai-chat")}
    with suppress(HiveError):
        await parts.counts.ready(counted)
    gc.collect()
    gc.freeze()
    give_back()


def _announce(world: World, config_dir: Path, host: str, port: int, stack: AsyncExitStack) -> None:
    folder = world.data_dir / "gateways"
    me = Presence(os.getpid(), host, port, str(config_dir), __version__, now().isoformat())
    presence.announce(folder, me)
    stack.callback(presence.withdraw, folder, me)


async def _until_told(parts: Parts, linger: float | None) -> None:
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, told.set)
    waits = [tasks.spawn(told.wait())]
    if linger is not None:
        waits.append(tasks.spawn(parts.leases.unused(linger)))  # type: ignore[arg-type]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    logs.get("gateway").info("ends")
