"""Many new configurations under load: no request fails, and each answer comes from exactly one of them.

Every card names its generation twice, in its model and in its prompt, and the switch changes between two cards. The
upstream repeats what it was asked with, so each answer says by itself which configuration it came from.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import uvloop

from hive_integration import tasks
from hive_integration.gateway.run import make_parts, serving
from hive_integration.registry.load import load
from hive_integration.registry.watch import Reloader
from hive_integration.settings import World
from tests.soak.client import HEADERS, Got, ask, asked, session
from tests.soak.stage import CLAUDE, HIVE, KEY, TUNED, Place, gateway, save, upstream

Change = Callable[[aiohttp.ClientSession], Awaitable[None]]
CARDS = ("ada", "bob")
PER_SWAP = 1.5
"""Answers for each configuration, on average: the load keeps up with the reloads."""


@dataclass(frozen=True)
class State:
    """What one version of the configuration says: the switch's card, and (model, prompt) of every card."""

    finetuned: str
    asks: dict[str, tuple[str, str]]


@dataclass
class Run:
    """What a run brought: the versions that were on the disk, and each answer."""

    states: dict[str, State] = field(default_factory=dict)
    answers: list[Got] = field(default_factory=list)
    reloads: int = 0
    refused: int = 0
    """Files that were bad, and were refused."""

    @property
    def versions(self) -> set[str]:
        """The versions that answered something."""
        return {each.headers.get("x-hive-config", "") for each in self.answers}

    def faults(self) -> list[str]:
        """Each answer that failed or did not come from one configuration."""
        return [why for each in self.answers if (why := self._fault(each))]

    def _fault(self, got: Got) -> str:
        try:
            text = got.message().text
        except AssertionError as error:
            return str(error)
        version, card = got.headers["x-hive-config"], got.headers["x-hive-model"]
        state = self.states.get(version)
        if state is None:
            return f"{version} was never on the disk"
        said = json.loads(text[: text.index("}") + 1])
        asks = (said["model"], said["system"][0] if said["system"] else "")
        wanted = "claude" if got.headers["x-hive-profile"] == "full" else state.finetuned
        if card != wanted or asks != state.asks[card]:
            return f"{version} is {state}, but {card} was asked with {asks}"
        return "" if text.endswith("/end") else f"cut: {text[-80:]!r}"

    def __str__(self) -> str:
        return (
            f"{self.reloads} reloads and {self.refused} refused files under {len(self.answers)} requests, "
            f"{len(self.faults())} of them failed or mixed; {len(self.versions)} versions answered"
        )


class Editor:
    """Saves files of a configuration, one way after the other, and knows what stands on the disk."""

    def __init__(self, place: Place, url: str, run: Run) -> None:
        self.place, self.url, self.run = place, url, run
        self.generation = 0
        self.models = {"ada": 0, "bob": 0, "claude": 0}
        self.finetuned = "ada"
        for name in self.models:
            save(*self._card(name))
        save(place.config / "hive.toml", self._hive())
        self._note()

    def save(self) -> str:
        """One more configuration on the disk; its version."""
        self.generation += 1
        if self.generation % 5 == 0:
            self.finetuned = CARDS[self.generation // 5 % 2]
            path, text = self.place.config / "hive.toml", self._hive()
        else:
            name = ("claude", self.finetuned, self.finetuned, CARDS[self.generation % 2])[self.generation % 4]
            self.models[name] = self.generation
            path, text = self._card(name)
        _WAYS[self.generation % len(_WAYS)](path, text)
        return self._note()

    def spoil(self) -> None:
        """A bad file, and the good one back."""
        path, text = self._card(self.finetuned)
        save(path, text.replace("model =", "modle =", 1))

    def mend(self) -> str:
        """The same file as it was."""
        save(*self._card(self.finetuned))
        return self._note()

    def _note(self) -> str:
        version = load(self.place.config).version
        asks = {name: _asks(name, number) for name, number in self.models.items()}
        self.run.states[version] = State(self.finetuned, asks)
        return version

    def _hive(self) -> str:
        return HIVE.format(default="finetuned", finetuned=self.finetuned) + f"# {self.generation}\n"

    def _card(self, name: str) -> tuple[Path, str]:
        model, system = _asks(name, self.models[name])
        form = CLAUDE if name == "claude" else TUNED
        text = form.format(id=name, url=self.url, model=model, system=system, patience="")
        return self.place.config / "models" / f"{name}.toml", text


def _asks(name: str, number: int) -> tuple[str, str]:
    """(model, prompt) of a card's generation; the full profile has no prompt of its own."""
    return f"{name}-{number}", "" if name == "claude" else f"You are {name}, generation {number}."


def _in_place(path: Path, text: str) -> None:
    path.write_text(text)


def _twice(path: Path, text: str) -> None:
    path.write_text(text)
    path.write_text(text)
    path.touch()


def _made_anew(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


def _with_backup(path: Path, text: str) -> None:
    path.rename(path.with_name(path.name + "~"))
    path.write_text(text)


_WAYS: tuple[Callable[[Path, str], None], ...] = (save, _in_place, _twice, _made_anew, _with_backup)


async def _load(client: aiohttp.ClientSession, url: str, run: Run, over: asyncio.Event, name: str) -> None:
    """Ask until told to stop: streams, some of them slow, whole answers, both profiles, and some that fall over."""
    n = 0
    while not over.is_set():
        n += 1
        words = f"soak id={name}x{n} chunks=6 echo=1"
        words += " gap=0.05" if n % 4 == 0 else " fault=400" if n % 11 == 0 else ""
        chosen = {"x-hive-use-finetuned": "0"} if n % 3 == 0 else {}
        body = asked(words + ";", stream=n % 5 != 0)
        run.answers.append(await ask(client, url + "/v1/messages", body, headers=chosen))


async def _under_load(url: str, run: Run, workers: int, change: Change) -> None:
    over = asyncio.Event()
    async with session() as client:
        load_ = [tasks.spawn(_load(client, url, run, over, f"w{n}")) for n in range(workers)]
        try:
            await change(client)
        finally:
            over.set()
            await asyncio.gather(*load_)


# By saving files, against the real process.


def by_file(folder: Path, *, saves: int = 60, workers: int = 6) -> Run:
    """`saves` configurations, each waited for until it is the current one, and five bad files on the way."""
    place, run = Place(folder), Run()
    with upstream() as up:
        editor = Editor(place, up.url, run)
        with gateway(place) as gate:

            async def change(client: aiohttp.ClientSession) -> None:
                for n in range(saves):
                    if n % (saves // 5) == saves // 10:
                        editor.spoil()
                        await _until(client, gate.url, lambda status: not status["reload"]["ok"])
                        run.refused += 1
                        editor.mend()
                        await _until(client, gate.url, lambda status: status["reload"]["ok"])
                    version = editor.save()
                    await _until(client, gate.url, lambda status, version=version: status["config"] == version)
                run.reloads = await _counted(client, gate.url)

            uvloop.run(_under_load(gate.url, run, workers, change))
    assert place.bugs() == []
    return run


async def _until(client: aiohttp.ClientSession, url: str, holds: Callable[..., bool]) -> None:
    async with asyncio.timeout(10):
        while True:
            async with client.get(f"{url}/hive/status", headers=HEADERS) as answer:
                if holds(await answer.json()):
                    return
            await asyncio.sleep(0.02)


async def _counted(client: aiohttp.ClientSession, url: str) -> int:
    """The gateway's own count of configurations that became current."""
    async with client.get(f"{url}/metrics", headers=HEADERS) as answer:
        found = re.search(r'^hive_reloads_total\{result="ok"\} ([\d.]+)', await answer.text(), re.MULTILINE)
    return int(float(found[1])) if found else 0


# By calling the reload, against a real server in this process.


def by_call(folder: Path, *, swaps: int = 1000, workers: int = 8) -> Run:
    """`swaps` configurations in a row, read in a thread as the watcher does it."""
    place, run = Place(folder), Run()
    with upstream() as up:
        editor = Editor(place, up.url, run)
        uvloop.run(_in_process(place, editor, run, (swaps, workers)))
    return run


async def _in_process(place: Place, editor: Editor, run: Run, how: tuple[int, int]) -> None:
    swaps, workers = how
    env = {"HIVE_GATEWAY_KEY": KEY, "HIVE_DATA_DIR": str(place.base / "data")}
    world = World(env=env, home=place.base, cwd=place.base, cache_dir=place.base / "cache")
    async with AsyncExitStack() as stack:
        parts = make_parts(world, place.config, stack)
        server = serving(parts, "127.0.0.1")
        await server.start("127.0.0.1", 0)
        stack.push_async_callback(server.stop)
        reloader: Reloader = parts.reloader

        async def change(client: aiohttp.ClientSession) -> None:
            for n in range(swaps):
                while len(run.answers) < n * PER_SWAP:  # noqa: ASYNC110 - the answers are counted, not waited for
                    await asyncio.sleep(0.002)
                version = await asyncio.to_thread(editor.save)
                changed = await asyncio.to_thread(reloader.reload)
                assert changed, reloader.last_error
                assert reloader.current.version == version
            run.reloads = reloader.reloads

        await _under_load(f"http://127.0.0.1:{server.port}", run, workers, change)
