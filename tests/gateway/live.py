"""The real gateway in this process, on a free port, before scripted upstreams: for tests that ask it as a client.

async with live(tmp_path, tuned=chat_stream("hi")) as gateway:
    got = await gateway.ask(stream=True)
    assert got.message.text == "hi"
    assert gateway.rows[0].card == "tuned"
"""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from hive_integration import tasks
from hive_integration.gateway.ledger import Row
from hive_integration.gateway.parts import Parts
from hive_integration.gateway.run import follow, make_parts, serving
from hive_integration.gateway.server import Server
from hive_integration.providers.fake import Script, Upstream, reply
from hive_integration.settings import World
from tests.gateway.idle import audited
from tests.wire.legal import Message, assert_legal

KEY = "live-gateway-key-0123456789"
CLAUDE_KEY, TUNED_KEY = "sk-ant-live-claude", "sk-live-tuned"
VERSION = {"anthropic-version": "2023-06-01", "content-type": "application/json"}
Table = Mapping[str, Any]

BASH = {
    "name": "Bash",
    "description": "Runs a command.",
    "input_schema": {
        "type": "object",
        "properties": {"command": {"type": "string"}, "timeout": {"type": "integer"}},
        "required": ["command"],
        "additionalProperties": False,
    },
}


def configure(folder: Path, *, switch: Table | None = None, **cards: Table) -> Path:
    """Write a configuration: `[switch]` as given, and a card for each name. Cards that are there already stay."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    known = {"default": "finetuned", "full": "claude", "finetuned": "tuned", "fallback": True}
    (folder / "hive.toml").write_text(_toml({"switch": {**known, **(switch or {})}}))
    for id, fields in cards.items():
        (folder / "models" / f"{id}.toml").write_text(_toml({"id": id, **fields}))
    return folder


def card_of(url: str, /, protocol: str = "openai-chat", **fields: Any) -> dict[str, Any]:
    """A card of either protocol behind `url`, in little patience; `fields` add to it and replace."""
    base = f"{url}/v1" if protocol == "openai-chat" else url
    patience = {"connect_timeout": 2.0, "idle_timeout": 5.0, **fields.pop("upstream", {})}
    name = {"model": "ft:tuned", "api_key_env": "TUNED_KEY"} if protocol == "openai-chat" else {}
    return {"protocol": protocol, "base_url": base, **name, **fields, "upstream": patience}


def holding(base: Path, body: bytes, **prompt: str) -> dict[str, Any]:
    """A card's fields: its weights hold every unit and tool of `body`, tools are declared by their names.

    Its manifest is written below `base`, which is then handed to `live`.
    """
    folder = base / "config" / "models"
    folder.mkdir(parents=True)
    (folder / "tuned.manifest.json").write_text(
        json.dumps({"schema": "hive-ctx/manifest/1", "units": list(audited(body).units)})
    )
    prompt = {"system": "Be brief.", "tools": "names", **prompt}
    return {"prompt": prompt, "knowledge": {"manifest": "tuned.manifest.json"}}


def _toml(value: Table) -> str:
    """Scalars first, then a table for each mapping; JSON's scalars are TOML's."""
    plain = [f"{key} = {json.dumps(each)}" for key, each in value.items() if not isinstance(each, Mapping)]
    tables = [f"[{key}]\n{_toml(each)}" for key, each in value.items() if isinstance(each, Mapping)]
    return "\n".join([*plain, *tables]) + "\n"


def asked(text: str = "Do it.", *, stream: bool = True, **fields: Any) -> bytes:
    """A request's body, compact, as the client sends it. Fields that are None are left out."""
    turns = [{"role": "user", "content": text}]
    body = {"model": "claude-x", "max_tokens": 1024, "messages": turns, "stream": stream, **fields}
    return json.dumps({k: v for k, v in body.items() if v is not None}, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Got:
    """One answer as it came."""

    status: int
    headers: CIMultiDict[str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def message(self) -> Message:
        """What a stream says; AssertionError where it is not legal."""
        assert self.status == 200, self.body
        return assert_legal(self.body)

    @property
    def marks(self) -> dict[str, str]:
        """The headers that say who answered, without their prefix."""
        return {name[7:].lower(): value for name, value in self.headers.items() if name.lower().startswith("x-hive-")}


@dataclass
class Live:
    """A running gateway. `tuned` and `claude` are its upstreams: their `script` may be replaced at any time."""

    parts: Parts
    server: Server
    folder: Path
    tuned: Upstream
    claude: Upstream
    http: aiohttp.ClientSession
    rows: list[Row] = field(default_factory=list)
    """What was booked, in order."""

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.port}"

    def headers(self, headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> CIMultiDict[str]:
        """The usual ones of a client, with the gateway's key beside a credential of its own, and these."""
        own = CIMultiDict({**VERSION, "x-hive-key": KEY, "x-api-key": CLAUDE_KEY})
        more = CIMultiDict(headers)
        for name in set(more.keys()):
            own.popall(name, None)
        own.extend(more)
        return own

    async def ask(
        self,
        text: str = "Do it.",
        *,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        path: str = "/v1/messages?beta=true",
        **fields: Any,
    ) -> Got:
        """Ask for a message."""
        return await self.send("POST", path, asked(text, **fields), headers)

    async def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    ) -> Got:
        """Send anything."""
        url = URL(self.base_url + path, encoded=True)
        async with self.http.request(
            method, url, data=io.BytesIO(body) if body else None, headers=self.headers(headers)
        ) as answer:
            return Got(answer.status, CIMultiDict(answer.headers), await answer.read())

    async def raw(self, request: bytes, *, until: bytes = b"") -> bytes:
        """Bytes in, bytes out, over a connection of its own: up to `until`, else to the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        try:
            writer.write(request)
            await writer.drain()
            return await (reader.readuntil(until) if until else reader.read())
        finally:
            writer.close()

    def post(self, body: bytes, *more: str) -> bytes:
        """The bytes of a request for a message, for `raw`."""
        lines = [
            "POST /v1/messages HTTP/1.1", f"host: 127.0.0.1:{self.server.port}", f"x-hive-key: {KEY}",
            f"content-length: {len(body)}", "connection: close", *more,
        ]  # fmt: skip
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def settled(self, rows: int) -> list[Row]:
        """Wait until so many arms were booked, and that nothing is under way any more."""
        async with asyncio.timeout(5):
            while len(self.rows) < rows:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return self.rows


class NoDice(random.Random):
    """Waits as short as they may be."""

    def uniform(self, a: float, b: float) -> float:
        """The shortest."""
        return a


@asynccontextmanager
async def live(
    base: Path,
    *,
    tuned: Script = reply,
    claude: Script = reply,
    tuned_card: Table | None = None,
    claude_card: Table | None = None,
    switch: Table | None = None,
    env: Mapping[str, str] | None = None,
    strict: bool = True,
    follows: bool = False,
) -> AsyncIterator[Live]:
    """A gateway with the card `tuned` (chat) and the card `claude` (Messages), each behind an upstream of its own.

    `tuned_card` and `claude_card` hold fields that differ from `card_of`'s. `follows`: it watches its files. The file's
    default is the fine-tuned profile; `strict` upstreams refuse what the real APIs refuse.
    """
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(Upstream(tuned, strict=strict))
        two = await stack.enter_async_context(Upstream(claude, strict=strict))
        fields = {"tuned": dict(tuned_card or {}), "claude": {"protocol": "anthropic-messages", **(claude_card or {})}}
        cards = {id: card_of(url.base_url, **fields[id]) for id, url in (("tuned", one), ("claude", two))}
        folder = configure(base / "config", switch=switch, **cards)
        own = {"HIVE_DATA_DIR": str(base / "data"), "HIVE_GATEWAY_KEY": KEY, "TUNED_KEY": TUNED_KEY}
        world = World(env={**own, **(env or {})}, home=base, cwd=base, cache_dir=base / "cache")
        parts = make_parts(world, folder, stack)
        parts.dice = NoDice()
        if follows:
            follow(parts, stack)
        else:
            stack.callback(tasks.spawn(parts.pulse.run()).cancel)
        server = serving(parts, "127.0.0.1")
        await server.start("127.0.0.1", 0)
        stack.push_async_callback(server.stop)
        stack.callback(parts.leases.end)
        http = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False, trust_env=False))
        gateway = Live(parts, server, folder, one, two, http)
        _noted(gateway)
        yield gateway


def _noted(gateway: Live) -> None:
    ledger = gateway.parts.account.ledger
    put = ledger.put

    def noted(row: Row) -> None:
        gateway.rows.append(row)
        put(row)

    ledger.put = noted  # type: ignore[method-assign]
